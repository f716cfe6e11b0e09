"""How much of a bill a payer pays: percentages, limits, days, departments, waivers."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from hospital.core.acts import Act
from invoicing_app.payers.models import Claim, Payer
from invoicing_app.payers.setting_up import Terms, set_cover
from invoicing_app.payers.short_payments import bill_patient_for_claim
from invoicing_app.payment_services import PaymentCalculationService
from invoicing_app.shares import payer_shares
from tests.client_wallet.desk import on_day
from tests.factories import (
    DepartmentFactory,
    PatientFactory,
    UserFactory,
    add_to_bill,
    make_bill,
    make_item,
)
from tests.invoicing_app.desk import items_of, pay
from tests.invoicing_app.payers.desk import LONG_AGO, cover, covered_bill, limited, make_payer, send
from tests.rows import statements

pytestmark = pytest.mark.usefixtures("db")


def shares(bill):
    """Return the payer's share of each unpaid item, 0.00 where there is none."""
    found = payer_shares(bill.pk, [item for item in items_of(bill) if item.status == "UNPAID"])
    return [
        str(found[item.pk].amount) if item.pk in found else "0.00"
        for item in items_of(bill)
        if item.status == "UNPAID"
    ]


@pytest.mark.parametrize(
    ("percent", "price", "share"),
    [
        ("80", "100.00", "80.00"),
        ("100", "100.00", "100.00"),
        ("33.33", "100.00", "33.33"),
        ("50", "0.01", "0.01"),  # half a cent is rounded up
        ("12.5", "0.99", "0.12"),
        ("0.01", "0.01", "0.00"),
    ],
)
def test_the_payer_pays_its_percentage_rounded_to_cents(percent, price, share):
    bill = covered_bill(make_payer(PROCEDURE=percent), price)

    assert shares(bill) == [share]


def test_a_department_that_is_not_covered_is_the_patient_s():
    bill = covered_bill(make_payer(PROCEDURE="80"), "100.00")
    add_to_bill(bill, make_item("RADIOLOGY", "50.00"))

    assert shares(bill) == ["80.00", "0.00"]


def test_a_limit_of_a_visit_is_used_in_the_order_of_the_items():
    bill = covered_bill(make_payer(PROCEDURE=limited("80", "100.00", "VISIT")), "100.00", "50.00")

    assert shares(bill) == ["80.00", "20.00"]


def test_a_limit_of_a_visit_begins_anew_with_the_next_one(cashier):
    payer = make_payer(PROCEDURE=limited("100", "60.00", "VISIT"))
    bill = covered_bill(payer, "100.00")
    pay(bill, cashier, "CASH", "40.00")
    add_to_bill(bill, make_item("PROCEDURE", "10.00"))
    next_visit = make_bill(make_item("PROCEDURE", "10.00"), patient=bill.patient)

    assert (shares(bill), shares(next_visit)) == (["0.00"], ["10.00"])


def test_a_limit_of_a_year_is_one_for_all_visits_and_begins_anew_with_the_year(cashier):
    payer = make_payer(PROCEDURE=limited("100", "150.00", "YEAR"))
    patient = PatientFactory()
    cover(payer, patient)
    last_year = date(timezone.localdate().year - 1, 12, 31)
    with on_day(last_year):
        pay(make_bill(make_item(), patient=patient), cashier, "WALLET")
    first = make_bill(make_item(), patient=patient)
    pay(first, cashier, "WALLET")
    second = make_bill(make_item(), patient=patient)

    assert shares(second) == ["50.00"]
    with on_day(last_year):
        assert shares(second) == ["50.00"]


def test_the_limit_of_one_department_is_not_used_by_another(cashier):
    payer = make_payer(
        PROCEDURE=limited("100", "100.00", "YEAR"), RADIOLOGY=limited("100", "100.00", "YEAR")
    )
    bill = covered_bill(payer, "100.00")
    pay(bill, cashier, "WALLET")
    add_to_bill(bill, make_item("RADIOLOGY", "70.00"), make_item("PROCEDURE", "70.00"))

    assert shares(bill) == ["70.00", "0.00"]


