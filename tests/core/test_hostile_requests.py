"""Requests that no honest client sends: refused by name, never a 500."""

from base64 import b64encode
from uuid import uuid4

import pytest
from django.test import Client
from rest_framework.test import APIClient

from hospital.core.forms import NO_KEY, OneTimeKeyForm
from tests.api import client_as, post, problem_of
from tests.factories import ConsultationFactory, PatientFactory, UserFactory

DEPOSIT = "/invoicing_app/wallet/deposit/"
PAYMENT = "/invoicing_app/payments/create/"
NUL = "\\u0000"
HALF = "\\ud800"


def send(client, path, body):
    return client.post(path, body, content_type="application/json")


@pytest.mark.parametrize("code", [NUL, HALF, f"A{NUL}"])
def test_a_department_that_is_no_text_is_named(db, code):
    visit = ConsultationFactory()
    body = (
        f'{{"consultation_id": {visit.pk}, "department": "{code}",'
        ' "payment_method": "CASH", "amount_paid": "1"}'
    )

    response = send(client_as("Cashier"), PAYMENT, body)

    assert problem_of(response) == (400, "invalid-request")
    assert list(response.json()["errors"]) == ["department"]


def test_a_bill_of_a_department_that_is_no_text_is_named(db):
    address = f"/invoicing_app/consultations/{ConsultationFactory().pk}/bill/?department=%00"

    response = client_as("Cashier").get(address)

    assert list(response.json()["errors"]) == ["department"]


def test_half_a_surrogate_pair_is_not_repeated_in_the_answer(db):
    body = (
        f'{{"patient_id": {PatientFactory().pk}, "amount": "1", "payment_method": "{HALF}",'
        f' "{HALF}": ["{HALF}"]}}'
    )

    response = send(client_as("Cashier"), DEPOSIT, body)

    assert problem_of(response) == (400, "invalid-request")
    assert list(response.json()["errors"]) == ["payment_method"]


@pytest.mark.parametrize("body", [f'["{HALF}"]', f'"{HALF}"', f'{{"{HALF}": 1}}'])
def test_a_body_that_is_no_text_is_a_bad_request(db, body):
    response = send(client_as("Cashier"), DEPOSIT, body)

    assert list(response.json()["errors"]) == ["non_field_errors"]


@pytest.mark.parametrize(
    "cursor", ["p=abc", "p=", "p=1.5", "p=%00", "p=-1", "r=1&p=x", "p=" + "9" * 20, "o=x"]
)
def test_a_cursor_that_nobody_gave_leads_nowhere(db, cursor):
    text = b64encode(cursor.encode()).decode()

    response = client_as("Cashier").get("/api/patients/", {"cursor": text})

    assert problem_of(response) == (404, "not-found")


@pytest.mark.parametrize("path", ["/api/patients/", "/api/service-items/"])
def test_a_search_of_very_many_words_is_refused(db, path):
    client = client_as("Cashier")

    response = client.get(path, {"search": "a " * 51})

    assert list(response.json()["errors"]) == ["search"]
    assert client.get(path, {"search": "a " * 50}).status_code == 200


@pytest.mark.parametrize("number", ["1_0", "٣", " 1", "1.0", "+1", "0x1", "1e2", ""])
def test_an_id_is_written_in_plain_digits(db, number):
    response = post(client_as("Cashier"), DEPOSIT, {"patient_id": number, "amount": "1"})

    assert problem_of(response) == (400, "invalid-request")
    assert list(response.json()["errors"]) == ["patient_id"]


def test_an_id_may_be_a_string(db):
    patient = PatientFactory()

    response = post(client_as("Cashier"), DEPOSIT, {"patient_id": str(patient.pk), "amount": "1"})

    assert response.json()["patient_id"] == patient.pk


@pytest.mark.parametrize("path", ["/api/%0Ax", "/api/patients/1/%0A", "/wallets/a%0Ab"])
def test_a_line_break_in_an_address_is_a_json_404_too(db, path):
    assert problem_of(APIClient().get(path)) == (404, "not-found")


def test_a_problem_is_json_whatever_the_view_speaks(db):
    response = APIClient().get("/api/schema/?format=xml")

    assert problem_of(response) == (404, "not-found")


@pytest.mark.parametrize(
    "field",
    [
        "app_label=smcapp1&model_name=consultation&field_name=patient",
        "app_label=core&model_name=change&field_name=actor",
    ],
)
def test_a_nul_in_the_desks_search_finds_nothing(db, field):
    browser = Client()
    browser.force_login(UserFactory(is_superuser=True))

    picked = browser.get(f"/admin/autocomplete/?term=%00&{field}")
    listed = browser.get("/admin/smcapp1/patientprofile/?q=%00")

    assert picked.json()["results"] == []
    assert listed.status_code == 200


@pytest.mark.parametrize("around", ["-{}", "{{{}", "urn:uuid:{}", "-" * 500 + "{}", " {}\0"])
def test_a_one_time_key_is_spelled_in_one_way(around):
    key = str(uuid4())

    assert OneTimeKeyForm({"one_time_key": key}).is_valid()
    assert OneTimeKeyForm({"one_time_key": around.format(key)}).errors["__all__"] == [NO_KEY]


@pytest.mark.parametrize("key", ["abcdefgh\\000ijk", "0" * 9 + "é", "a b c d e f g h", "'; --" * 3])
@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/portal/", "/admin/"])
def test_a_session_key_that_is_none_is_nobodys(db, key, path):
    answer = Client().get(path, headers={"Cookie": f'sessionid="{key}"'})

    assert answer.status_code in (200, 302)


@pytest.mark.parametrize("charset", ["utf-16", "nothing", "latin-1"])
@pytest.mark.parametrize("path", ["/accounts/login/", DEPOSIT])
def test_another_charset_than_utf_8_is_refused_before_anything_is_read(db, charset, path):
    client = Client()

    answers = [
        client.get(path, headers={"Content-Type": f"text/plain; charset={charset}"}),
        client.generic(
            "POST", path, b"a=b", f"application/x-www-form-urlencoded; charset={charset}"
        ),
    ]

    assert [problem_of(answer) for answer in answers] == [(400, "invalid-request")] * 2


@pytest.mark.parametrize("written", ["charset=UTF-8", 'charset="utf-8"', "boundary=x"])
def test_utf_8_is_read_however_it_is_written(db, written):
    answer = Client().post("/accounts/login/", b"{}", f"application/json; {written}")

    assert answer.status_code == 200
