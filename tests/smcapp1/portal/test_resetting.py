"""A forgotten password, set anew with a code of the desk; guessing codes is slow and locked."""

import pytest
from django.conf import settings
from django.test import Client

from hospital.core import throttling
from hospital.core.models import FailedSignIn
from tests.admin_pages import open_form, said, signed_in, text_of
from tests.factories import PatientFactory, UserFactory
from tests.smcapp1.online import ANOTHER, PASSWORD, make_code, make_online

RESET = "/accounts/reset/"
WRONG = "AAAAA-AAAAA"


@pytest.fixture
def patient(db):
    return make_online()


def reset(client, number, code, key="", **more):
    key = key or open_form(client, RESET)
    typed = {"password": ANOTHER, "password_again": ANOTHER, **more}
    return client.post(
        RESET, {"one_time_key": key, "hospital_number": number, "code": code, **typed}
    )


def test_a_code_sets_the_password_ends_other_sessions_and_signs_in(patient):
    before, client = signed_in(patient.user), Client()

    answer = reset(client, patient.hospital_number.lower(), make_code(patient, "RESET"))

    assert (answer.status_code, answer["Location"]) == (302, "/portal/")
    assert said(client, "/portal/account/") == ["Your new password is set. You sign in as ada."]
    assert before.get("/portal/account/").status_code == 302


def test_who_was_locked_out_for_guessing_is_in_again(patient, settings):
    settings.AXES_FAILURE_LIMIT = 3
    client = Client()
    for _ in range(3):
        client.post("/accounts/login/", {"username": "ada", "password": "wrong"})

    answer = reset(client, patient.hospital_number, make_code(patient, "RESET"))

    assert answer["Location"] == "/portal/"


def test_a_wrong_number_and_a_wrong_code_are_told_in_the_same_words(patient):
    code, other = make_code(patient, "RESET"), PatientFactory()
    other.refresh_from_db()

    refusals = [
        reset(Client(), number, typed).context["form"].errors
        for number, typed in (
            (patient.hospital_number, WRONG),
            (other.hospital_number, code),
            ("HN9999999", code),
        )
    ]

    assert [list(one) for one in refusals] == [["code"]] * 3
    assert len({str(one) for one in refusals}) == 1


def test_guessing_codes_locks_the_number_at_that_address_even_for_the_right_code(patient, settings):
    settings.AXES_FAILURE_LIMIT = 3
    code, client = make_code(patient, "RESET"), Client()
    for _ in range(3):
        reset(client, patient.hospital_number, WRONG)

    late = reset(client, patient.hospital_number, code)
    elsewhere = reset(Client(REMOTE_ADDR="10.0.0.2"), patient.hospital_number, code)

    assert "Too many failed attempts. Wait 15 minutes, or ask the desk." in text_of(late)
    assert elsewhere["Location"] == "/portal/"
    names = set(FailedSignIn.objects.values_list("username", flat=True))
    assert names == {f"code:{patient.hospital_number}"}


def test_a_login_named_like_the_number_has_a_lock_of_its_own(patient, settings):
    settings.AXES_FAILURE_LIMIT = 3
    number = patient.hospital_number
    UserFactory(username=number, password=PASSWORD)
    client = Client()
    for _ in range(3):
        reset(client, number, WRONG)
        signed_in = client.post("/accounts/login/", {"username": number, "password": PASSWORD})
        client.post("/accounts/logout/")

    late = reset(client, number, make_code(patient, "RESET"))

    assert signed_in.status_code == 302
    assert "Too many failed attempts" in text_of(late)


def test_one_address_tries_few_codes_whatever_the_numbers(patient, monkeypatch):
    monkeypatch.setattr(throttling, "time", lambda: 615.0)
    monkeypatch.setitem(settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "login", "3/min")
    code, client = make_code(patient, "RESET"), Client()

    guesses = [text_of(reset(client, f"HN900000{number}", WRONG)) for number in range(3)]
    late = text_of(reset(client, patient.hospital_number, code))

    slowed = ["Too many attempts from here" in page for page in (*guesses, late)]
    assert slowed == [False, False, False, True]


def test_a_bad_password_spends_no_code(patient):
    code, client = make_code(patient, "RESET"), Client()

    bad = reset(client, patient.hospital_number, code, password="1", password_again="1")
    good = reset(client, patient.hospital_number, code)

    assert list(bad.context["form"].errors) == ["password"]
    assert good["Location"] == "/portal/"
    patient.user.refresh_from_db()
    assert not patient.user.check_password(PASSWORD)
