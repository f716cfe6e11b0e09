"""A business day that is closed while money comes in: nothing gets into it afterwards."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError
from django.utils import timezone

from client_wallet.closing import close_day
from client_wallet.errors import DayClosed
from client_wallet.models import BusinessDayClosure, JournalEntry, WalletAccount
from client_wallet.services import DepositTaken, deposit_to_wallet
from hospital.core.acts import Act
from tests.factories import UserFactory, make_wallet
from tests.races import THE_COMMIT, rewriting, run_together, with_last_statement

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("real_commits")]

THE_CLOSURE = 'INSERT INTO "client_wallet_businessdayclosure"'


def depositing(wallet: WalletAccount) -> Callable[[], DepositTaken]:
    act = Act(UserFactory())
    return with_last_statement(
        lambda: deposit_to_wallet(patient_id=wallet.patient_id, amount=Decimal("5.00"), act=act)
    )


def closing() -> Callable[[], int]:
    """Close today, as if it were over, and return how many entries were sealed."""
    act = Act(UserFactory())
    today = timezone.localdate()
    tomorrow = today + timedelta(days=1)

    def close() -> int:
        return close_day(day=today, today=tomorrow, act=act).entry_count

    return close


def entries_of_today() -> int:
    return JournalEntry.objects.filter(business_date=timezone.localdate()).count()


@contextmanager
def without_the_day_lock() -> Iterator[None]:
    with rewriting("pg_advisory_xact_lock_shared(", "concat("):
        yield


@contextmanager
def without_locks_of_closing() -> Iterator[None]:
    with (
        rewriting("pg_advisory_xact_lock(", "concat("),
        mock.patch("client_wallet.closing.hold_job"),
    ):
        yield


def kinds(results: list[Any]) -> list[type]:
    return [type(result) for result in results]


def test_a_deposit_under_way_is_in_before_its_day_is_closed():
    wallet = make_wallet()

    taken, summed = run_together(depositing(wallet), closing(), pause_before=THE_COMMIT)

    assert (type(taken), summed, entries_of_today()) == (DepositTaken, 1, 1)


def test_without_the_lock_it_gets_into_the_day_that_was_summed_up_without_it():
    wallet = make_wallet()

    with without_the_day_lock():
        taken, summed = run_together(depositing(wallet), closing(), pause_before=THE_COMMIT)

    assert (type(taken), summed, entries_of_today()) == (DepositTaken, 0, 1)


def test_a_deposit_that_waits_for_the_close_is_refused():
    wallet = make_wallet()

    summed, refused = run_together(closing(), depositing(wallet), pause_before=THE_CLOSURE)

    assert (summed, type(refused), entries_of_today()) == (0, DayClosed, 0)
    assert WalletAccount.objects.get().account_balance == Decimal("0.00")


def test_without_the_lock_it_gets_in_while_the_day_is_summed_up():
    wallet = make_wallet()

    with without_the_day_lock():
        summed, taken = run_together(closing(), depositing(wallet), pause_before=THE_CLOSURE)

    assert (summed, type(taken), entries_of_today()) == (0, DepositTaken, 1)


def test_acts_of_one_day_do_not_wait_for_one_another():
    first, second = make_wallet(), make_wallet()

    results = run_together(depositing(first), depositing(second), pause_before=THE_COMMIT)

    assert kinds(results) == [DepositTaken, DepositTaken]


def test_a_day_that_two_close_at_once_is_sealed_once():
    results = run_together(closing(), closing(), pause_before=THE_CLOSURE)

    assert results == [0, 0]
    assert BusinessDayClosure.objects.count() == 1


def test_without_the_lock_the_second_runs_into_the_first():
    with without_locks_of_closing():
        _, second = run_together(closing(), closing(), pause_before=THE_CLOSURE)

    assert type(second) is IntegrityError
