"""Waivers that meet payments and each other; each race is lost without the locks."""

from contextlib import ExitStack, contextmanager
from decimal import Decimal
from functools import partial

import pytest
from django.db import IntegrityError
from django.db.models import Sum

from client_wallet.ledger import revenue_accounts
from hospital.core.transactions import TransactionConflict
from invoicing_app.errors import MoreThanDue, NothingToPay, WaiverNotRequested
from invoicing_app.models import DepositReceiving
from invoicing_app.waivers.answers import WaiverAnswer
from invoicing_app.waivers.models import WaiverLine
from tests.factories import UserFactory, make_bill, make_item
from tests.invoicing_app.desk import pay
from tests.invoicing_app.waivers.desk import (
    approve,
    ask,
    ask_for_much,
    states,
    take_back,
    waived_on,
)
from tests.races import rewriting, run_together, without_row_locks

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("accounts")]

BEFORE_THE_ITEMS = "UPDATE invoicing_app_billitem"
BEFORE_THE_WAIVER = "INSERT INTO invoicing_app_waiver"
HUNDRED, SIXTY, NOTHING = Decimal("100.00"), Decimal("60.00"), Decimal("0.00")


@pytest.fixture
def accounts(real_commits):
    """Open the department's account: whoever opens it keeps the other waiting, locks or not."""
    revenue_accounts({"PROCEDURE": "Procedure"})


@contextmanager
def without_the_lock_on_the_allowance():
    """Let two windows of one person waive at once: for a race's unlocked twin."""
    with rewriting("pg_advisory_xact_lock(", "concat("):
        yield


def cashier():
    return UserFactory(role="Cashier")


def posted():
    """Return what all waivers that were granted come to."""
    return WaiverLine.objects.filter(waiver__status="GRANTED").aggregate(sum=Sum("amount"))["sum"]


# A waiver and a payment


def waive_and_pay(*, waive_first):
    bill = make_bill(make_item())
    waiving = partial(ask, bill, cashier(), "60.00")
    paying = partial(pay, bill, cashier(), "CASH", "100.00")
    if waive_first:
        waiver, paid = run_together(waiving, paying, pause_before=BEFORE_THE_ITEMS)
    else:
        paid, waiver = run_together(paying, waiving, pause_before=BEFORE_THE_ITEMS)
    return bill, waiver, paid


def test_what_is_waived_just_before_is_not_paid():
    bill, waiver, paid = waive_and_pay(waive_first=True)

    assert (waiver.status, paid.total_due, paid.change_given) == ("GRANTED", "40.00", "60.00")
    assert waived_on(bill) == [SIXTY]


def test_without_the_lock_it_is_paid_although_it_is_waived():
    with without_row_locks():
        bill, waiver, paid = waive_and_pay(waive_first=True)

    assert (waiver.status, paid.total_due) == ("GRANTED", "100.00")
    assert waived_on(bill) == [SIXTY]


def test_what_is_paid_just_before_cannot_be_waived():
    bill, waiver, paid = waive_and_pay(waive_first=False)

    assert isinstance(waiver, NothingToPay)
    assert (paid.total_due, waived_on(bill), states()) == ("100.00", [NOTHING], [])


def test_without_the_lock_only_the_database_keeps_it_from_being_waived():
    with without_row_locks():
        bill, waiver, paid = waive_and_pay(waive_first=False)

    assert isinstance(waiver, IntegrityError)  # where a refusal was due
    assert (paid.total_due, waived_on(bill)) == ("100.00", [NOTHING])


# Two waivers of one item


def waive_twice():
    bill = make_bill(make_item())
    first, second = run_together(
        partial(ask, bill, cashier(), "60.00"),
        partial(ask, bill, cashier(), "60.00"),
        pause_before=BEFORE_THE_ITEMS,
    )
    return bill, first, second


def test_two_waivers_at_once_do_not_waive_more_than_is_due():
    bill, first, second = waive_twice()

    assert first.status == "GRANTED"
    assert isinstance(second, MoreThanDue)
    assert (waived_on(bill), posted()) == ([SIXTY], SIXTY)


