"""Workers of tests: by a clock that stands still, and that may die at any point."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from client_wallet.models import BankCircuit, Withdrawal
from client_wallet.withdrawals.terms import Terms
from client_wallet.withdrawals.worker import WORKER, Worker
from hospital.core.system_users import system_user
from tests.client_wallet.withdrawals.fake_bank import FakeBank

MOST_STEPS = 300


def worker_at(
    bank: FakeBank, checkpoint: Callable[[str], None] = lambda point: None, **terms: Any
) -> Worker:
    agreed = Terms(
        **{"deadline": bank.deadline_seconds, "finality": bank.finality_seconds, **terms}
    )
    return Worker(bank, agreed, system_user(WORKER), clock=bank.clock.clock, checkpoint=checkpoint)


def work_to_the_end(worker: Worker, bank: FakeBank) -> None:
    """Let the worker do all it can, and the clock go on to whatever is due next."""
    for _ in range(MOST_STEPS):
        if worker.step():
            continue
        due = _next_due()
        if due is None:
            return
        bank.clock.at = max(bank.clock.at, due)
    raise AssertionError("the worker does not come to an end")


def _next_due() -> datetime | None:
    withdrawals = Withdrawal.objects.exclude(next_attempt_at=None)
    first: datetime | None = (
        withdrawals.order_by("next_attempt_at").values_list("next_attempt_at", flat=True).first()
    )
    circuit = BankCircuit.objects.exclude(open_until=None).first()
    if first and circuit and circuit.open_until:
        return max(first, circuit.open_until)
    return first
