"""Refunds that meet each other and the pharmacy; each race is lost without the locks."""

from functools import partial

import pytest
from django.db import IntegrityError, InternalError

from client_wallet.errors import DrawerShort
from hospital.core.errors import DomainError
from invoicing_app.models import DispensedStock
from invoicing_app.refunds.errors import (
    AlreadyRefunded,
    DrugsHandedOut,
    RefundEnded,
    RefundNotApproved,
)
from invoicing_app.refunds.models import Refund
from tests.factories import UserFactory, make_bill, make_drug, make_item
from tests.invoicing_app.desk import items_of, pay
from tests.invoicing_app.refunds.desk import approve, ask, edit, pay_out, states
from tests.invoicing_app.stock.drugs import hand_out
from tests.races import rewriting, run_together, without_row_locks

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("real_commits")]

BEFORE_THE_REFUND = "INSERT INTO invoicing_app_refund "
BEFORE_IT_IS_CHANGED = "UPDATE invoicing_app_refund "
BEFORE_THE_STOCK = "UPDATE invoicing_app_dispensedstock"


def cashier():
    return UserFactory(role="Cashier")


def paid_bill():
    return pay(make_bill(make_item()), cashier(), "CASH", "100.00")


def ask_twice():
    paid = paid_bill()
    return run_together(
        partial(ask, paid, by=cashier()),
        partial(ask, paid, by=cashier()),
        pause_before=BEFORE_THE_REFUND,
    )


def test_two_who_ask_at_once_do_not_refund_twice():
    first, second = ask_twice()

    assert (first.status, type(second), states()) == ("REQUESTED", AlreadyRefunded, ["REQUESTED"])


def test_without_the_lock_only_the_database_keeps_them_from_it():
    with without_row_locks():
        first, second = ask_twice()

    assert first.status == "REQUESTED"
    assert isinstance(second, IntegrityError)  # where a refusal was due
    assert states() == ["REQUESTED"]


def pay_out_twice():
    payer, other = cashier(), cashier()
    refund = approve(ask(pay(make_bill(make_item()), payer, "CARD", "100.00")))
    return run_together(
        partial(pay_out, refund, payer),
        partial(pay_out, refund, other),
        pause_before=BEFORE_IT_IS_CHANGED,
    )


def test_two_who_pay_out_at_once_pay_once():
    first, second = pay_out_twice()

    assert (first.status, type(second), states()) == ("PAID", RefundNotApproved, ["PAID"])


def test_without_the_lock_only_the_database_keeps_the_second_from_paying():
    with without_row_locks():
        first, second = pay_out_twice()

    assert first.status == "PAID"
    assert isinstance(second, IntegrityError | InternalError)  # where a refusal was due
    assert states() == ["PAID"]


def edit_and_pay_out(*, edit_first):
    asker, payer = cashier(), cashier()
    paid = pay(bill := make_bill((make_item(), 2)), payer, "CARD", "200.00")
    (item,) = items_of(bill)
    refund = approve(ask(paid, (item, 2), by=asker))
    editing = partial(edit, refund, paid, (item, 1), by=asker)
    paying = partial(pay_out, refund, payer)
    if edit_first:
        return run_together(editing, paying, pause_before=BEFORE_IT_IS_CHANGED)
    return reversed(run_together(paying, editing, pause_before=BEFORE_IT_IS_CHANGED))


def test_what_is_edited_just_before_is_not_paid_out():
    edited, paid = edit_and_pay_out(edit_first=True)

    assert (edited.status, type(paid), states()) == ("REQUESTED", RefundNotApproved, ["REQUESTED"])


def test_what_is_paid_out_just_before_cannot_be_edited():
    edited, paid = edit_and_pay_out(edit_first=False)

    assert (type(edited), paid.status, states()) == (RefundEnded, "PAID", ["PAID"])


def test_without_the_lock_only_the_database_keeps_the_edit_from_being_paid_out():
    with without_row_locks():
        edited, paid = edit_and_pay_out(edit_first=True)

    assert edited.status == "REQUESTED"
    assert not isinstance(paid, DomainError)  # where a refusal was due
    assert states() == ["REQUESTED"]


def hand_out_and_pay_out():
    payer = cashier()
    bill = make_bill((make_drug(holding=5), 2))
    paid = pay(bill, payer, "CARD", "200.00")
    (item,) = items_of(bill)
    refund = approve(ask(paid, (item, 2)))
    given, back = run_together(
        partial(hand_out, item, 2), partial(pay_out, refund, payer), pause_before=BEFORE_THE_STOCK
    )
    return item, given, back


def test_drugs_that_are_handed_out_just_before_are_not_refunded():
    item, given, back = hand_out_and_pay_out()

    assert (type(back), given.owed) == (DrugsHandedOut, {item.pk: 0})
    assert list(DispensedStock.objects.values_list("handed_out", "taken_back")) == [(2, 0)]


def test_without_the_lock_only_the_database_keeps_them_from_being_both():
    with without_row_locks():
        _, given, back = hand_out_and_pay_out()

    assert given.owed
    assert isinstance(back, IntegrityError)  # where a refusal was due


def pay_two_out_of_one_drawer():
    payer = cashier()
    pay(make_bill(make_item()), payer, "CASH", "100.00")
    others = [approve(ask(pay(make_bill(make_item()), cashier(), "CASH", "100.00"))) for _ in "ab"]
    return run_together(
        *(partial(pay_out, refund, payer) for refund in others), pause_before=BEFORE_IT_IS_CHANGED
    )


def test_two_windows_of_one_cashier_do_not_give_more_than_the_drawer_holds():
    first, second = pay_two_out_of_one_drawer()

    assert (first.status, type(second)) == ("PAID", DrawerShort)


def test_without_the_lock_on_the_drawer_it_gives_what_it_does_not_hold():
    with rewriting("pg_advisory_xact_lock(", "concat("):
        first, second = pay_two_out_of_one_drawer()

    assert (first.status, second.status) == ("PAID", "PAID")
    assert Refund.objects.filter(status="PAID").count() == 2
