"""Payments that meet at one bill, shelf, wallet or key; each race is lost without the row locks."""

from collections import Counter, defaultdict
from decimal import Decimal
from functools import partial

import pytest
from django.db import IntegrityError
from django.db.models import Sum

from client_wallet.errors import InsufficientFunds
from client_wallet.ledger import revenue_accounts
from client_wallet.models import Posting, ReceiptCounter
from hospital.core.errors import KeyReused
from hospital.core.transactions import TransactionConflict, retry_conflicts
from invoicing_app.books import check_books
from invoicing_app.errors import NothingToPay
from invoicing_app.models import BillItem, DepositReceiving
from invoicing_app.payment_services import PaymentTaken
from smcapp1.errors import OutOfStock
from smcapp1.models import StockBatch, StockMovement
from tests.factories import (
    UserFactory,
    add_to_bill,
    make_bill,
    make_drug,
    make_item,
    make_stock,
    make_wallet,
)
from tests.invoicing_app.desk import items_of, pay
from tests.invoicing_app.races import BEFORE_THE_RECEIPT, cashiers, standing
from tests.races import run_together, without_row_locks

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("real_commits")]

BEFORE_THE_ENTRY = "INSERT INTO client_wallet_journalentry"
BEFORE_THE_SHELF = "UPDATE smcapp1_stockbatch"


# The same bill twice


def pay_one_bill_twice(methods):
    bill = make_bill(make_item("RADIOLOGY"), patient=make_wallet(holding="500.00").patient)
    return run_together(
        *(
            partial(pay, bill, cashier, method, "100.00")
            for cashier, method in zip(cashiers(), methods, strict=True)
        ),
        pause_before=BEFORE_THE_RECEIPT,
    )


METHODS = [("CASH", "CASH"), ("WALLET", "WALLET"), ("CARD", "WALLET")]


@pytest.mark.parametrize("methods", METHODS)
def test_a_bill_paid_twice_at_once_is_paid_once(methods):
    first, second = pay_one_bill_twice(methods)

    assert first.total_due == "100.00"
    assert isinstance(second, NothingToPay)
    assert standing() == (1, 1, {"PAID": 1})


@pytest.mark.parametrize("methods", METHODS)
def test_without_the_lock_the_second_payment_goes_on_until_its_items_are_gone(methods):
    with without_row_locks():
        first, second = pay_one_bill_twice(methods)

    assert first.total_due == "100.00"
    assert isinstance(second, RuntimeError | IntegrityError)  # a bug, where a refusal was due


def pay_a_department_and_then_all():
    bill = make_bill(make_item("RADIOLOGY"), make_item("PROCEDURE"))
    one, other = cashiers()
    return run_together(
        partial(pay, bill, one, "CASH", "100.00", department="RADIOLOGY"),
        partial(pay, bill, other, "CASH", "200.00"),
        pause_before=BEFORE_THE_RECEIPT,
    )


def test_a_bill_paid_whole_while_a_department_is_paid_is_paid_for_the_rest():
    department, rest = pay_a_department_and_then_all()

    assert (department.total_due, rest.total_due, rest.change_given) == (
        "100.00",
        "100.00",
        "100.00",
    )
    assert standing() == (2, 2, {"PAID": 2})


def test_without_the_lock_the_whole_bill_is_charged_again():
    with without_row_locks():
        department, rest = pay_a_department_and_then_all()

    assert department.total_due == "100.00"
    assert isinstance(rest, RuntimeError)
    assert standing() == (1, 1, {"PAID": 1, "UNPAID": 1})


# The last box


def sell_one_box_each(drug):
    return run_together(
        *(partial(pay, make_bill(drug), cashier, "CASH", "100.00") for cashier in cashiers()),
        pause_before=BEFORE_THE_SHELF,
    )


def test_the_last_box_is_sold_once():
    drug = make_drug(holding=1)

    first, second = sell_one_box_each(drug)

    assert first.total_due == "100.00"
    assert isinstance(second, OutOfStock)
    assert standing() == (1, 1, {"PAID": 1, "UNPAID": 1})
    assert StockBatch.objects.get().quantity_on_hand == 0


