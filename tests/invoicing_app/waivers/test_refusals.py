"""Acts on waivers that are refused: each by its name, and none leaves a trace."""

from decimal import Decimal
from functools import partial

import pytest

from client_wallet.errors import DayClosed
from hospital.core.acts import Act
from hospital.core.errors import InvalidAmount, InvalidRequest, KeyReused, NotFound, SelfApproval
from invoicing_app.errors import (
    AlreadyPaid,
    AlreadyVoid,
    MoreThanDue,
    NothingToPay,
    WaiverChanged,
    WaiverNotInForce,
    WaiverNotRequested,
)
from invoicing_app.waivers.deciding import (
    approve_waiver,
    reject_waiver,
    take_back_waiver,
    withdraw_waiver,
)
from invoicing_app.waivers.models import WaiverReason
from tests.client_wallet.desk import close_today
from tests.factories import UserFactory, make_bill, make_item
from tests.invoicing_app.desk import items_of, pay, void
from tests.invoicing_app.waivers.desk import approve, ask, ask_for_much, reject, take_back
from tests.rows import everything

pytestmark = pytest.mark.django_db


def asking(cashier, amount="40.00", **given):
    return partial(ask, make_bill(make_item()), cashier, amount, **given)


def nothing_is_named(cashier):
    return asking(cashier, department="")


def an_item_and_a_department_are_named(cashier):
    return asking(cashier, department="PROCEDURE", bill_item_id=1)


def neither_amount_nor_percentage(cashier):
    return asking(cashier, None)


def amount_and_percentage(cashier):
    return asking(cashier, percent=Decimal(5))


def an_amount_of_zero(cashier):
    return asking(cashier, "0.00")


def a_negative_amount(cashier):
    return asking(cashier, "-1.00")


def an_amount_of_three_decimals(cashier):
    return asking(cashier, "1.001")


def an_endless_amount(cashier):
    return asking(cashier, "NaN")


def zero_percent(cashier):
    return asking(cashier, None, percent=Decimal(0))


def more_than_all(cashier):
    return asking(cashier, None, percent=Decimal("100.01"))


def a_percentage_of_three_decimals(cashier):
    return asking(cashier, None, percent=Decimal("1.001"))


def an_endless_percentage(cashier):
    return asking(cashier, None, percent=Decimal("Infinity"))


def no_words(cashier):
    return asking(cashier, note=" \n ")


def too_many_words(cashier):
    return asking(cashier, note="x" * 201)


def a_nul_in_the_words(cashier):
    return asking(cashier, note="a\0b")


def no_such_reason(cashier):
    return asking(cashier, reason="WHIM")


def a_reason_that_is_used_no_more(cashier):
    WaiverReason.objects.filter(code="OTHER").update(is_active=False)
    return asking(cashier, reason="OTHER")


def no_such_consultation(cashier):
    return asking(cashier, consultation_id=987_654_321)


def no_such_item(cashier):
    return asking(cashier, bill_item_id=987_654_321)


def an_item_of_another_bill(cashier):
    (item,) = items_of(make_bill(make_item()))
    return asking(cashier, bill_item_id=item.pk)


def a_paid_item(cashier):
    bill = make_bill(make_item())
    pay(bill, cashier, "CASH", "100.00")
    return partial(ask, bill, cashier, "1.00", bill_item_id=items_of(bill)[0].pk)


def a_void_item(cashier):
    bill = make_bill(make_item())
    void(items_of(bill)[0], cashier)
    return partial(ask, bill, cashier, "1.00", bill_item_id=items_of(bill)[0].pk)


def a_department_that_is_paid(cashier):
    bill = make_bill(make_item())
    pay(bill, cashier, "CASH", "100.00")
    return partial(ask, bill, cashier, "1.00")


def a_department_without_items(cashier):
    return asking(cashier, department="RADIOLOGY")


