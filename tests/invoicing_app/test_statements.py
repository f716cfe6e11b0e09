"""The number of statements of an act does not grow with the items on the bill."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from client_wallet.shifts import open_shift
from hospital.core.acts import Act
from invoicing_app.models import BillItem
from invoicing_app.payment_services import PaymentCalculationService
from invoicing_app.services import Order, order_items
from smcapp1.errors import OutOfStock
from smcapp1.models import LabResult, Price, ServiceItem, StockBatch, StockMovement
from tests.factories import ConsultationFactory, DepartmentFactory, make_wallet
from tests.invoicing_app.desk import pay
from tests.rows import statements, statements_of

KINDS = ["PHARMACY", "LABORATORY", "RADIOLOGY", "PROCEDURE"]


def make_catalogue(department, size):
    """Return so many different items of a department; each drug in two batches of one box."""
    place = DepartmentFactory(code=department)
    entries = ServiceItem.objects.bulk_create(
        ServiceItem(code=f"{department}-{size}-{number}", name=f"Item {number}", department=place)
        for number in range(size)
    )
    Price.objects.bulk_create(
        Price(service_item=entry, unit_price=Decimal("1.50"), effective_from=date(2020, 1, 1))
        for entry in entries
    )
    if department == "PHARMACY":
        StockBatch.objects.bulk_create(
            StockBatch(
                service_item=entry,
                batch_number=batch,
                expires_on=timezone.localdate() + timedelta(days=days_left),
                quantity_on_hand=1,
            )
            for entry in entries
            for batch, days_left in [("SOON", 30), ("LATE", 90)]
        )
    return entries


def make_orders(sizes):
    """Return orders of two for each of so many items of each department."""
    return [
        Order(entry.pk, 2)
        for department, size in sizes.items()
        for entry in make_catalogue(department, size)
    ]


def make_bill_of(sizes):
    consultation = ConsultationFactory(patient=make_wallet(holding="1000.00").patient)
    order_items(
        consultation_id=consultation.pk,
        orders=make_orders(sizes),
        act=Act(consultation.opened_by),
    )
    return consultation


def of_each(size):
    return dict.fromkeys(KINDS, size)


@pytest.mark.parametrize("method", ["CASH", "WALLET"])
@pytest.mark.parametrize("department", KINDS)
def test_paying_two_hundred_items_takes_the_statements_of_paying_one(cashier, department, method):
    one = make_bill_of({department: 1})
    many = make_bill_of({department: 200})
    open_shift(act=Act(cashier))  # as a shift's first act would

    for_one = statements(lambda: pay(one, cashier, method, "600.00", key="one"))
    for_many = statements(lambda: pay(many, cashier, method, "600.00", key="many"))

    assert for_many == for_one
    assert BillItem.objects.filter(status="PAID").count() == 201


@pytest.mark.parametrize("method", ["CASH", "WALLET"])
def test_paying_two_hundred_mixed_items_takes_the_statements_of_paying_four(cashier, method):
    few = make_bill_of(of_each(1))
    many = make_bill_of(of_each(50))
    open_shift(act=Act(cashier))

    for_few = statements(lambda: pay(few, cashier, method, "600.00", key="few"))
    for_many = statements(lambda: pay(many, cashier, method, "600.00", key="many"))

    assert for_many == for_few
    assert BillItem.objects.filter(status="PAID").count() == 204
    assert LabResult.objects.count() == 51
    assert StockMovement.objects.filter(kind="DISPENSED").count() == 102


def test_a_refusal_for_stock_takes_as_many_statements_for_one_drug_as_for_many(cashier):
    one, many = make_bill_of({"PHARMACY": 1}), make_bill_of({"PHARMACY": 50})
    StockBatch.objects.update(quantity_on_hand=0)

    def refused(bill):
        with pytest.raises(OutOfStock):
            pay(bill, cashier, "CASH", "600.00")

    assert statements(lambda: refused(many)) == statements(lambda: refused(one))


def test_ordering_two_hundred_items_takes_the_statements_of_ordering_one(cashier):
    consultation = ConsultationFactory()
    one, many = make_orders({"PHARMACY": 1}), make_orders(of_each(50))

    def order(orders, key):
        order_items(consultation_id=consultation.pk, orders=orders, act=Act(cashier, key))

    for_one = statements(lambda: order(one, "one"))
    for_many = statements(lambda: order(many, "many"))

    assert for_many == for_one
    assert BillItem.objects.count() == 201


def test_replaying_an_order_of_two_hundred_items_takes_the_statements_of_one(cashier):
    consultation = ConsultationFactory()
    one, many = make_orders({"PHARMACY": 1}), make_orders(of_each(50))

    def order(orders, key):
        order_items(consultation_id=consultation.pk, orders=orders, act=Act(cashier, key))

    order(one, "one")
    order(many, "many")

    assert statements(lambda: order(many, "many")) == statements(lambda: order(one, "one"))


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("size", [1, 50])
def test_a_bill_with_its_departments_and_totals_is_two_statements(size):
    consultation = make_bill_of(of_each(size))

    def read():
        bill = PaymentCalculationService.bill(consultation.pk)
        assert (len(bill.items), len(bill.departments)) == (4 * size, 4)
        assert bill.total_due == 12 * size

    assert statements(read) == 2  # the items, and who covers the patient


LOCKS = {  # what takes a lock → what it locks
    r"pg_advisory_xact_lock_shared": "business day",
    r'FROM "smcapp1_consultation" .*FOR NO KEY UPDATE OF': "consultation",
    r'FROM "client_wallet_walletaccount" .*FOR NO KEY UPDATE OF': "wallet",
    r'SELECT "smcapp1_stockbatch"."id" .* ORDER BY 1 ASC FOR NO KEY UPDATE': "stock batches by id",
    r"INSERT INTO client_wallet_receiptcounter": "receipt counter",
}


def locks_of(act):
    """Return what the act locks, in the order in which it locks it first."""
    sent = [" ".join(statement.split()) for statement in statements_of(act)]
    taken = [
        lock for statement in sent for text, lock in LOCKS.items() if re.search(text, statement)
    ]
    return list(dict.fromkeys(taken))


def test_a_payment_takes_its_locks_in_the_one_order_of_all_acts(cashier):
    bill = make_bill_of(of_each(2))

    locks = locks_of(lambda: pay(bill, cashier, "WALLET", key="tap-1"))

    assert locks == [
        "business day",
        "consultation",
        "wallet",
        "stock batches by id",
        "receipt counter",
    ]


def test_a_payment_by_cash_locks_no_wallet_and_without_drugs_no_batch(cashier):
    bill = make_bill_of({"RADIOLOGY": 2})

    locks = locks_of(lambda: pay(bill, cashier, "CASH", "6.00", key="tap-1"))

    assert locks == ["business day", "consultation", "receipt counter"]
