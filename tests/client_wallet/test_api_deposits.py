"""Deposits and wallets over REST."""

from decimal import Decimal

import pytest
from django.urls import reverse

from client_wallet.models import WalletAccount, WalletDeposit
from tests.api import client_as, client_of, make_patient_user, post, problem_of
from tests.factories import PatientFactory, UserFactory, make_wallet

DEPOSIT = "/invoicing_app/wallet/deposit/"


@pytest.fixture
def desk(cashier):
    return client_of(cashier)


@pytest.fixture
def patient(db):
    return PatientFactory()


def test_a_deposit_answers_everything_the_contract_names(desk, cashier, patient):
    response = post(desk, DEPOSIT, {"patient_id": patient.pk, "amount": "1500.50"})

    deposit = WalletDeposit.objects.get()
    assert response.status_code == 201
    assert response.json() == {
        "message": "Wallet deposit successful",
        "deposit_id": deposit.pk,
        "receipt_number": f"DEP-{cashier.pk:04d}-000001",
        "patient_id": patient.pk,
        "wallet_id": str(deposit.wallet_id),
        "amount": "1500.50",
        "account_balance": "1500.50",
        "created_at": deposit.created_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }


def test_the_url_name_is_the_documents():
    assert reverse("wallet-deposit").rstrip("?").rstrip("/") == DEPOSIT.rstrip("/")


@pytest.mark.parametrize("path", [DEPOSIT, DEPOSIT.rstrip("/")])
@pytest.mark.parametrize("amount", ["10", "10.5", 10, 10.5, "10.50", 1e2])
def test_amounts_may_be_strings_or_numbers(desk, patient, path, amount):
    body = {"patient_id": patient.pk, "amount": amount, "actor": 1, "account_balance": "9999"}

    response = post(desk, path, body)

    assert response.status_code == 201
    assert Decimal(response.json()["account_balance"]) == Decimal(str(amount))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[
            ("amount", amount)
            for amount in ["10.001", "0", "0.00", "-5", "1e3", "NaN", "Infinity", "", " ", "1,000"]
        ],
        *[("amount", amount) for amount in ["٣", "9" * 15, 10**30, 0.001, None, True, [], {}]],
        *[("payment_method", method) for method in ["WALLET", "cash", "CHEQUE", "", None, 5]],
        *[("patient_id", patient_id) for patient_id in ["abc", None, 0, -1, 2**70, 1.5, True]],
        ("patient_id", [1]),
        ("note", "x" * 201),
        ("external_reference", "x" * 101),
        ("note", "a\0b"),
    ],
)
def test_bad_input_names_its_field_and_keeps_nothing(desk, patient, field, value):
    response = post(desk, DEPOSIT, {"patient_id": patient.pk, "amount": "10.00", field: value})

    assert problem_of(response) == (400, "invalid-request")
    assert list(response.json()["errors"]) == [field]
    assert not WalletDeposit.objects.exists()


@pytest.mark.parametrize("written", ["1234567890.10000001", "10.000000000000000001", "1e2"])
def test_a_number_is_not_rounded_before_it_is_read(desk, patient, written):
    body = f'{{"patient_id": {patient.pk}, "amount": {written}}}'

    response = desk.post(DEPOSIT, body, content_type="application/json")

    assert problem_of(response) == (400, "invalid-request")
    assert list(response.json()["errors"]) == ["amount"]
    assert not WalletDeposit.objects.exists()


def test_text_that_is_no_unicode_is_a_bad_request(desk, patient):
    body = f'{{"patient_id": {patient.pk}, "amount": "1", "note": "\\ud800"}}'

    response = desk.post(DEPOSIT, body, content_type="application/json")

    assert problem_of(response) == (400, "invalid-request")
    assert list(response.json()["errors"]) == ["note"]


@pytest.mark.parametrize("body", ["[1]", '"text"', "{", "", "null", "[" * 100_000, b"\xff\xfe"])
def test_a_body_that_is_no_object_is_a_bad_request(desk, body):
    response = desk.post(DEPOSIT, body, content_type="application/json")

    assert problem_of(response) == (400, "invalid-request")


def test_a_body_that_is_not_json_is_refused(desk):
    response = desk.post(DEPOSIT, "amount=1", content_type="application/x-www-form-urlencoded")

    assert problem_of(response) == (415, "unsupported-media-type")


def test_a_huge_body_is_refused(desk):
    response = desk.post(DEPOSIT, '"' + "x" * 1_000_001 + '"', content_type="application/json")

    assert problem_of(response) == (413, "request-too-large")


def test_a_deposit_for_nobody_is_not_found(desk):
    response = post(desk, DEPOSIT, {"patient_id": 987654321, "amount": "10.00"})

    assert problem_of(response) == (404, "not-found")


def test_the_same_key_gives_the_first_answer_again(desk, patient):
    first = post(desk, DEPOSIT, {"patient_id": patient.pk, "amount": "10"}, key="k1")
    post(desk, DEPOSIT, {"patient_id": patient.pk, "amount": "7"})

    again = post(desk, DEPOSIT, {"patient_id": patient.pk, "amount": "10.00"}, key="k1")

    assert (first.status_code, again.status_code) == (201, 200)
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()
    assert WalletAccount.objects.get().account_balance == Decimal("17.00")


