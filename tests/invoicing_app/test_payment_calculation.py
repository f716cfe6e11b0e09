"""What is due on a bill."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospital.core.money import ZERO
from invoicing_app.models import BillItem
from invoicing_app.payment_services import Bill, DepartmentDue, PaymentCalculationService
from smcapp1.models import Department
from tests.factories import add_to_bill, make_bill, make_drug, make_item
from tests.invoicing_app.desk import items_of, pay, void


@pytest.fixture
def consultation(cashier):
    """A bill with a paid scan, two unpaid drugs, an unpaid and a void test."""
    bill = make_bill(make_item("RADIOLOGY", "1500.00"))
    pay(bill, cashier, amount="1500.00")
    drug = make_drug(price="19.95", holding=10)
    tests = make_item("LABORATORY", "30.10"), make_item("LABORATORY", "7.00")
    *_, mistaken = add_to_bill(bill, (drug, 2), drug, *tests)
    void(mistaken, cashier)
    return bill


def test_the_bill_lists_what_is_due_by_department_and_in_all(consultation):
    scan, two_boxes, one_box, blood_test, _ = items_of(consultation)

    bill = PaymentCalculationService.bill(consultation.pk)

    assert bill == Bill(consultation.pk, "ALL", [scan, two_boxes, one_box, blood_test])
    assert bill.unpaid == [two_boxes, one_box, blood_test]
    assert bill.total_due == Decimal("89.95")
    assert bill.departments == [
        DepartmentDue("LABORATORY", Decimal("30.10")),
        DepartmentDue("PHARMACY", Decimal("59.85")),
        DepartmentDue("RADIOLOGY", Decimal("0.00")),
    ]


def test_a_department_s_bill_lists_its_items_and_what_every_department_is_due(consultation):
    _, two_boxes, one_box, *_ = items_of(consultation)

    bill = PaymentCalculationService.bill(consultation.pk, "PHARMACY")

    assert (bill.items, bill.unpaid) == ([two_boxes, one_box], [two_boxes, one_box])
    assert bill.total_due == Decimal("59.85")
    assert bill.departments == [
        DepartmentDue("LABORATORY", Decimal("30.10")),
        DepartmentDue("PHARMACY", Decimal("59.85")),
        DepartmentDue("RADIOLOGY", ZERO),
    ]


def test_a_paid_department_stays_on_the_bill_with_nothing_due(consultation):
    scan, *_ = items_of(consultation)

    bill = PaymentCalculationService.bill(consultation.pk, "RADIOLOGY")

    assert (bill.items, bill.unpaid, bill.total_due) == ([scan], [], ZERO)
    assert scan.status == "PAID"


def test_void_items_are_absent_as_if_never_ordered(cashier):
    consultation = make_bill(make_item("LABORATORY"))
    void(items_of(consultation)[0], cashier)

    bill = PaymentCalculationService.bill(consultation.pk)

    assert (bill.items, bill.departments, bill.total_due) == ([], [], ZERO)


def test_a_refunded_item_stays_on_the_bill_and_is_not_due_again(cashier):
    consultation = make_bill(make_item("PROCEDURE", "80.00"))
    pay(consultation, cashier, amount="80.00")
    BillItem.objects.update(status="REFUNDED")

    bill = PaymentCalculationService.bill(consultation.pk)

    assert [item.status for item in bill.items] == ["REFUNDED"]
    assert bill.departments == [DepartmentDue("PROCEDURE", ZERO)]


def test_one_bill_shows_nothing_of_another(consultation):
    other = make_bill(make_item("PHARMACY", "5.00"), patient=consultation.patient)

    bill = PaymentCalculationService.bill(other.pk)

    assert bill == Bill(other.pk, "ALL", items_of(other))
    assert bill.total_due == Decimal("5.00")


@pytest.mark.usefixtures("db")
def test_nothing_is_due_to_a_department_without_items():
    consultation = make_bill(make_item("PROCEDURE", "80.00"))

    bill = PaymentCalculationService.bill(consultation.pk, "DENTISTRY")

    assert (bill.items, bill.unpaid, bill.total_due) == ([], [], ZERO)
    assert bill.departments == [DepartmentDue("PROCEDURE", Decimal("80.00"))]


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("consultation_id", [0, -1, 2**31, 2**70])
def test_nothing_is_due_on_a_consultation_that_does_not_exist(consultation_id):
    bill = PaymentCalculationService.bill(consultation_id)

    assert (bill.items, bill.departments, bill.total_due) == ([], [], ZERO)


cents = st.decimals("0.01", "9999999999.99", places=2)
codes = st.sampled_from(["CONSULTATION", "LABORATORY", "PHARMACY", "RADIOLOGY"])
kept = st.sampled_from(["UNPAID", "PAID", "REFUNDED"])


@given(st.lists(st.tuples(codes, cents, kept)))
def test_the_departments_due_add_up_to_the_unpaid_items_to_the_cent(rows):
    items = [
        BillItem(department=Department(code=code), line_total=total, status=status)
        for code, total, status in rows
    ]

    bill = Bill(1, "ALL", items)

    unpaid = [total for _, total, status in rows if status == "UNPAID"]
    assert bill.total_due == sum(unpaid, ZERO)
    assert sum((due.total_due for due in bill.departments), ZERO) == bill.total_due
    assert [due.department for due in bill.departments] == sorted({code for code, _, _ in rows})
