"""Waivers that were asked for are decided on; those in force are taken back."""

from decimal import Decimal

import pytest

from client_wallet.models import Posting
from hospital.core.acts import Act
from invoicing_app.waivers.deciding import withdraw_waiver
from invoicing_app.waivers.models import Waiver, WaiverTakeBack
from tests.factories import make_bill, make_item
from tests.invoicing_app.desk import items_of, void
from tests.invoicing_app.waivers.desk import (
    approve,
    ask,
    ask_for_much,
    entries_of,
    reject,
    states,
    take_back,
    waived_on,
)
from tests.rows import everything

pytestmark = pytest.mark.django_db


def postings_of_return():
    back = WaiverTakeBack.objects.get()
    sides = Posting.objects.filter(entry=back.entry_id)
    return sorted(sides.values_list("side", "account_id", "amount"))


def test_what_is_approved_is_what_was_asked_for(cashier, supervisor):
    bill = make_bill(make_item(price="300.00"), make_item())
    asked = ask_for_much(bill, cashier, percent=Decimal(10), amount=None)

    granted = approve(asked, supervisor)

    assert granted.facts() == {
        **asked.facts(),
        "status": "GRANTED",
        "amount_in_force": "40.00",
        "decided_by": supervisor.username,
        "decided_at": granted.decided_at,
    }
    assert waived_on(bill) == [Decimal("30.00"), Decimal("10.00")]
    assert entries_of(granted.id) == [
        ("CREDIT", "REVENUE-PROCEDURE", Decimal("40.00")),
        ("DEBIT", "WAIVERS", Decimal("40.00")),
    ]


def test_what_was_added_to_the_department_since_is_no_part_of_it(cashier, supervisor):
    bill = make_bill(make_item())
    asked = ask_for_much(bill, cashier, amount=None, percent=Decimal(100))
    ask_for_much(bill, cashier, "1.00")

    approve(asked, supervisor)

    assert waived_on(bill) == [Decimal("100.00")]


def test_a_rejection_says_why_and_moves_nothing(cashier, supervisor):
    bill = make_bill(make_item())

    rejected = reject(ask_for_much(bill, cashier, "60.00"), supervisor)

    assert (rejected.status, rejected.decision_note, rejected.decided_by) == (
        "REJECTED",
        "He can pay",
        supervisor.username,
    )
    assert waived_on(bill) == [Decimal("0.00")]


def test_whoever_asked_withdraws(cashier):
    asked = ask_for_much(make_bill(make_item()), cashier, "60.00")

    withdrawn = withdraw_waiver(waiver_id=asked.id, act=Act(cashier))

    assert (withdrawn.status, withdrawn.decided_by) == ("WITHDRAWN", cashier.username)


@pytest.mark.parametrize("act", [approve, reject])
def test_the_same_key_gives_the_first_decision_again(cashier, supervisor, act):
    asked = ask_for_much(make_bill(make_item()), cashier, "60.00")
    first = act(asked, supervisor, "tap-1")
    before = everything()

    again = act(asked, supervisor, "tap-1")

    assert (again.replayed, again.facts()) == (True, first.facts())
    assert everything() == before


def test_taking_back_is_an_entry_the_other_way(cashier, supervisor):
    bill = make_bill(make_item(price="300.00"), make_item())
    granted = ask(bill, cashier, "200.00")

    back = take_back(granted, supervisor)

    assert (back.status, back.amount, back.amount_in_force) == ("TAKEN_BACK", "200.00", "0.00")
    assert [line["taken_back"] for line in back.lines] == [True, True]
    assert waived_on(bill) == [Decimal("0.00"), Decimal("0.00")]
    assert postings_of_return() == [
        ("CREDIT", "WAIVERS", Decimal("200.00")),
        ("DEBIT", "REVENUE-PROCEDURE", Decimal("200.00")),
    ]


def test_taking_back_with_the_same_key_happens_once(cashier):
    granted = ask(make_bill(make_item()), cashier, "60.00")
    first = take_back(granted, cashier, "tap-1")
    before = everything()

    again = take_back(granted, cashier, "tap-1")

    assert (again.replayed, again.facts()) == (True, first.facts())
    assert everything() == before


def test_a_void_item_takes_back_what_several_waivers_say_of_it(cashier):
    bill = make_bill(make_item(), make_item())
    first, second = items_of(bill)
    ask(bill, cashier, "50.00")
    ask(bill, cashier, "10.00", bill_item_id=first.pk)

    void(first, cashier)

    assert WaiverTakeBack.objects.get().amount == Decimal("35.00")
    assert waived_on(bill) == [Decimal("0.00"), Decimal("25.00")]
    assert states() == ["GRANTED", "TAKEN_BACK"]


def test_after_a_void_item_only_the_rest_is_taken_back(cashier):
    bill = make_bill(make_item(), make_item())
    granted = ask(bill, cashier, "50.00")
    void(items_of(bill)[0], cashier)

    back = take_back(granted, cashier)

    assert (back.status, back.amount_in_force) == ("TAKEN_BACK", "0.00")
    amounts = WaiverTakeBack.objects.order_by("pk").values_list("amount", flat=True)
    assert list(amounts) == [Decimal("25.00"), Decimal("25.00")]


def test_voiding_what_is_not_waived_posts_nothing(cashier):
    bill = make_bill(make_item())
    ask_for_much(bill, cashier, "60.00")

    void(items_of(bill)[0], cashier)

    assert (WaiverTakeBack.objects.count(), Posting.objects.count()) == (0, 0)
    assert Waiver.objects.get().status == "REQUESTED"
