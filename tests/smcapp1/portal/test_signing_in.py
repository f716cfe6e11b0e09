"""The patients' door: in, locked after guessing, out again; staff are led to their own."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import get_resolver, reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from hospital.core.models import FailedSignIn
from tests.admin_pages import said, signed_in, text_of
from tests.factories import PatientFactory, UserFactory
from tests.smcapp1.online import PASSWORD, make_online

LOGIN = "/accounts/login/"
OPEN_TO_ALL = {"portal-login", "portal-logout", "portal-signup", "portal-claim", "portal-reset"}


def log_in(client, username="ada", password=PASSWORD, **more):
    return client.post(LOGIN, {"username": username, "password": password, **more})


def is_in(client):
    return "_auth_user_id" in client.session


def test_a_patient_logs_in_and_comes_to_the_overview(db):
    make_online()
    client = Client()

    answer = log_in(client)

    assert (answer.status_code, answer["Location"], is_in(client)) == (302, "/portal/", True)


def test_and_to_the_page_that_was_asked_for_but_to_no_other_house(db):
    make_online()

    asked = log_in(Client(), next="/portal/history/")
    elsewhere = log_in(Client(), next="https://elsewhere.example/")

    assert (asked["Location"], elsewhere["Location"]) == ("/portal/history/", "/portal/")


def test_guessing_locks_the_name_here_as_at_the_desk(db, settings):
    settings.AXES_FAILURE_LIMIT = 3
    make_online()
    client = Client()

    guesses = [text_of(log_in(client, password="wrong")) for _ in range(3)]
    late = log_in(client)
    at_the_desk = client.post(reverse("admin:login"), {"username": "ada", "password": PASSWORD})

    locked = ["Too many failed attempts" in page for page in (*guesses, text_of(late))]
    assert locked == [False, False, True, True]
    assert "Too many failed attempts" in text_of(at_the_desk)
    assert not is_in(client)


def test_staff_are_led_to_the_desk(db):
    UserFactory(username="ada", role="Cashier", password=PASSWORD)

    assert log_in(Client())["Location"] == reverse("admin:index")


def test_who_has_a_second_factor_is_not_signed_in_without_it(db):
    user = UserFactory(username="ada", role="Cashier", password=PASSWORD)
    TOTPDevice.objects.create(user=user, name="App", confirmed=True)
    client = Client()

    answer = log_in(client, next="/portal/")

    assert (answer["Location"], is_in(client)) == (reverse("admin:login"), False)
    assert said(client, reverse("admin:login")) == [
        "You sign in with a code as well: do it here, at the desk's own door."
    ]


def test_staff_without_a_second_factor_set_one_up_first_where_the_hospital_wants_it(db, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    UserFactory(username="ada", role="Cashier", password=PASSWORD)
    client = Client()

    log_in(client)
    page = client.get(reverse("admin:index"), headers={"Accept": "text/html"})

    assert page["Location"] == reverse("admin:core_user_second_factor")


@pytest.mark.parametrize(
    ("roles", "first_page"), [(["Cashier", "Patient"], "/portal/"), (["Cashier"], "/admin/")]
)
def test_staff_who_are_patients_come_to_what_is_theirs(db, roles, first_page):
    user = UserFactory(username="ada", role="Cashier", password=PASSWORD)
    user.groups.set(Group.objects.filter(name__in=roles))
    PatientFactory(user=user)

    assert log_in(Client())["Location"] == first_page


def test_logging_out_is_sent_and_not_a_link(db):
    client = signed_in(make_online().user)

    link = client.get("/accounts/logout/")
    assert (link.status_code, is_in(client)) == (405, True)
    client.post("/accounts/logout/")
    assert not is_in(client)


def test_the_front_page_has_two_doors_and_knows_who_is_in(db):
    page = Client().get("/").content.decode()
    at_home = text_of(signed_in(make_online().user).get("/"))

    assert {f'href="{path}"' in page for path in (LOGIN, "/accounts/signup/", "/admin/")} == {True}
    assert "You are logged in as ada. To my pages" in at_home


def test_who_is_in_is_not_asked_to_come_in(db):
    client = signed_in(make_online().user)

    paths = (LOGIN, "/accounts/signup/", "/accounts/claim/", "/accounts/reset/")

    assert [client.get(path)["Location"] for path in paths] == ["/portal/"] * 4
    assert client.get(LOGIN, {"next": LOGIN})["Location"] == "/portal/"


def pages_of_patients():
    found: Any = get_resolver().reverse_dict
    return sorted(
        reverse(name)
        for name in found
        if isinstance(name, str)
        and name.startswith("portal")
        and name not in OPEN_TO_ALL
        and not found[name][0][0][1]  # without arguments
    )


@pytest.mark.parametrize("path", pages_of_patients())
def test_a_page_of_patients_is_for_patients(db, path):
    stranger = Client().get(path)
    staff = signed_in(UserFactory(role="Supervisor")).get(path)

    assert stranger["Location"] == f"{LOGIN}?next={path}"
    assert (staff.status_code, "belongs to no patient" in text_of(staff)) == (403, True)


def test_what_is_sent_too_late_is_not_done_and_its_sender_is_told(db):
    client = Client()

    answer = client.post("/portal/account/sessions/1/end/")

    assert answer["Location"] == f"{LOGIN}?next=/portal/"
    assert "was not done" in text_of(client.get(answer["Location"]))


def test_failures_are_seen_by_supervisors_under_the_name(db):
    log_in(Client(), username="ada", password="wrong")

    assert [one.username for one in FailedSignIn.objects.all()] == ["ada"]