def test_what_was_billed_back_to_the_patient_uses_no_limit(cashier):
    payer = make_payer(PROCEDURE=limited("100", "100.00", "YEAR"))
    bill = covered_bill(payer, "100.00")
    pay(bill, cashier, "WALLET")
    send(payer)
    claim = Claim.objects.get()
    bill_patient_for_claim(
        claim_id=claim.pk,
        amount=Decimal("30.00"),
        reason="Not covered",
        act=Act(UserFactory(role="Accountant")),
    )
    add_to_bill(bill, make_item("PROCEDURE", "70.00"))

    assert shares(bill) == ["0.00", "30.00"]  # nothing of what was billed back


def test_a_cover_holds_on_its_days_and_no_other():
    payer = make_payer(PROCEDURE="80")
    today = timezone.localdate()
    yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=1)
    bills = []
    for since, until in [(today, today), (tomorrow, None), (LONG_AGO, yesterday)]:
        patient = PatientFactory()
        cover(payer, patient, since=since, until=until)
        bills.append(make_bill(make_item(), patient=patient))

    assert [shares(bill) for bill in bills] == [["80.00"], ["0.00"], ["0.00"]]


def test_a_payer_or_cover_that_is_off_pays_for_nothing_new():
    payer = make_payer(PROCEDURE="80", RADIOLOGY="80")
    bill = covered_bill(payer, "100.00")
    add_to_bill(bill, make_item("RADIOLOGY", "100.00"))

    set_cover(
        payer_id=payer.pk,
        department_id=DepartmentFactory(code="RADIOLOGY").pk,
        terms=Terms(Decimal("80"), is_active=False),
        act=Act(UserFactory(role="Accountant")),
    )

    assert shares(bill) == ["80.00", "0.00"]
    Payer.objects.update(is_active=False)
    assert shares(bill) == ["0.00", "0.00"]


def test_the_bill_shows_both_shares_before_and_after_it_is_paid(cashier):
    bill = covered_bill(make_payer(PROCEDURE="80"), "100.00")
    shown = PaymentCalculationService.bill(bill.pk)
    pay(bill, cashier, "CASH", "20.00")
    after = PaymentCalculationService.bill(bill.pk)

    assert (shown.payer, shown.payer_total, shown.total_due) == (
        "AXA",
        Decimal("80.00"),
        Decimal("20.00"),
    )
    (item,) = after.items
    assert (after.payer_share(item), after.patient_due(item)) == (
        Decimal("80.00"),
        Decimal("20.00"),
    )


def test_terms_that_change_later_leave_what_was_paid_as_it_was(cashier):
    payer = make_payer(PROCEDURE="80")
    bill = covered_bill(payer, "100.00")
    pay(bill, cashier, "CASH", "20.00")

    set_cover(
        payer_id=payer.pk,
        department_id=DepartmentFactory(code="PROCEDURE").pk,
        terms=Terms(Decimal("10")),
        act=Act(UserFactory(role="Accountant")),
    )

    (item,) = PaymentCalculationService.bill(bill.pk).items
    assert PaymentCalculationService.bill(bill.pk).payer_share(item) == Decimal("80.00")
    add_to_bill(bill, make_item("PROCEDURE", "100.00"))
    assert shares(bill) == ["10.00"]


def test_the_statements_of_a_share_do_not_grow_with_items_or_claims(cashier):
    payer = make_payer(PROCEDURE=limited("50", "9000.00", "YEAR"))
    bill = covered_bill(payer, "100.00")
    items = items_of(bill)
    few = statements(lambda: payer_shares(bill.pk, items))

    for _ in range(3):
        pay(bill, cashier, "CASH", "50.00")
        add_to_bill(bill, make_item("PROCEDURE", "100.00"))
    add_to_bill(bill, *(make_item("PROCEDURE", "1.00") for _ in range(5)))
    more = [item for item in items_of(bill) if item.status == "UNPAID"]

    assert statements(lambda: payer_shares(bill.pk, more)) == few == 3


def test_a_patient_without_a_cover_costs_one_statement():
    bill = make_bill(make_item())

    assert statements(lambda: payer_shares(bill.pk, items_of(bill))) == 2  # one reads the items
