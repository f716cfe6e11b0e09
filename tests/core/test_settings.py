"""Settings come from the environment; a production start without them refuses in one sentence."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from hospital import env

PRODUCTION = {
    "DEBUG": "0",
    "SECRET_KEY": "k" * 25 + "0123456789abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "desk.example.org",
    "DATABASE_URL": "postgresql://hospital_app@db.example.org/hospital",
}


def django_check(environment):
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"]
        + ["--settings", "hospital.settings", "--pythonpath", str(settings.BASE_DIR)],
        env={**kept, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL"])
def test_a_production_start_says_what_is_not_set(missing):
    without = {name: value for name, value in PRODUCTION.items() if name != missing}

    checked = django_check(without)

    assert checked.returncode != 0
    assert f"{missing} is not set: " in checked.stderr


@pytest.mark.parametrize(
    ("gateway", "currency", "is_taken"),
    [
        ("razorpay", "INR", True),
        ("razorpay", "JPY", False),
        ("razorpay", "KWD", False),
        ("sandbox", "JPY", True),
        ("", "JPY", True),
    ],
)
def test_a_gateway_is_told_no_currency_without_hundredths(monkeypatch, gateway, currency, is_taken):
    monkeypatch.setenv("GATEWAY", gateway)

    if is_taken:
        assert env.gateway("GATEWAY", currency) == gateway
    else:
        with pytest.raises(ImproperlyConfigured, match="GATEWAY must be empty"):
            env.gateway("GATEWAY", currency)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DEBUG", "maybe", "DEBUG must be 1 or 0, not 'maybe'."),
        ("ACCESS_TOKEN_MINUTES", "-5", "ACCESS_TOKEN_MINUTES must be a whole number, not '-5'."),
        ("DATABASE_URL", "mysql://x", "must read postgresql://role:password@host/name."),
        ("LOCALE", "klingon", "LOCALE must be a locale like en_NG, not 'klingon'."),
        ("PUBLIC_URL", "desk.example.org", "PUBLIC_URL must read https://host, not"),
    ],
)
def test_a_setting_that_cannot_be_read_is_named(name, value, sentence):
    checked = django_check({**PRODUCTION, name: value})

    assert checked.returncode != 0
    assert sentence in checked.stderr


def test_the_deployment_check_is_clean_in_production_settings():
    checked = django_check(PRODUCTION)

    assert (checked.returncode, checked.stderr) == (0, "")
    assert "no issues" in checked.stdout


def test_a_database_url_is_read_by_libpqs_own_parser():
    read = env.database("postgresql://app:s%40fe@db:5433/desk?sslmode=require", options="-c a=1")

    assert read == {
        "ENGINE": "hospital.core.postgresql",
        "NAME": "desk",
        "USER": "app",
        "PASSWORD": "s@fe",
        "HOST": "db",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require", "options": "-c a=1"},
    }


def test_a_socket_directory_may_stand_in_the_query():
    read = env.database("postgresql://app@/desk?host=/run/desk", options="")

    assert (read["HOST"], read["NAME"], read["OPTIONS"]) == ("/run/desk", "desk", {"options": ""})


def test_words_and_flags_are_forgiving_about_blanks(monkeypatch):
    monkeypatch.setenv("A_LIST", " a , b ,, ")
    monkeypatch.setenv("A_FLAG", " Yes ")

    assert env.words("A_LIST") == ["a", "b"]
    assert env.flag("A_FLAG", default=False) is True
    with pytest.raises(ImproperlyConfigured, match="NOT_THERE is not set: it matters"):
        env.required("NOT_THERE", "it matters")
