"""Split payments that meet at a wallet or at a shift's end; each race is lost without its lock."""

from functools import partial

import pytest
from django.db import IntegrityError

from client_wallet.errors import InsufficientFunds
from client_wallet.ledger import revenue_accounts
from client_wallet.shifts import cash_on_hand
from invoicing_app.errors import NothingToPay
from tests.client_wallet.shifts.desk import make_shift, money, shift_of
from tests.client_wallet.shifts.races import without_the_drawers_lock
from tests.client_wallet.shifts.test_races import counting
from tests.factories import make_wallet
from tests.invoicing_app.races import BEFORE_THE_RECEIPT, cashiers, standing
from tests.invoicing_app.tenders.desk import bill_of, pay_by
from tests.races import THE_COMMIT, run_together, with_last_statement, without_row_locks

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("real_commits")]

BEFORE_THE_ENTRY = "INSERT INTO client_wallet_journalentry"
SPLIT = (("WALLET", "80.00"), ("CASH", "20.00"))


def pay_two_bills_from_one_wallet():
    revenue_accounts({"RADIOLOGY": "Radiology"})  # nobody waits for somebody else's insert of it
    wallet = make_wallet(holding="100.00")
    bills = [bill_of("100.00", wallet.patient) for _ in range(2)]
    return run_together(
        *(
            partial(pay_by, bill, cashier, *SPLIT)
            for bill, cashier in zip(bills, cashiers(), strict=True)
        ),
        pause_before=BEFORE_THE_ENTRY,
    )


def test_two_split_payments_share_a_wallet_and_one_is_refused_with_its_cash():
    first, second = pay_two_bills_from_one_wallet()

    assert (first.wallet_balance, type(second)) == ("20.00", InsufficientFunds)
    assert standing() == (1, 1, {"PAID": 1, "UNPAID": 1})


def test_without_the_lock_both_count_on_the_same_money():
    with without_row_locks():
        first, second = pay_two_bills_from_one_wallet()

    assert (first.wallet_balance, type(second)) == ("20.00", IntegrityError)


def pay_one_bill_in_two_ways():
    wallet = make_wallet(holding="100.00")
    bill = bill_of("100.00", wallet.patient)
    one, other = cashiers()
    return run_together(
        partial(pay_by, bill, one, *SPLIT),
        partial(pay_by, bill, other, ("CARD", "60.00"), ("TRANSFER", "40.00")),
        pause_before=BEFORE_THE_RECEIPT,
    )


def test_a_bill_split_twice_at_once_is_paid_once():
    first, second = pay_one_bill_in_two_ways()

    assert (first.total_due, type(second)) == ("100.00", NothingToPay)
    assert standing() == (1, 1, {"PAID": 1})


def test_without_the_lock_the_second_goes_on_until_the_items_are_gone():
    with without_row_locks():
        first, second = pay_one_bill_in_two_ways()

    assert first.total_due == "100.00"
    assert isinstance(second, RuntimeError | IntegrityError)


def splitting(cashier):
    wallet = make_wallet(holding="80.00")
    return with_last_statement(partial(pay_by, bill_of("100.00", wallet.patient), cashier, *SPLIT))


def test_a_count_waits_for_the_split_payment_that_is_under_way():
    shift = make_shift(holding="50.00")

    paid, ended = run_together(
        splitting(shift.cashier), counting(shift, "70.00"), pause_before=THE_COMMIT
    )

    assert (paid.payment_method, ended.expected_amount, ended.difference) == (
        "SPLIT",
        "70.00",
        "0.00",
    )


def test_a_split_payment_that_waits_for_the_close_is_in_the_next_shift():
    shift = make_shift(holding="50.00")

    ended, paid = run_together(
        counting(shift, "50.00"), splitting(shift.cashier), pause_before=THE_COMMIT
    )

    later = shift_of(shift.cashier)
    assert (ended.status, paid.payment_method) == ("CLOSED", "SPLIT")
    assert (later.pk > shift.pk, cash_on_hand(later.pk)) == (True, money("20.00"))


def test_without_the_lock_its_cash_is_in_a_closed_shift():
    shift = make_shift(holding="50.00")

    with without_the_drawers_lock():
        _, ended = run_together(
            splitting(shift.cashier), counting(shift, "50.00"), pause_before=THE_COMMIT
        )

    assert (ended.status, cash_on_hand(shift.pk)) == ("CLOSED", money("20.00"))