def an_item_of_which_all_is_waived(cashier):
    bill = make_bill(make_item(), make_item())
    first, _ = items_of(bill)
    ask(bill, cashier, "100.00", bill_item_id=first.pk)
    return partial(ask, bill, cashier, "1.00", bill_item_id=first.pk)


def a_cent_more_than_is_due(cashier):
    return asking(cashier, "100.01")


def a_cent_more_than_is_due_of_the_item(cashier):
    bill = make_bill(make_item(), make_item())
    return partial(ask, bill, cashier, "100.01", bill_item_id=items_of(bill)[0].pk)


def a_cent_more_than_is_left(cashier):
    bill = make_bill(make_item())
    ask(bill, cashier, "60.00")
    return partial(ask, bill, cashier, "40.01")


def the_day_is_closed(cashier):
    close_today()
    return asking(cashier)


def the_key_was_used_for_another_amount(cashier):
    bill = make_bill(make_item())
    ask(bill, cashier, "1.00", key="tap-1")
    return partial(ask, bill, cashier, "2.00", key="tap-1")


def asked_for(cashier, amount="60.00"):
    return ask_for_much(make_bill(make_item()), cashier, amount)


def approving_nothing(cashier):
    return partial(approve_waiver, waiver_id=987_654, request_hash="x", act=Act(UserFactory()))


def approving_what_one_asked_for(cashier):
    return partial(approve, asked_for(cashier), cashier)


def approving_something_else(cashier):
    asked = asked_for(cashier)
    return partial(
        approve_waiver, waiver_id=asked.id, request_hash="0" * 64, act=Act(UserFactory())
    )


def approving_twice(cashier):
    asked = asked_for(cashier)
    approve(asked, UserFactory())
    return partial(approve, asked, UserFactory())


def approving_what_was_rejected(cashier):
    asked = asked_for(cashier)
    reject(asked, UserFactory())
    return partial(approve, asked, UserFactory())


def approving_what_was_paid(cashier):
    bill = make_bill(make_item())
    asked = ask_for_much(bill, cashier, "60.00")
    pay(bill, cashier, "CASH", "100.00")
    return partial(approve, asked, UserFactory())


def approving_what_was_voided(cashier):
    bill = make_bill(make_item(), make_item())
    asked = ask_for_much(bill, cashier, "60.00")
    void(items_of(bill)[0], cashier)
    return partial(approve, asked, UserFactory())


def approving_what_was_waived_meanwhile(cashier):
    bill = make_bill(make_item())
    asked = ask_for_much(bill, cashier, "60.00")
    approve(ask_for_much(bill, cashier, "40.01"), UserFactory())
    return partial(approve, asked, UserFactory())


def approving_on_a_closed_day(cashier):
    asked = asked_for(cashier)
    close_today()
    return partial(approve, asked, UserFactory())


def rejecting_what_one_asked_for(cashier):
    return partial(reject, asked_for(cashier), cashier)


def rejecting_without_a_word(cashier):
    asked = asked_for(cashier)
    return partial(reject_waiver, waiver_id=asked.id, reason=" ", act=Act(UserFactory()))


def rejecting_what_was_granted(cashier):
    asked = asked_for(cashier)
    approve(asked, UserFactory())
    return partial(reject, asked, UserFactory())


def withdrawing_what_another_asked_for(cashier):
    return partial(withdraw_waiver, waiver_id=asked_for(cashier).id, act=Act(UserFactory()))


def withdrawing_what_was_granted(cashier):
    asked = asked_for(cashier)
    approve(asked, UserFactory())
    return partial(withdraw_waiver, waiver_id=asked.id, act=Act(cashier))


def taking_back_what_was_only_asked_for(cashier):
    return partial(take_back, asked_for(cashier), cashier)


def taking_back_twice(cashier):
    granted = ask(make_bill(make_item()), cashier, "60.00")
    take_back(granted, cashier)
    return partial(take_back, granted, cashier)