def test_without_the_lock_the_last_box_is_sold_twice():
    drug = make_drug(holding=1)

    with without_row_locks():
        first, second = sell_one_box_each(drug)

    assert (first.total_due, second.total_due) == ("100.00", "100.00")
    dispensed = StockMovement.objects.filter(kind="DISPENSED")
    assert dispensed.aggregate(Sum("quantity")) == {"quantity__sum": 2}  # one was there


def batches_that_served():
    dispensed = StockMovement.objects.filter(kind="DISPENSED").order_by("pk")
    return list(dispensed.values_list("batch__batch_number", "quantity", "quantity_after"))


def make_drug_in_two_batches():
    drug = make_drug()
    make_stock(drug, 1, days_left=30, batch="SOON")
    make_stock(drug, 1, days_left=90, batch="LATE")
    return drug


def test_two_sales_at_once_take_from_two_batches():
    sell_one_box_each(make_drug_in_two_batches())

    assert batches_that_served() == [("SOON", 1, 0), ("LATE", 1, 0)]


def test_without_the_lock_two_sales_take_the_same_box():
    with without_row_locks():
        sell_one_box_each(make_drug_in_two_batches())

    assert batches_that_served() == [("SOON", 1, 0), ("SOON", 1, 0)]


# The same money


def pay_two_bills_from(wallet):
    revenue_accounts({"PROCEDURE": "Procedure"})  # whoever opens it keeps the other waiting
    return run_together(
        *(
            partial(pay, make_bill(make_item(), patient=wallet.patient), cashier, "WALLET")
            for cashier in cashiers()
        ),
        pause_before=BEFORE_THE_ENTRY,
    )


def test_a_wallet_that_holds_enough_for_one_bill_pays_one_of_two():
    wallet = make_wallet(holding="150.00")

    first, second = pay_two_bills_from(wallet)

    wallet.refresh_from_db()
    assert first.wallet_balance == "50.00"
    assert isinstance(second, InsufficientFunds)
    assert second.facts == {"available": "50.00", "requested": "100.00"}
    assert standing() == (1, 1, {"PAID": 1, "UNPAID": 1})
    assert wallet.account_balance == Decimal("50.00")


def test_a_wallet_that_holds_enough_for_both_pays_both():
    wallet = make_wallet(holding="250.00")

    first, second = pay_two_bills_from(wallet)

    assert (first.wallet_balance, second.wallet_balance) == ("150.00", "50.00")
    assert standing() == (2, 2, {"PAID": 2})


def test_without_the_lock_both_bills_count_on_the_same_money():
    wallet = make_wallet(holding="150.00")

    with without_row_locks():
        first, second = pay_two_bills_from(wallet)

    assert first.wallet_balance == "50.00"
    assert isinstance(second, IntegrityError)  # the journal's own rule, where a refusal was due
    assert "wallet_sequence_is_used_once" in str(second)


# The same key


def send_one_key_twice():
    bill = make_bill(make_item())
    cashier = UserFactory(role="Cashier")
    tap = partial(pay, bill, cashier, "CASH", "120.00", key="tap-1")
    return run_together(tap, tap, pause_before=BEFORE_THE_RECEIPT)


def test_a_key_sent_twice_at_once_pays_once_and_answers_twice():
    first, second = send_one_key_twice()

    assert (first.replayed, second.replayed) == (False, True)
    assert second.facts() == first.facts()
    assert standing() == (1, 1, {"PAID": 1})


def test_without_the_lock_the_second_of_one_key_gets_no_answer():
    with without_row_locks():
        first, second = send_one_key_twice()

    assert first.replayed is False
    assert isinstance(second, RuntimeError)


def send_one_key_for_two_bills(send):
    cashier, _ = cashiers()
    return run_together(
        *(
            partial(send, make_bill(make_item()), cashier, "CASH", "100.00", key="tap-1")
            for _ in range(2)
        ),
        pause_before=BEFORE_THE_RECEIPT,
    )


