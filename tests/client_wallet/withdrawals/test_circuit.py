"""A dead bank is not hammered: all workers stop, one tries now and then, and no debit is made."""

from datetime import UTC, datetime, timedelta

import pytest

from client_wallet.models import BankCircuit, JournalEntry, Withdrawal
from client_wallet.withdrawals import circuit
from client_wallet.withdrawals.circuit import Permit
from client_wallet.withdrawals.terms import Terms
from tests.client_wallet.withdrawals.desk import make_withdrawal
from tests.client_wallet.withdrawals.fake_bank import FakeBank
from tests.client_wallet.withdrawals.workers import work_to_the_end, worker_at

pytestmark = pytest.mark.django_db

TERMS = Terms(deadline=10, finality=30, failures=3, circuit_pause=5, longest_pause=60)
LEASE = 15
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def permits(*seconds: float) -> list[Permit]:
    return [circuit.permit(now=NOW + timedelta(seconds=after), terms=TERMS) for after in seconds]


def note(*reached: bool, at: float = 0) -> None:
    for reached_bank in reached:
        circuit.note(reached_bank=reached_bank, now=NOW + timedelta(seconds=at), terms=TERMS)


def test_so_many_failures_in_a_row_open_it():
    note(False, False)
    assert permits(0) == [Permit.CLOSED]

    note(False)
    assert permits(0, 4.9) == [Permit.OPEN, Permit.OPEN]


def test_a_call_that_reaches_the_bank_ends_the_row():
    note(False, False, True, False, False)
    assert permits(0) == [Permit.CLOSED]

    note(False, True)
    assert permits(0) == [Permit.CLOSED]


def test_after_the_pause_one_alone_may_try_and_after_its_lease_the_next():
    note(False, False, False)

    assert permits(5, 5, 6, 5 + LEASE + 5) == [
        Permit.PROBE,
        Permit.OPEN,
        Permit.OPEN,
        Permit.PROBE,
    ]


def test_the_pause_doubles_while_trying_fails():
    note(False, False, False)
    note(False, at=5)

    assert permits(14.9, 15) == [Permit.OPEN, Permit.PROBE]
    note(*[False] * 10, at=100)
    assert permits(159.9, 160) == [Permit.OPEN, Permit.PROBE]


def test_while_it_is_open_nothing_is_begun():
    bank = FakeBank(submissions=["fail before"] * 20, questions=["fail"] * 20)
    for _ in range(5):
        make_withdrawal()
    worker = worker_at(bank, failures=3)
    for _ in range(20):
        worker.step()

    statuses = sorted(Withdrawal.objects.values_list("status", flat=True))
    assert len(bank.calls) == 3
    assert statuses.count("SCHEDULED") >= 2
    assert JournalEntry.objects.filter(kind="WITHDRAWAL").count() == 5 - statuses.count("SCHEDULED")


def test_whoever_tries_asks_about_what_is_in_doubt_and_begins_nothing():
    bank = FakeBank(submissions=["fail before"], questions=["fail"] * 4)
    in_doubt, waiting = make_withdrawal(), make_withdrawal()
    worker = worker_at(bank, failures=1)
    worker.step()
    for _ in range(4):
        bank.clock.move_on(200)
        worker.step()

    in_doubt.refresh_from_db()
    waiting.refresh_from_db()
    assert (in_doubt.inconclusive_asks, waiting.status) == (4, "SCHEDULED")
    assert bank.calls == ["fail before", *["fail"] * 4]


def test_with_nothing_in_doubt_the_last_order_is_asked_about():
    bank = FakeBank(submissions=["pay", "fail after"], questions=["fail"])
    make_withdrawal()
    worker = worker_at(bank, failures=1, asks=1)
    work_to_the_end(worker, bank)
    make_withdrawal()
    work_to_the_end(worker, bank)
    waiting = make_withdrawal()
    assert BankCircuit.objects.get().open_until is not None
    calls_before = len(bank.calls)
    bank.clock.move_on(200)

    assert worker.step() is None  # it has asked
    waiting.refresh_from_db()
    assert (waiting.status, bank.calls[calls_before:]) == ("SCHEDULED", ["tell"])
    assert BankCircuit.objects.get().open_until is None
    worker.step()
    waiting.refresh_from_db()
    assert waiting.status == "COMPLETED"


def test_when_the_bank_is_back_everything_is_carried_out():
    bank = FakeBank(submissions=["fail before"] * 3, questions=["fail"] * 5)
    for _ in range(4):
        make_withdrawal()

    work_to_the_end(worker_at(bank, failures=2), bank)

    assert set(Withdrawal.objects.values_list("status", flat=True)) == {"COMPLETED"}
    assert (BankCircuit.objects.get().failures, len(bank.payments)) == (0, 4)
