"""
The worker: takes up what is due, calls the bank outside of every transaction, records the answer.

Any number of workers may run at once, in processes and threads; each may be killed at any moment.
Command and task queue call ``settle_due``: the rows are the queue, and nothing is lost with a task.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction

from client_wallet.bank import Answered, Bank, Outcome
from client_wallet.errors import BalanceLimit, DayClosed
from client_wallet.models import BankCall, Withdrawal
from client_wallet.withdrawals import circuit
from client_wallet.withdrawals.circuit import Permit
from client_wallet.withdrawals.clock import Clock
from client_wallet.withdrawals.execution import (
    Begun,
    Call,
    Kind,
    claim_next,
    order_of,
    record_answer,
)
from client_wallet.withdrawals.terms import Terms
from hospital.core.errors import DomainError
from hospital.core.system_users import WITHDRAWALS, system_user
from hospital.core.transactions import retry_conflicts

WORKER = WITHDRAWALS  # the system user in whose name entries are posted
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Taken:
    """One withdrawal that was taken up: its status afterwards, and calls made to the bank."""

    withdrawal_id: UUID
    status: Withdrawal.Status
    calls: int


@dataclass(frozen=True)
class Settled:
    """What became of all that was taken up: how many by status, and calls made to the bank."""

    statuses: Counter[str]
    calls: int

    def __add__(self, other: "Settled") -> "Settled":
        return Settled(self.statuses + other.statuses, self.calls + other.calls)


def settle_due(
    bank: Bank,
    *,
    terms: Terms | None = None,
    stopping: Callable[[], bool] = lambda: False,
    told: Callable[[Taken], None] = lambda taken: None,
) -> Settled:
    """
    Carry out all that is due, until nothing is or ``stopping()`` says so; return what became of it.

    ``told`` hears of each withdrawal that was taken up. Whatever is abandoned halfway, by an error
    or a kill, is taken up again when its lease is over.

    :raises Busy: if a lock was not to be had, or the database is away; call again later
    """
    worker = Worker(bank, terms or Terms.of(bank), system_user(WORKER))
    last: dict[UUID, str] = {}
    calls = 0
    while not stopping() and (taken := worker.step()):
        last[taken.withdrawal_id] = str(taken.status)
        calls += taken.calls
        told(taken)
    return Settled(Counter(last.values()), calls)


def keep_settling(
    bank: Bank,
    stop: threading.Event,
    *,
    terms: Terms | None = None,
    pause_seconds: float = 1.0,
    told: Callable[[Taken], None] = lambda taken: None,
) -> None:
    """Do so whenever something is due, until ``stop`` is set; trouble is logged, and passes."""
    while not stop.is_set():
        try:
            settle_due(bank, terms=terms, stopping=stop.is_set, told=told)
        except (DomainError, OperationalError, InterfaceError) as trouble:
            logger.warning("Withdrawals wait: %s", trouble)
            connection.close()  # a broken one is not used again
        stop.wait(pause_seconds)


def _pass_by(point: str) -> None:
    """Do nothing: in tests a worker dies here."""


@dataclass(frozen=True)
class Worker:
    """
    One worker. ``checkpoint`` is called before and after each commit and each call to the bank.
    """

    bank: Bank
    terms: Terms
    actor: Any
    clock: Clock = field(default_factory=Clock)
    checkpoint: Callable[[str], None] = _pass_by

    def step(self) -> Taken | None:
        """Take up one withdrawal and go on with it as far as it goes now; None if there is none."""
        permit = circuit.permit(now=self.clock.now(), terms=self.terms)
        if permit is Permit.OPEN:
            return None
        leased_at = self.clock.elapsed()  # before the lease begins: never later than it did
        begun = self._claim(asking_only=permit is Permit.PROBE)
        if begun is None:
            if permit is Permit.PROBE:
                self._probe()
            return None
        calls = 0
        while begun.call:
            answered = self._make(begun.call, leased_at)
            calls += 1
            leased_at = self.clock.elapsed()
            following = self._record(begun.call, answered)
            if following is None:
                break
            begun = following
        return Taken(begun.withdrawal_id, begun.status, calls)

    @retry_conflicts
    def _claim(self, *, asking_only: bool) -> Begun | None:
        with transaction.atomic():
            begun = claim_next(
                now=self.clock.now(), terms=self.terms, actor=self.actor, asking_only=asking_only
            )
            self.checkpoint("before the claim's commit")
        self.checkpoint("after the claim's commit")
        return begun

    def _make(self, call: Call, leased_at: float) -> Answered:
        """Make a call, if it will have ended before the lease does."""
        passed = self.clock.elapsed() - leased_at
        if passed + self.terms.deadline > self.terms.lease.total_seconds():
            return Answered(Outcome.INCONCLUSIVE, detail="Not sent: the lease was nearly over.")
        self.checkpoint("before the call")
        ask = self.bank.submit if call.kind == Kind.SUBMIT else self.bank.find_by_reference
        answered = ask(call.order)
        self.checkpoint("after the call")
        circuit.note(reached_bank=answered.reached_bank, now=self.clock.now(), terms=self.terms)
        return answered

    def _record(self, call: Call, answered: Answered) -> Begun | None:
        try:
            return self._keep(call, answered)
        except (DayClosed, BalanceLimit) as refusal:
            # Nothing was kept. When the lease is over, the bank is asked again.
            logger.warning("%s: the answer could not be posted: %s", call.order.reference, refusal)
            return None

    @retry_conflicts
    def _keep(self, call: Call, answered: Answered) -> Begun:
        with transaction.atomic():
            begun = record_answer(
                call=call,
                answered=answered,
                now=self.clock.now(),
                terms=self.terms,
                actor=self.actor,
            )
            self.checkpoint("before the answer's commit")
        self.checkpoint("after the answer's commit")
        return begun

    def _probe(self) -> None:
        """Nothing is in doubt: ask about the last payment order, so that nothing new is risked."""
        last = BankCall.objects.select_related("withdrawal").order_by("-pk").first()
        if last:
            answered = self.bank.find_by_reference(order_of(last.withdrawal))
            circuit.note(reached_bank=answered.reached_bank, now=self.clock.now(), terms=self.terms)
