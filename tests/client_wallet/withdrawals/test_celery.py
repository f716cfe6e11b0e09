"""Celery with Beat on Redis does what the command does, whoever is killed when."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from client_wallet.models import BankCall, OnlinePayment, Withdrawal
from client_wallet.tasks import settle_due_withdrawals, settle_online_payments
from hospital.celery import TICK_SECONDS, app
from tests.benchmarks.ground import dsn
from tests.client_wallet.gateways.test_settling import due
from tests.client_wallet.withdrawals.celery_programs import celery, kill, redis, running
from tests.client_wallet.withdrawals.desk import journal_of, make_withdrawal
from tests.sandbox.banks import RunningBank
from tests.sandbox.banks import running as running_bank

DEADLINE, FINALITY = 2, 1
SETTLED = [
    ("WITHDRAWAL", "WALLETS", "WITHDRAWALS_IN_TRANSIT"),
    ("WITHDRAWAL_SETTLED", "WITHDRAWALS_IN_TRANSIT", "BANK"),
]


@pytest.fixture
def own_bank(tmp_path: Path) -> Iterator[RunningBank]:
    with running_bank(tmp_path / "bank.db", "--finality-seconds", str(FINALITY)) as started:
        yield started


def until(is_so: Callable[[], bool], *, seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


def until_told_to_pay(bank: RunningBank, *, times: int) -> None:
    """The debit is committed, and the bank does not answer."""
    until(
        lambda: bool(bank.faults()["calls"].get("submit", 0) == times),
        seconds=60,
        what=f"the bank is told to pay for the {times}. time",
    )


def test_beat_sends_one_task_of_each_kind_that_expires_before_the_next():
    sent = [
        (entry["task"], entry["schedule"], entry["options"])
        for entry in app.conf.beat_schedule.values()
    ]

    assert sent == [
        (task.name, TICK_SECONDS, {"expires": TICK_SECONDS})
        for task in (settle_due_withdrawals, settle_online_payments)
    ]


def test_the_task_of_online_payments_asks_about_what_is_due(db, settings):
    settings.GATEWAY = ""
    payment = due()
    settle_online_payments()  # nobody to ask
    assert OnlinePayment.objects.get().asks == 0
    settings.GATEWAY, settings.GATEWAY_URL = "sandbox", "http://127.0.0.1:9"
    settings.GATEWAY_KEY_SECRET = settings.GATEWAY_WEBHOOK_SECRET = "secret"

    settle_online_payments()

    payment.refresh_from_db()
    assert (payment.asks, payment.status) == (1, "STARTED")


def test_the_task_carries_out_what_is_due(db, settings, sandbox):
    settings.BANK_URL = f"http://127.0.0.1:{sandbox.port}"
    withdrawal = make_withdrawal()

    settle_due_withdrawals()

    assert journal_of(withdrawal) == SETTLED


def test_a_web_process_does_not_load_celery():
    program = "import sys, hospital.wsgi, hospital.urls; print('celery' in sys.modules)"

    said = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert said.stdout.split() == [b"False"]


@pytest.mark.slow
def test_killed_workers_leave_every_withdrawal_settled_once(real_commits, own_bank, tmp_path):
    withdrawals = [make_withdrawal() for _ in range(6)]
    own_bank.order(submit=["hang_after", "hang_before"])  # paid, not paid; both without an answer
    with redis(tmp_path) as address:
        environ = {
            "DATABASE_URL": dsn(real_commits),
            "CELERY_BROKER_URL": address,
            "BANK_URL": f"http://127.0.0.1:{own_bank.port}",
            "BANK_DEADLINE_SECONDS": str(DEADLINE),
            "BANK_FINALITY_SECONDS": str(FINALITY),
            "BANK_RETRY_SECONDS": "1",
        }
        worker = celery("worker", "--concurrency", "1")
        with running(celery("beat"), tmp_path / "beat.log", environ):
            for hung in (1, 2):
                with running(worker, tmp_path / "worker.log", environ) as doomed:
                    until_told_to_pay(own_bank, times=hung)
                    kill(doomed)
            cut_off = BankCall.objects.filter(answer=None, kind=BankCall.Kind.SUBMIT).count()
            with running(worker, tmp_path / "worker.log", environ):
                until(
                    lambda: not Withdrawal.objects.exclude(status="COMPLETED").exists(),
                    seconds=90,
                    what="every withdrawal is completed",
                )

    assert cut_off == 2
    assert [journal_of(withdrawal) for withdrawal in withdrawals] == [SETTLED] * 6
    assert Counter(
        (line["reference"], Decimal(line["amount"])) for line in own_bank.payments()
    ) == Counter((one.bank_reference, one.amount) for one in withdrawals)
