"""Guessing a password is slowed down and locked at both doors, the API's and the admin's."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from rest_framework.settings import api_settings
from rest_framework.test import APIClient

from hospital.core import throttling
from hospital.core.lock_out import UNKNOWN, address_of, count_failure
from hospital.core.models import FailedSignIn
from tests.admin_pages import text_of
from tests.api import problem_of
from tests.factories import UserFactory
from tests.rows import everything

RIGHT = "correct horse"
WRONG = "wrong"


@pytest.mark.parametrize("username", ["\\u0000", "\\ud800"])
def test_signing_in_as_nobody_that_can_be_is_refused(db, username):
    body = f'{{"username": "{username}", "password": "x"}}'

    response = APIClient().post("/api/token/", body, content_type="application/json")

    assert problem_of(response) == (400, "invalid-request")


@pytest.fixture
def three_guesses(db, monkeypatch):
    """Three attempts a minute, in a minute that does not end."""
    monkeypatch.setattr(throttling, "time", lambda: 615.0)
    monkeypatch.setitem(settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "login", "3/min")
    return UserFactory(username="ada", role="Cashier", password=RIGHT, is_staff=True)


def guess(username="ada", password=WRONG):
    body = {"username": username, "password": password}
    return APIClient().post("/api/token/", body, format="json").status_code


def log_in(browser, password):
    form = {"username": "ada", "password": password}
    return browser.post(reverse("admin:login"), form)


def test_blanks_around_a_username_are_no_way_around_the_limit(three_guesses):
    guesses = [guess(f"{' ' * number}ada\t") for number in range(4)]

    assert guesses == [401, 401, 401, 429]


def test_guessing_at_the_admins_door_is_slowed_down_and_signing_in_is_not(three_guesses):
    browser = Client()
    often = [log_in(browser, RIGHT).status_code for _ in range(5)]
    browser = Client()
    guesses = [log_in(browser, WRONG) for _ in range(3)]

    late = log_in(browser, RIGHT)

    assert often == [302] * 5
    assert [answer.status_code for answer in guesses] == [200] * 3
    assert "Too many attempts" in late.content.decode()
    assert "_auth_user_id" not in browser.session


def test_both_doors_count_the_same_guesses(three_guesses):
    browser = Client()
    for _ in range(3):
        log_in(browser, WRONG)

    assert guess(password=RIGHT) == 429


@pytest.fixture
def ada(db, settings):
    """A cashier, where three failures lock for a quarter of an hour."""
    settings.AXES_FAILURE_LIMIT = 3
    return UserFactory(username="ada", role="Cashier", password=RIGHT, is_staff=True)


def guess_from(address, username="ada", password=WRONG):
    body = {"username": username, "password": password}
    return APIClient().post("/api/token/", body, format="json", REMOTE_ADDR=address)


def test_a_few_failures_lock_the_name_at_that_address_even_for_the_right_password(ada):
    guesses = [guess_from("10.0.0.1").status_code for _ in range(3)]

    late = guess_from("10.0.0.1", password=RIGHT)

    assert guesses == [401, 401, 401]
    assert problem_of(late) == (429, "too-many-requests")
    assert late.json()["detail"].startswith("Too many failed attempts: this name is locked")
    assert 800 < int(late["Retry-After"]) <= 900


def test_nobody_can_lock_a_colleague_out_from_elsewhere(ada):
    for _ in range(3):
        guess_from("10.0.0.1")

    assert guess_from("10.0.0.2", password=RIGHT).status_code == 200
    assert guess_from("10.0.0.1", username="obi").status_code == 401


def test_a_lock_at_one_door_is_a_lock_at_the_other_and_the_form_says_so(ada):
    browser = Client()
    guesses = [text_of(log_in(browser, WRONG)) for _ in range(3)]

    late = log_in(browser, RIGHT)

    locked = ["Too many failed attempts" in page for page in [*guesses, text_of(late)]]
    assert locked == [False, False, True, True]
    assert "locked for 15 minutes" in text_of(late)
    assert "_auth_user_id" not in browser.session
    assert guess(password=RIGHT) == 429


class OthersGuessMeanwhile:
    """Fails three times from the same address while the right password is being checked."""

    def authenticate(self, request, username=None, password=None):
        for _ in range(3):
            count_failure(request, username)


def test_guesses_sent_in_parallel_are_no_way_around_the_lock(ada, settings):
    axes, django = settings.AUTHENTICATION_BACKENDS
    slow = f"{__name__}.{OthersGuessMeanwhile.__name__}"
    settings.AUTHENTICATION_BACKENDS = [axes, slow, django]
    browser = Client()

    at_the_desk = log_in(browser, RIGHT)
    FailedSignIn.objects.all().delete()
    over_rest = guess_from("127.0.0.1", password=RIGHT)

    assert "locked for 15 minutes" in text_of(at_the_desk)
    assert "_auth_user_id" not in browser.session
    assert problem_of(over_rest) == (429, "too-many-requests")


def change_password(browser, old):
    new = {"new_password1": "Zq8!dkeoAAq", "new_password2": "Zq8!dkeoAAq"}
    return browser.post(reverse("admin:password_change"), {"old_password": old, **new})


def test_an_open_session_does_not_tell_its_password_to_who_tries(ada):
    browser = Client()
    browser.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")

    guesses = [change_password(browser, WRONG) for _ in range(3)]
    late = change_password(browser, RIGHT)

    assert "entered incorrectly" in text_of(guesses[0])
    assert "Too many failed attempts. Wait 15 minutes." in text_of(late)
    assert guess(password=RIGHT) == 429
    ada.refresh_from_db()
    assert ada.check_password(RIGHT)


def test_the_own_password_is_changed_by_who_knows_it(ada):
    browser = Client()
    log_in(browser, RIGHT)

    changed = change_password(browser, RIGHT)

    assert (changed.status_code, changed["Location"]) == (302, "/admin/password_change/done/")
    assert browser.get("/admin/").status_code == 200
    ada.refresh_from_db()
    assert ada.check_password("Zq8!dkeoAAq")


def test_a_name_that_does_not_exist_is_locked_in_the_same_words(ada):
    def answers(username):
        return [guess_from("10.0.0.1", username) for _ in range(4)]

    def shape(answer):
        return answer.status_code, answer.json()["code"], answer.json()["detail"][:40]

    assert [shape(answer) for answer in answers("ada")] == [
        shape(answer) for answer in answers("nobody-of-that-name")
    ]


def test_a_success_forgets_the_failures_at_both_doors(ada):
    def two_failures():
        return [guess(), guess()]

    statuses = [*two_failures(), guess(password=RIGHT), *two_failures()]
    in_the_admin = log_in(Client(), RIGHT).status_code

    assert [*statuses, in_the_admin, *two_failures()] == [401, 401, 200, 401, 401, 302, 401, 401]
    assert FailedSignIn.objects.get().failures_since_start == 2


def test_a_lock_ends_by_itself_and_its_rows_are_deleted(ada):
    for _ in range(3):
        guess_from("10.0.0.1")
    before = timezone.now() - timedelta(minutes=16)
    FailedSignIn.objects.update(attempt_time=before)

    assert guess_from("10.0.0.1", password=RIGHT).status_code == 200
    guess_from("10.0.0.9", "obi")

    assert list(FailedSignIn.objects.values_list("username", flat=True)) == ["obi"]


def test_attempts_at_a_locked_name_leave_nothing_behind(ada):
    for _ in range(3):
        guess_from("10.0.0.1")
    rows = everything()

    again = [guess_from("10.0.0.1").status_code for _ in range(3)]

    assert again == [429, 429, 429]
    changed = {table for table, held in everything().items() if held != rows[table]}
    assert changed <= {"core_requestcount"}


def test_no_password_is_kept(ada):
    log_in(Client(), "my secret password")
    guess_from("10.0.0.1", password="my secret password")

    assert "secret password" not in str(everything())


@pytest.mark.parametrize(
    ("remote", "forwarded", "proxies", "address"),
    [
        ("10.0.0.1", "1.2.3.4", 0, "10.0.0.1"),
        ("10.0.0.1", "6.6.6.6, 1.2.3.4", 1, "1.2.3.4"),
        ("2001:db8:1:2:aaaa::1", "", 0, "2001:db8:1:2::"),
        ("", "", 0, UNKNOWN),
        ("10.0.0.1", "1.2.3.4:5555", 1, UNKNOWN),
    ],
)
def test_an_address_is_found_by_the_rule_of_trusted_proxies(
    remote, forwarded, proxies, address, monkeypatch
):
    monkeypatch.setattr(api_settings, "NUM_PROXIES", proxies)
    meta = {"REMOTE_ADDR": remote, **({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {})}

    assert address_of(RequestFactory().get("/", **meta)) == address
