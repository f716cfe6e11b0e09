"""What a refund comes to, and in which order tenders are used, coins and payers included."""

from decimal import Decimal

import pytest
from django.test import override_settings

from invoicing_app.payers.models import Claim
from tests.factories import UserFactory, make_bill, make_drug, make_item, make_wallet
from tests.invoicing_app.desk import items_of, pay
from tests.invoicing_app.payers.desk import covered_bill, make_payer, owed
from tests.invoicing_app.refunds.desk import (
    ask,
    give_back,
    goes_back,
    planned,
    posted,
    reject,
)
from tests.invoicing_app.stock.drugs import hand_out
from tests.invoicing_app.tenders.desk import bill_of, pay_by
from tests.invoicing_app.waivers.desk import ask as waive

pytestmark = pytest.mark.django_db


@pytest.fixture
def cashier(db):
    return UserFactory(role="Cashier")


def ways(plan):
    return [(one.tender.payment_method, str(one.amount), one.goes_to) for one in plan.tenders]


def test_the_wallet_is_first_and_cash_is_last(cashier):
    wallet = make_wallet(holding="30.00")
    bill = make_bill((make_item("RADIOLOGY", "40.00"), 5), patient=wallet.patient)
    paid = pay_by(bill, cashier, ("CASH", "110.00"), ("CARD", "60.00"), ("WALLET", "30.00"))
    (scan,) = items_of(bill)

    first = ask(paid, (scan, 1))
    second = ask(paid, (scan, 2))
    last = planned(paid, (scan, 2), cash_to="WALLET")

    assert goes_back(first) == [("WALLET", "30.00", "WALLET"), ("CARD", "10.00", "CARD")]
    assert goes_back(second) == [("CARD", "50.00", "CARD"), ("CASH", "30.00", "CASH")]
    assert ways(last) == [("CASH", "80.00", "WALLET")]


def test_what_is_rejected_can_be_asked_for_again(cashier):
    paid = pay(make_bill(make_item()), cashier, "CARD", "100.00")

    reject(ask(paid))

    assert ways(planned(paid)) == [("CARD", "100.00", "CARD")]


@override_settings(CASH_SMALLEST_COIN=Decimal("0.50"))
def test_cash_goes_back_in_coins_and_the_last_takes_the_rounding_of_the_payment(cashier):
    bill = make_bill((make_item("RADIOLOGY", "33.33"), 3))
    paid = pay(bill, cashier, "CASH", "100.00")
    (scan,) = items_of(bill)

    first = give_back(paid, cashier, (scan, 1))
    last = give_back(paid, cashier, (scan, 2))

    assert paid.rounding == "0.01"
    assert (first.amount, first.rounding, goes_back(first)) == (
        "33.33",
        "0.17",
        [("CASH", "33.50", "CASH")],
    )
    assert (last.amount, last.rounding, goes_back(last)) == (
        "66.66",
        "-0.16",
        [("CASH", "66.50", "CASH")],
    )
    assert posted(first) == [
        ("CREDIT", "CASH", "33.50"),
        ("DEBIT", "CASH_ROUNDING", "0.17"),
        ("DEBIT", "REVENUE-RADIOLOGY", "33.33"),
    ]


def test_what_a_payer_was_to_pay_is_owed_no_longer(cashier):
    payer = make_payer(PROCEDURE="80")
    bill = covered_bill(payer, "100.00")
    paid = pay(bill, cashier, "CASH", "100.00")

    refund = give_back(paid, cashier)

    assert (refund.amount, refund.payer_amount, owed(payer)) == ("20.00", "80.00", Decimal("0.00"))
    assert Claim.objects.get().open_amount == 0
    assert posted(refund) == [
        ("CREDIT", "CASH", "20.00"),
        ("CREDIT", "RECEIVABLE-AXA", "80.00"),
        ("DEBIT", "REVENUE-PROCEDURE", "100.00"),
    ]


def test_nothing_goes_back_of_what_was_waived(cashier):
    bill = bill_of("100.00")
    waive(bill, cashier, "40.00", department="RADIOLOGY")
    paid = pay(bill, cashier, "CARD", "60.00")

    refund = give_back(paid, cashier)

    assert (refund.amount, goes_back(refund)) == ("60.00", [("CARD", "60.00", "CARD")])


def test_a_payment_of_nothing_is_cancelled_without_an_entry(cashier):
    bill = bill_of("40.00")
    waive(bill, cashier, "40.00", department="RADIOLOGY")

    refund = give_back(pay(bill, cashier, "CASH"), cashier)

    assert (refund.status, refund.amount, posted(refund)) == ("PAID", "0.00", [])
    assert [item.status for item in items_of(bill)] == ["REFUNDED"]


def test_a_plan_says_which_drugs_are_on_the_shelf(cashier):
    bill = make_bill((make_drug(holding=9), 4))
    paid = pay(bill, cashier, "CASH", "400.00")
    (drug,) = items_of(bill)
    hand_out(drug, 3)

    (line,) = planned(paid, (drug, 3)).lines

    assert (line.on_the_shelf, line.brought_back) == (1, 2)