def taking_back_what_was_paid(cashier):
    bill = make_bill(make_item())
    granted = ask(bill, cashier, "60.00")
    pay(bill, cashier, "CASH", "40.00")
    return partial(take_back, granted, cashier)


def taking_back_without_a_word(cashier):
    granted = ask(make_bill(make_item()), cashier, "60.00")
    return partial(take_back_waiver, waiver_id=granted.id, reason="", act=Act(cashier))


def taking_back_on_a_closed_day(cashier):
    granted = ask(make_bill(make_item()), cashier, "60.00")
    close_today()
    return partial(take_back, granted, cashier)


def voiding_a_waived_item_on_a_closed_day(cashier):
    bill = make_bill(make_item())
    ask(bill, cashier, "60.00")
    close_today()
    return partial(void, items_of(bill)[0], cashier)


REFUSALS = [
    (nothing_is_named, InvalidRequest),
    (an_item_and_a_department_are_named, InvalidRequest),
    (neither_amount_nor_percentage, InvalidRequest),
    (amount_and_percentage, InvalidRequest),
    (an_amount_of_zero, InvalidAmount),
    (a_negative_amount, InvalidAmount),
    (an_amount_of_three_decimals, InvalidAmount),
    (an_endless_amount, InvalidAmount),
    (zero_percent, InvalidRequest),
    (more_than_all, InvalidRequest),
    (a_percentage_of_three_decimals, InvalidRequest),
    (an_endless_percentage, InvalidRequest),
    (no_words, InvalidRequest),
    (too_many_words, InvalidRequest),
    (a_nul_in_the_words, InvalidRequest),
    (no_such_reason, InvalidRequest),
    (a_reason_that_is_used_no_more, InvalidRequest),
    (no_such_consultation, NotFound),
    (no_such_item, NotFound),
    (an_item_of_another_bill, NotFound),
    (a_paid_item, AlreadyPaid),
    (a_void_item, AlreadyVoid),
    (a_department_that_is_paid, NothingToPay),
    (a_department_without_items, NothingToPay),
    (an_item_of_which_all_is_waived, NothingToPay),
    (a_cent_more_than_is_due, MoreThanDue),
    (a_cent_more_than_is_due_of_the_item, MoreThanDue),
    (a_cent_more_than_is_left, MoreThanDue),
    (the_day_is_closed, DayClosed),
    (the_key_was_used_for_another_amount, KeyReused),
    (approving_nothing, NotFound),
    (approving_what_one_asked_for, SelfApproval),
    (approving_something_else, WaiverChanged),
    (approving_twice, WaiverNotRequested),
    (approving_what_was_rejected, WaiverNotRequested),
    (approving_what_was_paid, MoreThanDue),
    (approving_what_was_voided, MoreThanDue),
    (approving_what_was_waived_meanwhile, MoreThanDue),
    (approving_on_a_closed_day, DayClosed),
    (rejecting_what_one_asked_for, SelfApproval),
    (rejecting_without_a_word, InvalidRequest),
    (rejecting_what_was_granted, WaiverNotRequested),
    (withdrawing_what_another_asked_for, WaiverNotRequested),
    (withdrawing_what_was_granted, WaiverNotRequested),
    (taking_back_what_was_only_asked_for, WaiverNotInForce),
    (taking_back_twice, WaiverNotInForce),
    (taking_back_what_was_paid, AlreadyPaid),
    (taking_back_without_a_word, InvalidRequest),
    (taking_back_on_a_closed_day, DayClosed),
    (voiding_a_waived_item_on_a_closed_day, DayClosed),
]


@pytest.mark.parametrize(
    ("arranged", "error"), REFUSALS, ids=[arranged.__name__ for arranged, _ in REFUSALS]
)
def test_a_refused_act_changes_nothing_at_all(cashier, arranged, error):
    refused = arranged(cashier)
    before = everything()

    with pytest.raises(error) as refusal:
        refused()

    assert refusal.type is error
    assert everything() == before
