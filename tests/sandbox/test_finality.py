"""What the bank promises about payments that may yet appear, and that it keeps the promise."""

import signal
import time
from pathlib import Path

import pytest

from tests.sandbox.banks import RunningBank, running

FINALITY = 1.0
SETTLED = 0.5  # a while after standing still, the bank takes nothing for old any more


def submit_and_leave(bank: RunningBank, reference: str) -> float:
    """Send an instruction, give up at once; when it was sent."""
    sent_at = time.monotonic()
    with pytest.raises(TimeoutError):
        bank.pay(reference, seconds=0.1)
    return sent_at


def test_a_late_payment_is_made_within_the_finality_or_never(data: Path):
    late = [f"WD-{number}" for number in range(10)]

    with running(data, "--finality-seconds", "1") as bank:
        bank.order(submit=["hang_late"] * len(late))
        sent_at = [submit_and_leave(bank, reference) for reference in late]
        time.sleep(max(0.0, sent_at[-1] + FINALITY - time.monotonic()))
        when_final = [bank.is_paid(reference) for reference in late]
        time.sleep(0.3)
        afterwards = [bank.is_paid(reference) for reference in late]

    assert any(when_final)
    assert afterwards == when_final


def test_a_late_payment_dies_with_the_bank(data: Path):
    with running(data) as bank:
        bank.order(submit=["hang_late"])
        submit_and_leave(bank, "WD-1")
        bank.kill()

    with running(data) as bank:
        assert bank.find("WD-1").status == 404


def test_what_waited_too_long_before_it_was_read_is_not_paid(data: Path):
    with running(data, "--finality-seconds", "1") as bank:
        bank.process.send_signal(signal.SIGSTOP)
        submit_and_leave(bank, "WD-1")
        time.sleep(FINALITY)
        bank.process.send_signal(signal.SIGCONT)

        wait_until_expired(bank)
        was_paid = bank.is_paid("WD-1")
        time.sleep(SETTLED)
        paid = bank.pay("WD-1").status

    assert (was_paid, paid) == (False, 201)


def wait_until_expired(bank: RunningBank) -> None:
    deadline = time.monotonic() + 5
    while bank.faults()["expired"] == 0:
        assert time.monotonic() < deadline
        time.sleep(0.05)