def test_the_same_key_with_other_facts_is_refused(desk, patient):
    post(desk, DEPOSIT, {"patient_id": patient.pk, "amount": "10"}, key="k1")

    response = post(desk, DEPOSIT, {"patient_id": patient.pk, "amount": "11"}, key="k1")

    assert problem_of(response) == (422, "key-reused")
    assert WalletAccount.objects.get().account_balance == Decimal("10.00")


@pytest.mark.parametrize("key", ["x" * 201, "a\tb"])
def test_a_key_that_is_none_is_a_bad_request(desk, patient, key):
    response = post(desk, DEPOSIT, {"patient_id": patient.pk, "amount": "10"}, key=key)

    assert problem_of(response) == (400, "invalid-request")
    assert list(response.json()["errors"]) == ["Idempotency-Key"]


def test_a_supervisor_reverses_what_somebody_else_took(desk, patient):
    taken = post(desk, DEPOSIT, {"patient_id": patient.pk, "amount": "10"}).json()
    path = f"/invoicing_app/wallet/deposits/{taken['deposit_id']}/reverse/"
    supervisor = client_as("Supervisor")

    first = post(supervisor, path, {"reason": "wrong patient"}, key="r1")
    replay = post(supervisor, path, {"reason": "wrong patient"}, key="r1")
    again = post(supervisor, path, {"reason": "wrong patient"})

    assert first.status_code == 201
    assert first.json() == {"reversal_of": taken["deposit_id"], "account_balance": "0.00"}
    assert (replay.status_code, replay.json()) == (200, first.json())
    assert problem_of(again) == (409, "already-reversed")


def test_nobody_reverses_the_own_deposit(patient):
    supervisor = client_as("Supervisor")
    taken = post(supervisor, DEPOSIT, {"patient_id": patient.pk, "amount": "10"}).json()

    response = post(
        supervisor,
        f"/invoicing_app/wallet/deposits/{taken['deposit_id']}/reverse/",
        {"reason": "wrong"},
    )

    assert problem_of(response) == (422, "self-approval")


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "  "}, {"reason": "x" * 201}])
def test_a_reversal_needs_a_reason(body, db):
    response = post(client_as("Supervisor"), "/invoicing_app/wallet/deposits/1/reverse/", body)

    assert problem_of(response) == (400, "invalid-request")
    assert list(response.json()["errors"]) == ["reason"]


def test_a_reversal_of_nothing_is_not_found(db):
    path = "/invoicing_app/wallet/deposits/999/reverse/"

    assert problem_of(post(client_as("Supervisor"), path, {"reason": "x"})) == (404, "not-found")


def test_a_wallet_is_opened_once_and_answers_the_same_again(desk, patient):
    first = post(desk, "/wallets/", {"patient_id": patient.pk})
    again = post(desk, "/wallets", {"patient_id": patient.pk})

    wallet = WalletAccount.objects.get()
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json() == {
        "id": str(wallet.pk),
        "patient_id": patient.pk,
        "account_balance": "0.00",
        "status": "ACTIVE",
        "created_at": wallet.created_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }


def test_staff_name_the_patient_and_a_patient_opens_the_own(desk):
    user = make_patient_user()

    unnamed = post(desk, "/wallets/", {})
    own = post(client_of(user), "/wallets/", {})
    nobody = post(desk, "/wallets/", {"patient_id": 987654})
    foreign = post(client_of(user), "/wallets/", {"patient_id": PatientFactory().pk})

    assert problem_of(unnamed) == (400, "invalid-request")
    assert own.status_code == 201
    assert own.json()["patient_id"] == user.patient.pk
    assert problem_of(nobody) == (404, "not-found")
    assert problem_of(foreign) == (404, "not-found")


def test_a_patient_user_without_a_profile_has_no_wallet(db):
    user = UserFactory(role="Patient")

    assert problem_of(post(client_of(user), "/wallets/", {})) == (404, "not-found")


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_wallet_is_read_and_filled_at_its_own_address(desk, slash):
    wallet = make_wallet(holding="3.00")

    read = desk.get(f"/wallets/{wallet.pk}{slash}")
    filled = post(desk, f"/wallets/{wallet.pk}/deposit{slash}", {"amount": "2.00"})

    assert read.json()["account_balance"] == "3.00"
    assert filled.status_code == 201
    assert filled.json()["account_balance"] == "5.00"


@pytest.mark.parametrize(
    "path", ["/wallets/00000000-0000-4000-8000-000000000000", "/wallets/1", "/wallets/x/deposit"]
)
def test_a_wallet_that_is_none_is_not_found(desk, path):
    assert problem_of(desk.get(path)) in {(404, "not-found"), (405, "method-not-allowed")}


def test_a_closed_wallet_takes_no_deposit(desk):
    wallet = make_wallet(status="CLOSED")

    response = post(desk, f"/wallets/{wallet.pk}/deposit", {"amount": "2.00"})

    assert problem_of(response) == (409, "wallet-frozen")
