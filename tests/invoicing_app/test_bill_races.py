"""A bill that changes while it is paid; each race is lost without the row locks."""

from functools import partial

import pytest
from django.db import IntegrityError

from hospital.core.acts import Act
from invoicing_app.errors import AlreadyPaid
from invoicing_app.models import BillItem, DepositReceiving
from invoicing_app.services import Order, Ordered, Voided, order_items, void_item
from tests.factories import make_bill, make_item
from tests.invoicing_app.desk import items_of, pay
from tests.invoicing_app.races import BEFORE_THE_RECEIPT, cashiers, standing
from tests.races import run_together, without_row_locks

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("real_commits")]

BEFORE_THE_ITEMS = 'UPDATE "invoicing_app_billitem"'
BEFORE_THE_ORDER = 'INSERT INTO "invoicing_app_billitem"'


# Voided while it is paid


def pay_and_void(*, void_first):
    """Pay a scan and a dressing while the scan is voided."""
    bill = make_bill(make_item("RADIOLOGY"), make_item("PROCEDURE"))
    scan, _ = items_of(bill)
    cashier, colleague = cashiers()
    paying = partial(pay, bill, cashier, "CASH", "200.00")
    voiding = partial(void_item, bill_item_id=scan.pk, reason="Wrong patient", act=Act(colleague))
    if void_first:
        voided, paid = run_together(voiding, paying, pause_before=BEFORE_THE_ITEMS)
    else:
        paid, voided = run_together(paying, voiding, pause_before=BEFORE_THE_ITEMS)
    return paid, voided


def test_an_item_voided_just_before_it_is_paid_is_not_paid():
    paid, voided = pay_and_void(void_first=True)

    assert isinstance(voided, Voided)
    assert (paid.total_due, [item["department"] for item in paid.items]) == (
        "100.00",
        ["PROCEDURE"],
    )
    assert standing() == (1, 1, {"VOID": 1, "PAID": 1})


def test_without_the_lock_a_payment_counts_on_an_item_that_is_void():
    with without_row_locks():
        paid, voided = pay_and_void(void_first=True)

    assert isinstance(voided, Voided)
    assert isinstance(paid, RuntimeError)
    assert standing() == (0, 0, {"VOID": 1, "UNPAID": 1})


def test_an_item_paid_just_before_it_is_voided_stays_paid():
    paid, voided = pay_and_void(void_first=False)

    assert paid.total_due == "200.00"
    assert isinstance(voided, AlreadyPaid)
    assert standing() == (1, 1, {"PAID": 2})


def test_without_the_lock_only_the_database_keeps_a_paid_item_from_being_voided():
    with without_row_locks():
        paid, voided = pay_and_void(void_first=False)

    assert paid.total_due == "200.00"
    assert isinstance(voided, IntegrityError)
    assert "invoicing_app_billitem is append-only" in str(voided)


# Ordered while it is paid


def pay_and_order(*, order_first):
    """Pay all of a bill, a scan, while a dressing is ordered on it."""
    bill, dressing = make_bill(make_item("RADIOLOGY")), make_item("PROCEDURE")
    cashier, nurse = cashiers()
    paying = partial(pay, bill, cashier, "CASH", "200.00")
    ordering = partial(
        order_items, consultation_id=bill.pk, orders=[Order(dressing.pk, 1)], act=Act(nurse)
    )
    if order_first:
        ordered, paid = run_together(ordering, paying, pause_before=BEFORE_THE_ORDER)
    else:
        paid, ordered = run_together(paying, ordering, pause_before=BEFORE_THE_RECEIPT)
    return paid, ordered


def left_behind():
    """Return the items that were ordered before a payment of all that was due, and not paid."""
    payment = DepositReceiving.objects.get()
    return list(BillItem.objects.unpaid().filter(ordered_at__lt=payment.created_at))


def test_what_was_ordered_just_before_the_payment_is_paid():
    paid, ordered = pay_and_order(order_first=True)

    assert isinstance(ordered, Ordered)
    assert paid.total_due == "200.00"
    assert standing() == (1, 1, {"PAID": 2})


def test_without_the_lock_a_payment_of_all_misses_what_was_ordered_before_it():
    with without_row_locks():
        paid, ordered = pay_and_order(order_first=True)

    assert paid.total_due == "100.00"
    assert left_behind() == ordered.items


def test_what_is_ordered_just_after_the_payment_stays_due():
    paid, ordered = pay_and_order(order_first=False)

    assert (paid.total_due, [item.status for item in ordered.items]) == ("100.00", ["UNPAID"])
    assert left_behind() == []


def test_without_the_lock_an_order_slips_in_before_the_payment_that_misses_it():
    with without_row_locks():
        paid, ordered = pay_and_order(order_first=False)

    assert paid.total_due == "100.00"
    assert left_behind() == ordered.items