def test_without_the_lock_more_is_waived_than_was_due():
    with without_row_locks():
        bill, first, second = waive_twice()

    assert (first.status, second.status) == ("GRANTED", "GRANTED")
    assert (waived_on(bill), posted()) == ([SIXTY], Decimal("120.00"))


# One limit, two windows


def waive_in_two_windows():
    actor = cashier()
    dear = make_item(price="9000.00")
    return run_together(
        *(partial(ask, make_bill(dear), actor, "3000.00") for _ in range(2)),
        pause_before=BEFORE_THE_WAIVER,
    )


def test_two_windows_share_the_limit_of_the_day():
    first, second = waive_in_two_windows()

    assert (first.status, second.status) == ("GRANTED", "REQUESTED")
    assert posted() == Decimal("3000.00")


def test_without_the_lock_each_window_has_the_whole_limit():
    with without_the_lock_on_the_allowance():
        first, second = waive_in_two_windows()

    assert (first.status, second.status) == ("GRANTED", "GRANTED")
    assert posted() == Decimal("6000.00")  # 5,000.00 are allowed


# Two who approve


def approve_twice():
    bill = make_bill(make_item())
    asked = ask_for_much(bill, cashier(), "60.00")
    first, second = run_together(
        *(partial(approve, asked, UserFactory(role="Supervisor")) for _ in range(2)),
        pause_before=BEFORE_THE_ITEMS,
    )
    return bill, first, second


def test_two_approvals_at_once_waive_once():
    bill, first, second = approve_twice()

    assert first.status == "GRANTED"
    assert isinstance(second, WaiverNotRequested)
    assert waived_on(bill) == [SIXTY]


def test_without_the_lock_only_the_database_stops_the_second_approval():
    with without_row_locks():
        bill, first, second = approve_twice()

    assert first.status == "GRANTED"
    assert isinstance(second, IntegrityError)  # where a refusal was due
    assert waived_on(bill) == [SIXTY]


# Taken back while it is paid


def take_back_and_pay():
    bill = make_bill(make_item())
    granted = ask(bill, cashier(), "60.00")
    paid, back = run_together(
        partial(pay, bill, cashier(), "CASH", "40.00"),
        partial(take_back, granted, cashier()),
        pause_before=BEFORE_THE_ITEMS,
    )
    return bill, paid, back


def test_what_is_paid_just_before_is_not_taken_back():
    bill, paid, back = take_back_and_pay()

    assert (paid.total_due, waived_on(bill), states()) == ("40.00", [SIXTY], ["GRANTED"])
    assert not isinstance(back, WaiverAnswer)


def test_without_the_lock_only_the_database_keeps_what_was_paid():
    with without_row_locks():
        bill, paid, back = take_back_and_pay()

    assert isinstance(back, IntegrityError)  # where a refusal was due
    assert (paid.total_due, waived_on(bill)) == ("40.00", [SIXTY])


# The same key


def send_one_key_twice():
    bill, actor = make_bill(make_item()), cashier()
    tap = partial(ask, bill, actor, "60.00", key="tap-1")
    return (bill, *run_together(tap, tap, pause_before=BEFORE_THE_WAIVER))


def test_a_key_sent_twice_at_once_waives_once_and_answers_twice():
    bill, first, second = send_one_key_twice()

    assert (first.replayed, second.replayed) == (False, True)
    assert second.facts() == first.facts()
    assert (waived_on(bill), states()) == ([SIXTY], ["GRANTED"])


def test_without_the_locks_the_second_of_one_key_gets_no_answer():
    with ExitStack() as unlocked:
        unlocked.enter_context(without_row_locks())
        unlocked.enter_context(without_the_lock_on_the_allowance())
        bill, first, second = send_one_key_twice()

    assert first.replayed is False
    assert isinstance(second, TransactionConflict)
    assert (waived_on(bill), DepositReceiving.objects.count()) == ([SIXTY], 0)
