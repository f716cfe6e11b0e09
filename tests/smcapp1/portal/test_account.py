"""Where somebody is signed in, ending it there, and another password."""

from datetime import timedelta
from time import time

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from hospital.core import idle_sessions
from hospital.core.models import OpenSession
from tests.admin_pages import open_form, said, signed_in, text_of
from tests.api import client_of
from tests.factories import UserFactory
from tests.rows import statements_of
from tests.smcapp1.online import ANOTHER, PASSWORD, make_online

ACCOUNT, CHANGE = "/portal/account/", "/portal/account/password/"
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"


@pytest.fixture
def user(db):
    return make_online().user


@pytest.fixture
def here(user):
    return signed_in(user)


@pytest.fixture
def phone(user):
    return signed_in_at(user, "10.0.0.7", PHONE)


def signed_in_at(user, address, browser):
    client = Client(REMOTE_ADDR=address, headers={"user-agent": browser})
    client.post("/accounts/login/", {"username": user.username, "password": PASSWORD})
    return client


def places(client):
    return len(client.get(ACCOUNT).context["places"])


def is_in(client):
    return client.get(ACCOUNT).status_code == 200


def end(client, session):
    return client.post(f"{ACCOUNT}sessions/{session.pk}/end/")


def change(client, old=PASSWORD, new=ANOTHER, again=ANOTHER, key=""):
    key = key or open_form(client, CHANGE)
    typed = {"old_password": old, "password": new, "password_again": again}
    return client.post(CHANGE, {"one_time_key": key, **typed})


def test_the_account_shows_who_somebody_is_and_where_they_are_signed_in(here, phone, user):
    page = text_of(here.get(ACCOUNT))

    assert f"Hospital number {user.patient.hospital_number} You sign in as ada" in page
    assert "Chrome on Android 10.0.0.7" in page
    assert (page.count("This one"), page.count("Sign out there")) == (1, 1)


def test_a_session_is_ended_from_elsewhere(here, phone):
    there = OpenSession.objects.get(address="10.0.0.7")

    end(here, there)

    assert said(here, ACCOUNT) == ["That session has ended."]
    assert (is_in(here), is_in(phone), places(here)) == (True, False, 1)
    end(here, there)
    assert said(here, ACCOUNT) == ["That session had ended before."]


def test_nobody_ends_the_session_of_somebody_else(here, phone):
    stranger = signed_in(make_online("obi").user)

    end(stranger, OpenSession.objects.get(address="10.0.0.7"))

    assert said(stranger, ACCOUNT) == ["That session had ended before."]
    assert is_in(phone)


def test_what_has_ended_is_not_listed(here, phone, user, monkeypatch):
    signed_in_at(user, "10.0.0.8", PHONE).post("/accounts/logout/")
    lapsed = OpenSession.objects.get(address="10.0.0.7").session_key
    Session.objects.filter(pk=lapsed).update(expire_date=timezone.now() - timedelta(minutes=1))

    assert places(here) == 1
    assert OpenSession.objects.filter(user=user).count() == 1


def test_nor_what_nobody_has_used_for_too_long(here, phone, monkeypatch):
    now = time()
    monkeypatch.setattr(idle_sessions, "time", lambda: now + 119 * 60)
    assert places(here) == 2
    monkeypatch.setattr(idle_sessions, "time", lambda: now + 120 * 60 + 31)

    assert places(here) == 1


def test_the_page_asks_as_often_for_three_sessions_as_for_one(here, user):
    here.get(ACCOUNT)
    with_one = len(statements_of(lambda: here.get(ACCOUNT)))
    for number in range(2):
        signed_in_at(user, f"10.0.0.{number}", PHONE)

    assert len(statements_of(lambda: here.get(ACCOUNT))) == with_one


def test_another_password_ends_all_other_sessions_and_tokens(here, phone, user):
    program = client_of(user)
    assert program.get("/api/wallet/").status_code == 404
    before = here.session.session_key

    answer = change(here)

    assert (answer.status_code, answer["Location"]) == (302, ACCOUNT)
    assert (is_in(here), is_in(phone), places(here)) == (True, False, 1)
    assert here.session.session_key != before
    assert program.get("/api/wallet/").status_code == 401
    user.refresh_from_db()
    assert user.check_password(ANOTHER)


def test_the_form_sent_again_changes_nothing_again(here, user):
    key = open_form(here, CHANGE)
    change(here, key=key)

    change(here, key=key)

    assert said(here, ACCOUNT) == [
        "Your password was changed.",
        "Your password was changed. It had been done before; nothing was done again.",
    ]


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"old": "wrong"}, "old_password", "This is not your password."),
        ({"again": "other"}, "password_again", "The two passwords are not the same."),
        ({"new": "short", "again": "short"}, "password", "This password is too short."),
    ],
)
def test_what_is_wrong_stands_beside_its_field(here, user, typed, field, words):
    form = change(here, **typed).context["form"]

    user.refresh_from_db()
    assert [list(form.errors), form.errors[field][0][: len(words)]] == [[field], words]
    assert user.check_password(PASSWORD)


def test_guessing_the_password_of_somebody_who_is_signed_in_is_locked(here, settings):
    settings.AXES_FAILURE_LIMIT = 3

    for _ in range(3):
        change(here, old="wrong")

    assert "Too many failed attempts" in text_of(change(here))


def test_who_signs_in_as_somebody_else_leaves_no_session_behind(here):
    other = UserFactory(username="obi", role="Cashier", password=PASSWORD)

    here.force_login(other)

    assert OpenSession.objects.filter(user=other).count() == 1
    assert here.session.session_key == OpenSession.objects.get(user=other).session_key
