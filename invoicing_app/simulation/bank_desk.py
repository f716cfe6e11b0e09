"""The bank's side of a day: withdrawals are paid out meanwhile, and its statement is compared."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from django.conf import settings
from django.db import connections

from client_wallet.bank import StatementUnavailable, configured_bank
from client_wallet.models import Withdrawal
from client_wallet.withdrawals.reconciliation import reconcile
from client_wallet.withdrawals.worker import keep_settling
from invoicing_app.simulation.plan import Cast, Plan

Status = Withdrawal.Status
PATIENCE = 180  # seconds, for answers of a bank that fails
PAUSE = 0.5


def has_bank() -> bool:
    return bool(settings.BANK_URL)


@contextmanager
def paying_out() -> Iterator[None]:
    """Carry out in a thread what is due, as ``process_withdrawals`` does; no bank, nothing."""
    if not has_bank():
        yield
        return
    stop = threading.Event()
    bank = configured_bank()

    def pay() -> None:
        try:
            keep_settling(bank, stop)
        finally:
            connections.close_all()

    thread = threading.Thread(target=pay)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def wait_for_the_bank(plan: Plan, cast: Cast, stops: Callable[[], bool]) -> None:
    """Wait until every withdrawal of this run has ended, or a person has to look at it."""
    deadline = time.monotonic() + PATIENCE
    while _open(plan, cast) and not stops() and time.monotonic() < deadline:
        time.sleep(PAUSE)


def unlike_the_bank(plan: Plan, cast: Cast, days: Sequence[date]) -> Sequence[str]:
    """
    Return the withdrawals that are open still, and what the bank's statement says otherwise.

    What waits for a person may be paid or not: that one finds out.
    """
    if not has_bank():
        return []
    wrong = [f"The withdrawal {one} has not ended." for one in _open(plan, cast)]
    in_review = Withdrawal.objects.filter(status=Status.NEEDS_REVIEW)
    excused = set(in_review.values_list("bank_reference", flat=True))
    for day in days:
        try:
            differences = reconcile(day, configured_bank()).differences
        except StatementUnavailable as silence:
            wrong.append(str(silence))
            continue
        wrong += [
            f"{one.reference}: {one.says}" for one in differences if one.reference not in excused
        ]
    return wrong


def _open(plan: Plan, cast: Cast) -> Sequence[str]:
    """Return the references of this run's withdrawals that a worker still has to do with."""
    waiting = (Status.SCHEDULED, Status.PROCESSING, Status.UNKNOWN)
    found = Withdrawal.objects.filter(
        requested_by__in=list(cast.cashiers), created_at__gte=plan.started_at, status__in=waiting
    )
    return list(found.order_by("created_at", "pk").values_list("bank_reference", flat=True))