def test_a_key_sent_for_two_bills_at_once_pays_one_and_refuses_the_other():
    first, second = send_one_key_for_two_bills(retry_conflicts(pay))

    assert first.replayed is False
    assert isinstance(second, KeyReused)
    assert standing() == (1, 1, {"PAID": 1, "UNPAID": 1})
    assert ReceiptCounter.objects.get().last_number == 1


def test_without_running_it_again_the_other_bill_s_cashier_gets_a_conflict():
    first, second = send_one_key_for_two_bills(pay)

    assert first.replayed is False
    assert isinstance(second, TransactionConflict)
    assert standing() == (1, 1, {"PAID": 1, "UNPAID": 1})


# Many at once

DEPARTMENTS = ["CONSULTATION", "LABORATORY", "PROCEDURE", "RADIOLOGY"]
REFUSALS = (NothingToPay, OutOfStock, InsufficientFunds)


def make_busy_bills(number):
    """Return bills of a few patients that share wallets, and drugs in opposite orders."""
    drugs = [make_drug(price="10.00", holding=number * 2) for _ in range(3)]
    short = make_drug(price="10.00", holding=3)
    others = [make_item(department, "25.50") for department in DEPARTMENTS]
    patients = [make_wallet(holding="400.00").patient for _ in range(3)]
    bills = []
    for turn in range(number):
        in_turn = (drugs if turn % 2 else drugs[::-1])[: 1 + turn % 3]
        rest = others[turn % 4 :] + others[: turn % 4]
        bills.append(make_bill(*in_turn, *rest[:3], patient=patients[turn % 3]))
        if turn % 4 == 0:
            add_to_bill(bills[-1], (short, 2))
    return bills


def pay_all(bills, cashier, turn):
    """Pay each bill by one method or the other; return what came of each."""
    return [
        pay_or_be_refused(bill, cashier, ["CASH", "WALLET", "CARD"][(number + turn) % 3])
        for number, bill in enumerate(bills)
    ]


def pay_or_be_refused(bill, cashier, method):
    total = sum(item.line_total for item in items_of(bill))
    try:
        return retry_conflicts(pay)(bill, cashier, method, str(total))
    except REFUSALS as refusal:
        return refusal


def sums(rows):
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for name, amount in rows:
        totals[str(name)] += amount
    return dict(totals)


def test_many_payments_at_once_end_in_payments_and_refusals_and_nothing_else():
    bills = make_busy_bills(24)
    tries = [bills, bills[::-1], bills[8:] + bills[:8]] * 2  # each bill is tried by six cashiers

    outcomes = run_together(
        *(
            partial(pay_all, tried, UserFactory(role="Cashier"), turn)
            for turn, tried in enumerate(tries)
        )
    )

    assert [type(outcome) for outcome in outcomes] == [list] * 6  # no conflict reached a cashier
    kinds = Counter(type(one) for outcome in outcomes for one in outcome)
    assert kinds[PaymentTaken] == DepositReceiving.objects.count() > 0
    assert sum(kinds.values()) == 6 * 24
    assert_books_agree()


def assert_books_agree():
    paid = BillItem.objects.filter(status="PAID")
    revenue = Posting.objects.filter(account__kind="REVENUE", side="CREDIT")
    dispensed = StockMovement.objects.filter(kind="DISPENSED")
    assert sums(revenue.values_list("account", "amount")) == sums(
        (f"REVENUE-{code}", total)
        for code, total in paid.values_list("department__code", "line_total")
    )
    assert sums(paid.values_list("receipt_number", "line_total")) == sums(
        DepositReceiving.objects.values_list("receipt_number", "total_due")
    )
    assert sums(dispensed.values_list("batch__service_item", "quantity")) == sums(
        paid.filter(department__code="PHARMACY").values_list("service_item", "quantity")
    )
    assert check_books() == []
