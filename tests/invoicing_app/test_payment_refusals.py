"""Payments that are refused: each by its name, and none leaves a trace."""

import pytest

from hospital.core.errors import DomainError
from invoicing_app.payment_services import PaymentProcessingService
from smcapp1.errors import OutOfStock
from tests.factories import make_bill, make_drug, make_item
from tests.invoicing_app.desk import intent, items_of, pay
from tests.invoicing_app.refused_payments import (
    REFUSALS,
    no_amount_is_named,
    overpaid_by_card,
    the_amount_has_three_decimals,
    the_department_has_no_item,
    the_method_is_unknown,
    the_wallet_is_a_cent_short,
    the_wallet_is_empty,
    the_wallet_is_frozen,
    there_is_no_wallet,
    underpaid,
)
from tests.rows import everything


@pytest.mark.parametrize(
    ("arranged", "error"), REFUSALS, ids=[arranged.__name__ for arranged, _ in REFUSALS]
)
def test_a_refused_payment_changes_nothing_at_all(cashier, arranged, error):
    refused = arranged(cashier)
    before = everything()

    with pytest.raises(error) as refusal:
        PaymentProcessingService(actor=cashier).process_transaction(refused)

    assert refusal.type is error
    assert everything() == before


def refusal_of(cashier, arranged):
    wanted = arranged(cashier)
    with pytest.raises(DomainError) as refusal:
        PaymentProcessingService(actor=cashier).process_transaction(wanted)
    error = refusal.value
    return error.code, error.status, error.detail, error.facts


def test_an_underpayment_says_what_is_due(cashier):
    refusal = refusal_of(cashier, underpaid)

    assert refusal == (
        "underpayment",
        422,
        "NGN 300.00 is due; NGN 299.99 is not enough.",
        {"total_due": "300.00", "amount_paid": "299.99"},
    )


def test_an_overpayment_says_what_is_due(cashier):
    refusal = refusal_of(cashier, overpaid_by_card)

    assert refusal == (
        "overpayment",
        422,
        "This is more than what is due; change is given from cash only.",
        {"total_due": "300.00", "amount_paid": "300.01"},
    )


@pytest.mark.parametrize(
    ("arranged", "available"),
    [(the_wallet_is_a_cent_short, "299.99"), (the_wallet_is_empty, "0.00")]
    + [(there_is_no_wallet, "0.00")],
)
def test_a_short_wallet_says_what_it_holds(cashier, arranged, available):
    refusal = refusal_of(cashier, arranged)

    assert refusal == (
        "insufficient-funds",
        409,
        f"The wallet holds NGN {available}; NGN 300.00 is needed.",
        {"available": available, "requested": "300.00"},
    )


def test_a_frozen_wallet_says_so(cashier):
    refusal = refusal_of(cashier, the_wallet_is_frozen)

    assert refusal == (
        "wallet-frozen",
        409,
        "This wallet is frozen; no money can be taken from it.",
        {"wallet_status": "FROZEN"},
    )


def test_nothing_to_pay_names_the_department(cashier):
    refusal = refusal_of(cashier, the_department_has_no_item)

    assert refusal == ("nothing-to-pay", 409, "Nothing is due here.", {"department": "RADIOLOGY"})


def test_a_shortage_names_each_drug_that_is_short_and_no_other(cashier):
    plenty = make_drug(name="Paracetamol", holding=50)
    short = make_drug(name="Amoxicillin", holding=2)
    gone = make_drug(name="Insulin")
    bill = make_bill((short, 2), (plenty, 10), (short, 1), gone)

    refusal = refusal_of(cashier, lambda _: intent(bill, "CASH", "1400.00"))

    assert refusal == (
        "out-of-stock",
        409,
        "Not enough in stock: Amoxicillin, Insulin.",
        {
            "items": [
                {"service_item_id": short.pk, "requested": 3, "available": 2},
                {"service_item_id": gone.pk, "requested": 1, "available": 0},
            ]
        },
    )


@pytest.mark.parametrize(
    ("arranged", "field"),
    [
        (the_method_is_unknown, "payment_method"),
        (no_amount_is_named, "amount_paid"),
        (the_amount_has_three_decimals, "amount_paid"),
    ],
)
def test_an_invalid_request_names_the_field(cashier, arranged, field):
    code, status, _, facts = refusal_of(cashier, arranged)

    assert (code, status, list(facts["errors"])) == ("invalid-request", 400, [field])


def test_a_bill_short_of_a_drug_can_still_be_paid_for_the_other_departments(cashier):
    bill = make_bill(make_item("RADIOLOGY"), make_drug())
    with pytest.raises(OutOfStock):
        pay(bill, cashier, "CASH", "200.00")

    answer = pay(bill, cashier, "CASH", "100.00", department="RADIOLOGY")

    assert [item.status for item in items_of(bill)] == ["PAID", "UNPAID"]
    assert answer.total_due == "100.00"
