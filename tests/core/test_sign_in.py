"""Guessing a password is slowed down at both doors, the API's and the admin's."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from hospital.core import throttling
from tests.api import problem_of
from tests.factories import UserFactory

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
