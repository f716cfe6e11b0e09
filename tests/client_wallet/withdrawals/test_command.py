"""``process_withdrawals``: what it carries out and says, and how it stops."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command

from client_wallet.models import Withdrawal
from tests.benchmarks.ground import dsn
from tests.client_wallet.withdrawals.desk import make_withdrawal
from tests.sandbox.banks import RunningBank, running

DEADLINE = 2


@pytest.fixture
def own_bank(tmp_path: Path) -> Iterator[RunningBank]:
    with running(tmp_path / "bank.db", "--finality-seconds", "1") as started:
        yield started


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("process_withdrawals", *arguments, stdout=out)
    return out.getvalue()


def statuses() -> Counter[str]:
    return Counter(Withdrawal.objects.values_list("status", flat=True))


def test_a_dry_run_lists_what_is_due_and_changes_nothing(db):
    withdrawal = make_withdrawal("1234.50", holding="0.01")

    first, last = said("--dry-run").splitlines()

    assert first.split()[:3] == [withdrawal.bank_reference, "SCHEDULED", "1234.50"]
    assert last == "1 withdrawals are due. Nothing was changed."
    assert statuses() == {"SCHEDULED": 1}


def test_without_a_bank_it_says_what_is_missing(db):
    with pytest.raises(CommandError, match="BANK_URL is not set"):
        said()


@pytest.mark.parametrize("count", ["0", "33", "two", "-1"])
def test_so_many_threads_there_are_not(count):
    with pytest.raises(CommandError, match="it is a number from 1 to 32"):
        said("--threads", count)


def test_several_threads_carry_everything_out_once(real_commits, own_bank, settings):
    settings.BANK_URL = f"http://127.0.0.1:{own_bank.port}"
    for _ in range(6):
        make_withdrawal()
    make_withdrawal("60.00", holding="1.00")

    told = said("--threads", "3")

    assert told == "Withdrawals: 6 completed, 1 failed; 6 calls to the bank.\n"
    assert statuses() == {"COMPLETED": 6, "FAILED": 1}
    assert len(own_bank.payments()) == 6
    assert said() == "Withdrawals: none were due; 0 calls to the bank.\n"


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_loop_that_is_told_to_stop_finishes_what_it_is_at(number, real_commits, own_bank):
    make_withdrawal()
    own_bank.order(submit=["hang_after"])
    with looping(real_commits, own_bank) as worker:
        wait_until_told_to_pay(own_bank)
        make_withdrawal()

        worker.send_signal(number)
        out, trouble = worker.communicate(timeout=20)

    assert (worker.returncode, trouble) == (0, "")
    assert out == "Withdrawals: 1 unknown; 1 calls to the bank.\n"
    assert statuses() == {"UNKNOWN": 1, "SCHEDULED": 1}


@pytest.mark.slow
def test_a_loop_goes_on_with_what_is_asked_for_later(real_commits, own_bank):
    with looping(real_commits, own_bank) as worker:
        for times in (1, 2):
            make_withdrawal()
            wait_until(lambda times=times: statuses() == {"COMPLETED": times})
        worker.terminate()
        out, _ = worker.communicate(timeout=20)

    assert (worker.returncode, out) == (0, "Withdrawals: 2 completed; 2 calls to the bank.\n")


def looping(database: str, bank: RunningBank) -> "subprocess.Popen[str]":
    environ = {
        "DATABASE_URL": dsn(database),
        "BANK_URL": f"http://127.0.0.1:{bank.port}",
        "BANK_DEADLINE_SECONDS": str(DEADLINE),
        "BANK_FINALITY_SECONDS": "1",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "django", "process_withdrawals", "--loop"],
        cwd=django_settings.BASE_DIR,
        env={**os.environ, "PYTHONPATH": str(django_settings.BASE_DIR), **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until_told_to_pay(bank: RunningBank) -> None:
    wait_until(lambda: bank.faults()["calls"].get("submit", 0) == 1)


def wait_until(is_so) -> None:
    deadline = time.monotonic() + 40
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)
