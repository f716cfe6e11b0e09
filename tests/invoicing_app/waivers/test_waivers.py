"""Waivers in short: granted at once, asked for and approved, and taken back."""

from decimal import Decimal

import pytest
from django.db import IntegrityError

from hospital.core.acts import Act
from hospital.core.errors import SelfApproval
from invoicing_app.errors import MoreThanDue
from invoicing_app.models import BillItem
from invoicing_app.payment_services import PaymentCalculationService
from invoicing_app.services import void_item
from invoicing_app.waivers.models import Waiver, WaiverTakeBack
from tests.factories import make_bill, make_item
from tests.invoicing_app.desk import items_of, pay
from tests.invoicing_app.waivers.desk import (
    approve,
    ask,
    ask_for_much,
    entries_of,
    states,
    take_back,
    waived_on,
)
from tests.rows import rule_that_refuses

pytestmark = pytest.mark.django_db


def test_a_waiver_within_the_limit_is_granted_at_once_and_posted(cashier):
    bill = make_bill(make_item(price="300.00"), make_item(price="100.00"), make_item("LABORATORY"))

    waiver = ask(bill, cashier, "200.00")

    assert (waiver.status, waiver.amount, waiver.decided_by) == (
        "GRANTED",
        "200.00",
        cashier.username,
    )
    assert waived_on(bill) == [Decimal("150.00"), Decimal("50.00"), Decimal("0.00")]
    assert entries_of(waiver.id) == [
        ("CREDIT", "REVENUE-PROCEDURE", Decimal("200.00")),
        ("DEBIT", "WAIVERS", Decimal("200.00")),
    ]
    assert PaymentCalculationService.bill(bill.pk).total_due == Decimal("300.00")


def test_above_the_limit_it_is_asked_for_and_granted_by_somebody_else(cashier, supervisor):
    bill = make_bill(make_item(price="9000.00"))

    asked = ask(bill, cashier, "5000.01")
    before = waived_on(bill)
    granted = approve(asked, supervisor)

    assert (asked.status, before) == ("REQUESTED", [Decimal("0.00")])
    assert (granted.status, granted.decided_by) == ("GRANTED", supervisor.username)
    assert waived_on(bill) == [Decimal("5000.01")]


def test_whoever_asks_does_not_approve(supervisor):
    asked = ask_for_much(make_bill(make_item(price="9000.00")), supervisor)

    with pytest.raises(SelfApproval):
        approve(asked, supervisor)

    assert states() == ["REQUESTED"]


def test_the_database_wants_two_people_above_the_limit(cashier, supervisor):
    granted = approve(ask_for_much(make_bill(make_item(price="9000.00")), cashier), supervisor)
    row = Waiver.objects.filter(pk=granted.id).values().get()
    alone = {**row, "id": None, "decided_by_id": cashier.pk}

    rule = rule_that_refuses(lambda: Waiver.objects.create(**alone))

    assert rule == "waiver_above_the_limit_takes_two_people"


def test_no_more_is_waived_than_is_due(cashier):
    bill = make_bill(make_item())
    ask(bill, cashier, "60.00")

    with pytest.raises(MoreThanDue) as refusal:
        ask(bill, cashier, "40.01")

    assert refusal.value.facts == {"total_due": "40.00", "amount": "40.01"}


def test_what_is_waived_is_not_paid_and_revenue_is_whole(cashier):
    bill = make_bill(make_item())
    ask(bill, cashier, "60.00")

    paid = pay(bill, cashier, "CASH", "40.00")

    assert paid.total_due == "40.00"
    (item,) = items_of(bill)
    assert (item.status, item.waived) == ("PAID", Decimal("60.00"))


def test_voiding_an_item_takes_its_waiver_back(cashier):
    bill = make_bill(make_item(), make_item())
    waiver = ask(bill, cashier, percent=Decimal("50"))
    first, _ = items_of(bill)

    void_item(bill_item_id=first.pk, reason="Ordered twice", act=Act(cashier))

    back = WaiverTakeBack.objects.get()
    assert (back.amount, back.reason) == (Decimal("50.00"), "Ordered twice")
    assert waived_on(bill) == [Decimal("0.00"), Decimal("50.00")]
    assert Waiver.objects.get(pk=waiver.id).status == "GRANTED"


def test_a_waiver_is_taken_back_before_it_is_paid(cashier):
    bill = make_bill(make_item())
    waiver = ask(bill, cashier, "60.00")

    back = take_back(waiver, cashier)

    assert (back.status, back.amount_in_force) == ("TAKEN_BACK", "0.00")
    assert waived_on(bill) == [Decimal("0.00")]
    assert BillItem.objects.get().line_total == Decimal("100.00")


def test_what_was_asked_for_stays(cashier):
    waiver = Waiver.objects.get(pk=ask(make_bill(make_item()), cashier, "60.00").id)
    waiver.status = "REQUESTED"

    with pytest.raises(IntegrityError):
        waiver.save(update_fields=["status"])
