"""Acts on the same drawer at once; each race has a twin without its lock, where it is lost."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError

from client_wallet.errors import DrawerShort, HandOverEnded, ShiftIsOpen, ShiftNotOpen
from client_wallet.models import HandOver, Shift, ZReport
from client_wallet.services import DepositTaken, deposit_to_wallet
from client_wallet.shifts import (
    CashGiven,
    HandOverEnd,
    ShiftCounted,
    ShiftOpened,
    cash_on_hand,
    receive_cash,
    reject_cash,
    z_reports,
)
from hospital.core.acts import Act
from invoicing_app.books.shifts import changed_z_reports
from tests.client_wallet.shifts.desk import (
    balance_of,
    count,
    give,
    hand_over_of,
    make_shift,
    money,
    open_with,
    shift_of,
)
from tests.client_wallet.shifts.races import without_the_drawers_lock
from tests.factories import UserFactory, make_wallet
from tests.races import THE_COMMIT, rewriting, run_together, with_last_statement, without_row_locks

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("real_commits")]


def depositing(cashier: Any, amount: str = "5.00") -> Callable[[], DepositTaken]:
    """Take cash into a wallet of its own."""
    patient = make_wallet().patient
    return with_last_statement(
        partial(deposit_to_wallet, patient_id=patient.pk, amount=money(amount), act=Act(cashier))
    )


def counting(shift: Shift, amount: str) -> Callable[[], ShiftCounted]:
    return with_last_statement(partial(count, shift, amount))


def giving(cashier: Any, amount: str) -> Callable[[], CashGiven]:
    return with_last_statement(partial(give, cashier, amount))


def opening(cashier: Any) -> Callable[[], ShiftOpened]:
    return with_last_statement(partial(open_with, cashier, "10.00"))


def receiving(given: HandOver) -> Callable[[], HandOverEnd]:
    return with_last_statement(partial(receive_cash, hand_over_id=given.pk, act=Act(UserFactory())))


def rejecting(given: HandOver) -> Callable[[], HandOverEnd]:
    return with_last_statement(
        partial(reject_cash, hand_over_id=given.pk, reason="Short", act=Act(UserFactory()))
    )


def kinds(results: list[Any]) -> list[type]:
    return [type(result) for result in results]


def test_a_count_waits_for_the_deposit_that_is_under_way():
    shift = make_shift(holding="50.00")

    taken, ended = run_together(
        depositing(shift.cashier), counting(shift, "55.00"), pause_before=THE_COMMIT
    )

    assert (type(taken), ended.expected_amount, ended.difference) == (DepositTaken, "55.00", "0.00")
    assert (balance_of(shift.drawer_id), list(changed_z_reports())) == (money("0.00"), [])


def test_without_the_lock_the_deposit_is_in_a_closed_shift_and_in_no_z_report():
    shift = make_shift(holding="50.00")

    with without_the_drawers_lock():
        taken, ended = run_together(
            depositing(shift.cashier), counting(shift, "50.00"), pause_before=THE_COMMIT
        )

    assert (type(taken), ended.status) == (DepositTaken, "CLOSED")
    assert (cash_on_hand(shift.pk), len(list(changed_z_reports()))) == (money("5.00"), 1)


def test_a_deposit_that_waits_for_the_close_is_in_the_next_shift():
    shift = make_shift(holding="50.00")

    ended, taken = run_together(
        counting(shift, "50.00"), depositing(shift.cashier), pause_before=THE_COMMIT
    )

    assert (ended.status, type(taken)) == ("CLOSED", DepositTaken)
    later = shift_of(shift.cashier)
    assert (later.status, cash_on_hand(later.pk)) == ("OPEN", money("5.00"))
    assert (cash_on_hand(shift.pk), list(changed_z_reports())) == (money("0.00"), [])


def test_without_the_lock_it_gets_into_the_shift_that_is_being_closed():
    shift = make_shift(holding="50.00")

    with without_the_drawers_lock():
        ended, taken = run_together(
            counting(shift, "50.00"), depositing(shift.cashier), pause_before=THE_COMMIT
        )

    assert (ended.status, type(taken), Shift.objects.count()) == ("CLOSED", DepositTaken, 1)
    assert cash_on_hand(shift.pk) == money("5.00")


def test_a_drawer_is_not_paid_out_twice_at_once():
    shift = make_shift(holding="100.00")

    results = run_together(
        giving(shift.cashier, "80.00"), giving(shift.cashier, "80.00"), pause_before=THE_COMMIT
    )

    assert kinds(results) == [CashGiven, DrawerShort]
    assert cash_on_hand(shift.pk) == money("20.00")


def test_without_the_lock_more_is_paid_out_than_the_drawer_holds():
    shift = make_shift(holding="100.00")

    with without_the_drawers_lock():
        results = run_together(
            giving(shift.cashier, "80.00"), giving(shift.cashier, "80.00"), pause_before=THE_COMMIT
        )

    assert kinds(results) == [CashGiven, CashGiven]
    assert cash_on_hand(shift.pk) == money("-60.00")


def test_two_first_deposits_of_a_cashier_open_one_shift():
    cashier = UserFactory()

    results = run_together(depositing(cashier), depositing(cashier), pause_before=THE_COMMIT)

    assert kinds(results) == [DepositTaken, DepositTaken]
    assert cash_on_hand(Shift.objects.get(cashier=cashier).pk) == money("10.00")


def test_without_the_constraint_in_mind_the_second_runs_into_it():
    cashier = UserFactory()

    with rewriting("ON CONFLICT (cashier_id) WHERE status = 'OPEN' DO NOTHING", ""):
        results = run_together(depositing(cashier), depositing(cashier), pause_before=THE_COMMIT)

    assert kinds(results) == [DepositTaken, IntegrityError]


def test_of_two_that_open_a_shift_at_once_one_does():
    cashier = UserFactory()

    results = run_together(opening(cashier), opening(cashier), pause_before=THE_COMMIT)

    assert kinds(results) == [ShiftOpened, ShiftIsOpen]
    assert balance_of("SAFE") == money("-10.00")


def test_a_shift_that_two_count_at_once_is_closed_once():
    shift = make_shift(holding="50.00")

    results = run_together(
        counting(shift, "50.00"), counting(shift, "50.00"), pause_before=THE_COMMIT
    )

    assert kinds(results) == [ShiftCounted, ShiftNotOpen]
    assert (ZReport.objects.count(), hand_over_of(shift).amount) == (1, money("50.00"))


def test_without_locks_the_second_count_runs_into_the_first():
    shift = make_shift(holding="50.00")

    with without_row_locks(), without_the_drawers_lock():
        results = run_together(
            counting(shift, "50.00"), counting(shift, "50.00"), pause_before=THE_COMMIT
        )

    # Only a constraint saves the books; nobody is told that the shift was counted.
    assert kinds(results) == [ShiftCounted, IntegrityError]


def test_shifts_that_close_at_once_are_numbered_one_after_the_other():
    one, other = make_shift(holding="10.00"), make_shift(holding="20.00")

    results = run_together(
        counting(one, "10.00"), counting(other, "20.00"), pause_before=THE_COMMIT
    )

    first, second = ZReport.objects.order_by("number")
    assert [result.z_number for result in results] == [first.number, second.number] == [1, 2]
    assert (first.previous_seal, second.previous_seal) == ("", first.seal)


def test_without_the_counters_lock_both_would_have_the_same_number():
    one, other = make_shift(holding="10.00"), make_shift(holding="20.00")
    looked_up = (
        "SELECT count(*) + 1 AS last_number FROM client_wallet_zreport WHERE %(series)s::text <> ''"
    )

    with rewriting(z_reports._NEXT.sql, looked_up):
        results = run_together(
            counting(one, "10.00"), counting(other, "20.00"), pause_before=THE_COMMIT
        )

    assert kinds(results) == [ShiftCounted, IntegrityError]


@pytest.mark.parametrize("first", [receiving, rejecting])
@pytest.mark.parametrize("second", [receiving, rejecting])
def test_cash_in_transit_arrives_once(first, second):
    shift = make_shift(holding="50.00")
    give(shift.cashier, "50.00")
    given = hand_over_of(shift)

    results = run_together(first(given), second(given), pause_before=THE_COMMIT)

    assert kinds(results) == [HandOverEnd, HandOverEnded]
    assert balance_of("CASH_IN_TRANSIT") == money("0.00")


def test_without_its_lock_the_second_runs_into_what_the_first_wrote():
    shift = make_shift(holding="50.00")
    give(shift.cashier, "50.00")
    given = hand_over_of(shift)

    with without_row_locks():
        results = run_together(receiving(given), rejecting(given), pause_before=THE_COMMIT)

    assert kinds(results) == [HandOverEnd, IntegrityError]
