"""Somebody gets an online account: as a new patient, or with a code of the desk."""

import pytest
from django.conf import settings
from django.test import Client

from client_wallet.models import WalletAccount
from hospital.core import throttling
from hospital.core.models import User
from smcapp1.models import PatientProfile
from tests.admin_pages import open_form, said, text_of
from tests.factories import PatientFactory, UserFactory, make_wallet
from tests.rows import everything
from tests.smcapp1.online import PASSWORD, make_code

SIGN_UP, CLAIM = "/accounts/signup/", "/accounts/claim/"
ACCOUNT = {"username": "ada", "password": PASSWORD, "password_again": PASSWORD}
PERSON = {
    "first_name": "Ada",
    "last_name": "Obi",
    "date_of_birth": "1990-02-03",
    "sex": "F",
    "phone": "",
}
SESSIONS: dict[str, list[str]] = {"django_session": [], "core_requestcount": []}


def sign_up(client, key="", **typed):
    key = key or open_form(client, SIGN_UP)
    return client.post(SIGN_UP, {"one_time_key": key, **PERSON, **ACCOUNT, **typed})


def claim(client, number, code, **typed):
    key = open_form(client, CLAIM)
    return client.post(
        CLAIM, {"one_time_key": key, "hospital_number": number, "code": code, **ACCOUNT, **typed}
    )


def errors(answer):
    return {field: list(words) for field, words in answer.context["form"].errors.items()}


def test_a_new_patient_is_signed_in_has_a_wallet_and_is_told_the_number(db):
    client = Client()

    answer = sign_up(client)

    patient = PatientProfile.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, "/portal/")
    assert said(client, "/portal/account/") == [
        f"Welcome. Your hospital number is {patient.hospital_number}, and you sign in as ada."
    ]
    assert (str(patient.wallet.account_balance), patient.wallet.status) == ("0.00", "ACTIVE")
    assert patient.is_self_registered


def test_the_form_sent_twice_makes_one_patient(db):
    client = Client()
    key = open_form(client, SIGN_UP)
    sign_up(client, key=key)
    before = everything() | SESSIONS

    again = sign_up(Client(), key=key)

    assert again["Location"] == "/portal/"
    kept = everything() | SESSIONS
    assert {table for table in kept if kept[table] != before[table]} <= {
        "core_opensession",
        "core_user",  # the time of the last sign-in
    }
    assert (PatientProfile.objects.count(), WalletAccount.objects.count()) == (1, 1)


def test_whoever_sends_it_again_with_another_password_is_not_signed_in(db):
    key = open_form(Client(), SIGN_UP)
    sign_up(Client(), key=key)
    thief = Client()

    answer = sign_up(thief, key=key, password="other secret", password_again="other secret")

    assert answer["Location"] == "/accounts/login/"
    assert "_auth_user_id" not in thief.session


def test_repeating_a_form_is_no_way_round_the_lock_against_guessing(db, settings):
    settings.AXES_FAILURE_LIMIT = 3
    key = open_form(Client(), SIGN_UP)
    sign_up(Client(), key=key)

    for _ in range(3):
        sign_up(Client(), key=key, password="other secret", password_again="other secret")

    late = [sign_up(Client(), key=key), Client().post("/accounts/login/", ACCOUNT)]
    assert late[0]["Location"] == "/accounts/login/"
    assert "Too many failed attempts" in text_of(late[1])


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"username": "obi"}, "username", "Somebody else has this username. Choose another one."),
        ({"username": "a b"}, "username", "Enter a valid username."),
        ({"password": "x", "password_again": "x"}, "password", "This password is too short."),
        ({"password_again": "x"}, "password_again", "The two passwords are not the same."),
        ({"date_of_birth": "2990-01-01"}, "date_of_birth", "A date of birth cannot lie in the"),
        ({"date_of_birth": "yesterday"}, "date_of_birth", "Enter a valid date."),
        ({"sex": ""}, "sex", "This field is required."),
        ({"first_name": " "}, "first_name", "This field is required."),
        ({"first_name": "A\0"}, "first_name", "Null characters are not allowed."),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_kept(db, typed, field, words):
    UserFactory(username="obi")

    answer = sign_up(Client(), **typed)

    found = errors(answer)
    assert (list(found), found[field][0][: len(words)]) == ([field], words)
    assert PatientProfile.objects.count() == 0
    assert not User.objects.filter(username="ada").exists()


def test_one_address_signs_up_few_a_minute(db, monkeypatch):
    monkeypatch.setattr(throttling, "time", lambda: 615.0)
    monkeypatch.setitem(settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "sign-up", "2/min")

    answers = [sign_up(Client(), username=f"ada{number}") for number in range(3)]

    assert [answer.status_code for answer in answers] == [302, 302, 200]
    assert "Too many attempts from here" in text_of(answers[-1])


def test_a_known_patient_claims_the_record_and_the_wallet_that_is_there(db):
    wallet = make_wallet(holding="100.00")
    patient = wallet.patient
    patient.refresh_from_db()
    client = Client()

    answer = claim(client, patient.hospital_number, make_code(patient))

    patient.refresh_from_db()
    assert (answer["Location"], str(patient.user)) == ("/portal/", "ada")
    assert WalletAccount.objects.get() == wallet


def test_without_a_wallet_claiming_opens_one(db):
    patient = PatientFactory()
    patient.refresh_from_db()

    claim(Client(), patient.hospital_number, make_code(patient))

    assert str(WalletAccount.objects.get(patient=patient).account_balance) == "0.00"


def test_a_wrong_code_stands_beside_its_field_and_counts_as_a_failure(db, settings):
    settings.AXES_FAILURE_LIMIT = 3
    patient = PatientFactory()
    patient.refresh_from_db()
    code, client = make_code(patient), Client()

    wrong = [claim(client, patient.hospital_number, "AAAAA-AAAAA") for _ in range(3)]
    late = claim(client, patient.hospital_number, code)

    assert [list(errors(answer)) for answer in wrong] == [["code"]] * 3
    assert "Too many failed attempts" in text_of(late)
    patient.refresh_from_db()
    assert patient.user is None
