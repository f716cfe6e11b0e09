"""Waivers are granted at once within the limit of the day, and asked for above it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from client_wallet.models import JournalEntry
from hospital.core.acts import Act
from invoicing_app.bills import PaymentCalculationService
from invoicing_app.models import BillItem
from invoicing_app.waivers.models import Waiver, WaiverLimit, WaiverReason
from tests.client_wallet.desk import on_day
from tests.factories import PatientFactory, UserFactory, make_bill, make_item
from tests.invoicing_app.desk import items_of, pay, void
from tests.invoicing_app.waivers.desk import (
    approve,
    ask,
    ask_for_much,
    states,
    take_back,
    waived_on,
)
from tests.rows import everything, statements

pytestmark = pytest.mark.django_db


def test_what_is_answered(cashier):
    bill = make_bill(make_item(price="300.00", name="Suture"), make_item(name="Cast"))
    first, second = items_of(bill)

    waiver = ask(bill, cashier, percent=Decimal("33.33"), reason="STAFF", note="  Our nurse ")

    row = Waiver.objects.get()
    assert waiver.facts() == {
        "id": row.pk,
        "consultation_id": bill.pk,
        "department": "PROCEDURE",
        "bill_item_id": None,
        "asked_amount": None,
        "percent": "33.33",
        "amount": "133.32",
        "amount_in_force": "133.32",
        "reason": "STAFF",
        "note": "Our nurse",
        "status": "GRANTED",
        "lines": [
            {
                "bill_item_id": first.pk,
                "description": "Suture",
                "amount": "99.99",
                "taken_back": False,
            },
            {
                "bill_item_id": second.pk,
                "description": "Cast",
                "amount": "33.33",
                "taken_back": False,
            },
        ],
        "request_hash": row.request_hash,
        "requested_by": cashier.username,
        "requested_at": waiver.requested_at,
        "decided_by": cashier.username,
        "decided_at": waiver.decided_at,
        "decision_note": "",
    }


def test_the_entry_is_of_who_granted_it_and_says_why(cashier):
    waiver = ask(make_bill(make_item()), cashier, "10.00")

    entry = JournalEntry.objects.get(waiver=waiver.id)
    assert (entry.kind, entry.actor, entry.memo, entry.business_date) == (
        "WAIVER",
        cashier,
        "Patient cannot pay",
        timezone.localdate(),
    )


def test_exactly_the_limit_is_within_it(cashier):
    bill = make_bill(make_item(price="9000.00"))

    at_limit = ask(bill, cashier, "5000.00")
    beyond = ask(bill, cashier, "0.01")

    assert (at_limit.status, beyond.status) == ("GRANTED", "REQUESTED")


def test_a_limit_is_of_all_waivers_of_a_day_together(cashier):
    one, other = make_bill(make_item(price="9000.00")), make_bill(make_item(price="9000.00"))
    ask(one, cashier, "3000.00")

    assert ask(other, cashier, "2000.01").status == "REQUESTED"
    assert ask(other, cashier, "2000.00").status == "GRANTED"


def test_the_next_day_has_a_limit_of_its_own(cashier):
    bill = make_bill(make_item(price="90000.00"))
    with on_day(timezone.localdate() - timedelta(days=1)):
        ask(bill, cashier, "5000.00")

    assert ask(bill, cashier, "5000.00").status == "GRANTED"


def test_what_was_taken_back_leaves_room(cashier):
    bill = make_bill(make_item(price="9000.00"))
    take_back(ask(bill, cashier, "5000.00"), cashier)

    assert ask(bill, cashier, "5000.00").status == "GRANTED"


def test_what_others_granted_is_nobody_s_but_theirs(cashier, supervisor):
    bill = make_bill(make_item(price="90000.00"))
    approve(ask(bill, cashier, "5000.01"), supervisor)
    ask(bill, UserFactory(role="Cashier"), "4000.00")

    assert ask(bill, cashier, "5000.00").status == "GRANTED"
    assert ask(bill, supervisor, "50000.00").status == "GRANTED"


def test_of_several_roles_the_highest_limit_counts():
    both = UserFactory(role="Cashier")
    both.groups.add(Group.objects.get(name="Supervisor"))

    assert ask(make_bill(make_item(price="9000.00")), both, "6000.00").status == "GRANTED"


def test_a_role_without_a_limit_asks_for_everything():
    WaiverLimit.objects.update(day_amount=0)

    assert ask(make_bill(make_item()), UserFactory(), "0.01").status == "REQUESTED"


def test_what_is_only_asked_for_changes_no_money(cashier):
    bill = make_bill(make_item())

    asked = ask_for_much(bill, cashier, "60.00")

    assert (asked.amount, asked.amount_in_force, asked.decided_by) == ("60.00", "0.00", None)
    assert waived_on(bill) == [Decimal("0.00")]
    assert JournalEntry.objects.count() == 0


def test_a_department_is_only_what_is_unpaid_there(cashier):
    bill = make_bill(make_item(), make_item("LABORATORY", "50.00"), make_item())
    pay(bill, cashier, "CASH", "50.00", department="LABORATORY")
    void(items_of(bill)[2], cashier)

    ask(bill, cashier, percent=Decimal(100))

    assert waived_on(bill) == [Decimal("100.00"), Decimal("0.00"), Decimal("0.00")]


def test_all_is_waived_and_a_payment_of_nothing_settles_it(cashier):
    bill = make_bill(make_item("LABORATORY"))
    ask(bill, cashier, percent=Decimal(100), department="LABORATORY")

    paid = pay(bill, cashier, "CASH")

    (item,) = items_of(bill)
    assert (paid.total_due, item.status, item.lab_result is not None) == ("0.00", "PAID", True)


def test_a_percentage_is_of_what_is_still_due(cashier):
    bill = make_bill(make_item())
    ask(bill, cashier, "60.00")

    ask(bill, cashier, percent=Decimal(50))

    assert waived_on(bill) == [Decimal("80.00")]


def test_the_same_key_gives_the_first_answer_again(cashier):
    bill = make_bill(make_item())
    first = ask(bill, cashier, "60.00", key="tap-1")
    pay(bill, cashier, "CASH", "40.00")
    before = everything()

    again = ask(bill, cashier, "60.00", key="tap-1")

    assert (again.replayed, again.facts()) == (True, first.facts())
    assert everything() == before


def test_items_ordered_later_are_no_part_of_it(cashier):
    bill = make_bill(make_item())
    ask(bill, cashier, percent=Decimal(100))
    later = make_bill(make_item(), patient=PatientFactory())
    BillItem.objects.filter(consultation=later)

    assert PaymentCalculationService.bill(later.pk).total_due == Decimal("100.00")
    assert states() == ["GRANTED"]


def test_the_number_of_statements_does_not_grow_with_the_items(cashier):
    one, many = make_bill(make_item()), make_bill(*(make_item() for _ in range(5)))
    ask(make_bill(make_item()), cashier, "1.00")

    first = statements(lambda: ask(one, cashier, "50.00"))

    assert statements(lambda: ask(many, cashier, "50.00")) == first


def test_a_reason_that_is_used_no_more_stays_on_what_it_was_given_for(cashier):
    waiver = ask(make_bill(make_item()), cashier, "1.00")
    WaiverReason.objects.update(is_active=False)

    assert Waiver.objects.get(pk=waiver.id).reason.code == "CANNOT_PAY"
    assert take_back(waiver, cashier).status == "TAKEN_BACK"


def test_an_actor_without_a_key_waives_twice(cashier):
    bill = make_bill(make_item())
    ask(bill, cashier, "1.00")
    ask(bill, cashier, "1.00")

    assert (waived_on(bill), Act(cashier).key) == ([Decimal("2.00")], "")
