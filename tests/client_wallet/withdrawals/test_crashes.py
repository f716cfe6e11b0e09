"""A worker dies at every point in turn, and another goes on: no money is lost or paid twice."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from django.db import connection, transaction

from client_wallet.bank import Answered, Outcome, PaymentOrder
from client_wallet.models import Withdrawal
from client_wallet.withdrawals.worker import Worker
from invoicing_app.books import withdrawals as books
from tests.client_wallet.withdrawals.desk import balance_of, make_withdrawal
from tests.client_wallet.withdrawals.fake_bank import QUESTIONS, SUBMISSIONS, FakeBank
from tests.client_wallet.withdrawals.workers import work_to_the_end, worker_at

pytestmark = pytest.mark.django_db

ENDS = {"COMPLETED", "FAILED", "NEEDS_REVIEW"}
HELD = Decimal("100.00")


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Axe:
    """Kills the worker at one point, counted from 1; at none with 0. Remembers what it passed."""

    at: int = 0
    passed: int = 0

    def __call__(self, point: str) -> None:
        self.passed += 1
        if self.passed == self.at:
            raise Killed(point)


@dataclass(frozen=True)
class Plan:
    """What goes wrong at the bank, and what kind of bank it is."""

    submissions: tuple[str, ...]
    questions: tuple[str, ...] = ()
    idempotent: bool = True
    finality_seconds: float | None = 30.0
    attempts: int = 2  # and two questions: so that it ends soon

    def bank(self, kind: type[FakeBank] = FakeBank) -> FakeBank:
        return kind(
            submissions=self.submissions,
            questions=self.questions,
            idempotent=self.idempotent,
            finality_seconds=self.finality_seconds,
        )


def seeded(seed: int) -> Plan:
    chance = random.Random(seed)  # noqa: S311 - dice that must fall again the same
    return Plan(
        submissions=tuple(chance.choices(SUBMISSIONS, k=2)),
        questions=tuple(chance.choices(QUESTIONS, k=2)),
        idempotent=chance.random() < 0.5,
        finality_seconds=chance.choice([30.0, 30.0, None]),
    )


PLANS = {
    **{fate: Plan((fate,), idempotent=False) for fate in SUBMISSIONS if "fail" not in fate},
    "never paid": Plan(("fail before",), attempts=1),
    "never answered": Plan(("fail after",), ("fail", "hang")),
    "promises nothing": Plan(("hang before",), finality_seconds=None),
    **{f"seed {seed}": seeded(seed) for seed in range(4)},
}


def run_to_the_end(bank: FakeBank, axe: Axe, **terms: float) -> None:
    """One worker until it is killed, then another to the end."""
    dying: Worker = worker_at(bank, axe, **{"asks": 2, **terms})
    try:
        work_to_the_end(dying, bank)
    except Killed:
        work_to_the_end(replace(dying, checkpoint=lambda point: None), bank)


def faults(bank: FakeBank, withdrawal: Withdrawal) -> list[str]:
    """What is wrong with the money afterwards."""
    withdrawal.refresh_from_db()
    bank.clock.move_on(1000)  # whatever is paid late has been paid
    times = len(bank.payments_of(withdrawal.bank_reference))
    found = [f"{check.name}: {fault}" for check in books.CHECKS for fault in rows(check.faults)]
    if withdrawal.status not in ENDS:
        found.append(f"it is still {withdrawal.status}")
    if times > 1:
        found.append(f"paid {times} times")
    if withdrawal.status == "COMPLETED" and times == 0:
        found.append("settled, but not paid")
    if withdrawal.status == "FAILED" and times > 0:
        found.append("given back, but paid")
    held = HELD if withdrawal.status == "FAILED" else HELD - withdrawal.amount
    if balance_of(withdrawal.wallet) != held:
        found.append(f"the wallet does not hold {held}")
    return found


def rows(query: str | Callable[[], object]) -> list[object]:
    assert isinstance(query, str)
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def faults_of_every_death(
    plan: Plan, kind: type[FakeBank] = FakeBank, **terms: float
) -> tuple[list[str], int]:
    """Die at each point in turn, from the same start; what was wrong then, and how many points."""
    withdrawal = make_withdrawal("60.00", holding=str(HELD))
    terms = {"attempts": plan.attempts, **terms}
    unharmed = Axe()
    found = faults_of_one_death(plan.bank(kind), unharmed, withdrawal, **terms)
    for point in range(1, unharmed.passed + 1):
        found += faults_of_one_death(plan.bank(kind), Axe(point), withdrawal, **terms)
    return found, unharmed.passed


def faults_of_one_death(
    bank: FakeBank, axe: Axe, withdrawal: Withdrawal, **terms: float
) -> list[str]:
    """The database is afterwards as it was before."""
    with transaction.atomic():
        run_to_the_end(bank, axe, **terms)
        found = [f"killed at {axe.at}: {fault}" for fault in faults(bank, withdrawal)]
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS.keys())
def test_whenever_a_worker_dies_every_unit_is_in_one_place(plan):
    found, points = faults_of_every_death(plan)

    assert found == []
    assert points >= 6  # before and after each commit and each call


class Unasked(FakeBank):
    """As seen by a worker that sends again without asking, and gives the money back on timeouts."""

    def find_by_reference(self, order: PaymentOrder) -> Answered:
        return Answered(Outcome.NOT_FOUND)


def test_a_worker_that_sends_again_without_asking_pays_twice():
    plan = Plan(("fail after", "pay"), idempotent=False, finality_seconds=0.0)

    found, _ = faults_of_every_death(plan, Unasked, attempt_pause=0)

    assert "killed at 0: paid 2 times" in found


def test_a_worker_that_sends_again_without_asking_pays_twice_wherever_it_dies():
    plan = Plan(("pay", "pay"), idempotent=False, finality_seconds=0.0)

    found, _ = faults_of_every_death(plan, Unasked)

    assert [fault for fault in found if fault.startswith("killed at 0")] == []
    assert any("paid 2 times" in fault for fault in found)


def test_a_worker_that_takes_a_timeout_for_a_no_gives_away_what_was_paid():
    plan = Plan(("hang after",), finality_seconds=0.0, attempts=1)

    found, _ = faults_of_every_death(plan, Unasked)

    assert "killed at 0: given back, but paid" in found


def test_a_worker_that_believes_not_found_at_once_pays_twice_what_is_paid_late():
    plan = Plan(("hang and pay late",), idempotent=False)

    found, _ = faults_of_every_death(plan, finality=0.0)

    assert "killed at 0: paid 2 times" in found
