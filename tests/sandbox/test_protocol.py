"""What the bank answers when nothing goes wrong."""

from typing import Any

import pytest

from tests.sandbox.banks import DESTINATION, RunningBank, instruction, running


def test_a_transfer_is_paid_and_found(bank: RunningBank, reference: str):
    paid = bank.pay(reference)

    bank_id, paid_at = paid.json["bank_id"], paid.json["paid_at"]
    assert paid.status == 201
    assert paid.json == {
        **instruction(reference),
        "status": "PAID",
        "bank_id": bank_id,
        "paid_at": paid_at,
    }
    assert bank_id.startswith("SB-")
    assert len(paid_at) == len("2026-01-31T09:30:00.000000Z")
    found = bank.find(reference)
    assert (found.status, found.json) == (200, paid.json)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"destination": {**DESTINATION, "account_number": "0001234567"}}, "unknown-account"),
        ({"amount": "10000000.01"}, "over-limit"),
    ],
)
def test_a_refusal_is_for_good(
    bank: RunningBank, reference: str, facts: dict[str, Any], reason: str
):
    refused = {**instruction(reference, **facts), "status": "REFUSED", "reason": reason}

    first, second = bank.pay(reference, **facts), bank.pay(reference, **facts)

    assert (first.status, first.json) == (422, refused)
    assert (second.status, second.json) == (422, refused)
    assert bank.find(reference).json == refused
    assert reference not in [payment["reference"] for payment in bank.payments()]


def test_the_limit_itself_is_paid(bank: RunningBank, reference: str):
    assert bank.pay(reference, amount="10000000.00").json["amount"] == "10000000.00"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"amount": "0.00"}, "amount"),
        ({"amount": "-1.00"}, "amount"),
        ({"amount": "1.005"}, "amount"),
        ({"amount": "1"}, "amount"),
        ({"amount": 1.5}, "amount"),
        ({"amount": "١.٠٠"}, "amount"),
        ({"amount": "1.00\n"}, "amount"),
        ({"amount": None}, "amount"),
        ({"currency": "naira"}, "currency"),
        ({"destination": {**DESTINATION, "account_number": ""}}, "destination.account_number"),
        ({"destination": {**DESTINATION, "account_name": "\ud800"}}, "destination.account_name"),
        ({"destination": {**DESTINATION, "account_name": "  "}}, "destination.account_name"),
        ({"destination": {**DESTINATION, "bank_code": [1]}}, "destination.bank_code"),
    ],
)
def test_a_malformed_field_is_named_and_nothing_kept(
    bank: RunningBank, reference: str, facts: dict[str, Any], field: str
):
    answer = bank.pay(reference, **facts)

    assert (answer.status, answer.json["status"]) == (400, "MALFORMED")
    assert list(answer.json["errors"]) == [field]
    assert bank.find(reference).status == 404


@pytest.mark.parametrize("reference", ["", ".", "a/b", "a b", "é", "x" * 101])
def test_a_malformed_reference_is_named(bank: RunningBank, reference: str):
    assert list(bank.pay(reference).json["errors"]) == ["reference"]


def test_a_missing_destination_names_each_of_its_fields(bank: RunningBank, reference: str):
    answer = bank.pay(reference, destination="my usual account")

    assert list(answer.json["errors"]) == [f"destination.{name}" for name in DESTINATION]


def test_the_same_instruction_again_gets_the_first_answer(bank: RunningBank, reference: str):
    first, second = bank.pay(reference), bank.pay(reference)

    assert (first.status, second.status) == (201, 200)
    assert second.json == first.json
    assert bank.find(reference).json == first.json


@pytest.mark.parametrize(
    "facts",
    [
        {"amount": "1500.01"},
        {"currency": "KES"},
        {"destination": {**DESTINATION, "account_number": "1234567891"}},
        {"destination": {**DESTINATION, "account_name": "Ada Obi-Eze"}},
    ],
)
def test_a_reference_with_other_facts_is_refused(
    bank: RunningBank, reference: str, facts: dict[str, Any]
):
    first = bank.pay(reference)

    second = bank.pay(reference, **facts)

    assert (second.status, second.json) == (
        409,
        {"reference": reference, "status": "REFERENCE_REUSED"},
    )
    assert bank.find(reference).json == first.json


def test_a_bank_without_idempotency_pays_again(careless: RunningBank, reference: str):
    first, second = careless.pay(reference), careless.pay(reference, amount="2.00")

    assert (first.status, second.status) == (201, 201)
    assert first.json["bank_id"] != second.json["bank_id"]
    found = careless.find(reference).json
    assert found == {
        "reference": reference,
        "status": "PAID",
        "payments": [first.json, second.json],
    }


def test_what_is_not_found_comes_with_the_promised_finality(bank: RunningBank, reference: str):
    found = bank.find(reference)

    assert found.status == 404
    assert found.json == {
        "reference": reference,
        "status": "NOT_FOUND",
        "as_of": found.json["as_of"],
        "final_after_seconds": 30,
    }


def test_a_bank_may_promise_nothing(data, reference: str):
    with running(data, "--finality-seconds", "none") as bank:
        assert bank.find(reference).json["final_after_seconds"] is None


def test_the_simple_bank_knows_two_answers(data):
    unknown = {**DESTINATION, "account_number": "0001234567"}

    with running(data, "--mode", "simple") as bank:
        bank.order(submit=["", "", "", "", "error_before", "error_after"])
        answers = [
            bank.pay("WD-1"),
            bank.pay("WD-1"),
            bank.pay("WD-1", amount="2.00"),
            bank.pay("WD-2", destination=unknown),
            bank.pay("WD-3"),
            bank.pay("WD-4"),
            bank.pay("WD-5", amount="much"),
        ]
        states = [bank.find(f"WD-{number}").json["status"] for number in range(1, 6)]

    success, failed = {"data": "success", "status": 200}, {"data": "failed", "status": 503}
    assert [answer.json for answer in answers] == [success] * 2 + [failed] * 5
    assert [answer.status for answer in answers] == [200] * 2 + [503] * 5
    assert states == ["PAID", "REFUSED", "NOT_FOUND", "PAID", "NOT_FOUND"]


def test_only_the_bearer_of_the_token_may_use_the_bank(data):
    with running(data, "--token", "s3cret") as bank:
        paths = ["/transfers/WD-1", "/statement"]
        without = [bank.call("GET", path).status for path in paths] + [bank.pay("WD-1").status]
        wrong = bank.call("GET", "/transfers/WD-1", headers={"Authorization": "Bearer secret"})
        bearer = {"Authorization": "Bearer s3cret"}
        paid = bank.call("POST", "/transfers", instruction("WD-1"), headers=bearer)

    assert without == [401, 401, 401]
    assert (wrong.status, wrong.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert paid.status == 201
