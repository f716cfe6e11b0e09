"""``process_withdrawals``: carries out what is due, once or until it is told to stop."""

import logging
import signal
import threading
from argparse import ArgumentParser, ArgumentTypeError
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from rich.console import Console
from rich.status import Status

from client_wallet.bank import Bank, configured_bank
from client_wallet.models import Withdrawal
from client_wallet.withdrawals.worker import Taken, keep_settling, settle_due
from hospital.core.money import money_text
from hospital.core.transactions import retry_conflicts

MOST_THREADS = 32
logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Pay out the withdrawals that are due, and ask the bank about those it gave no conclusive"
        " answer to. May run any number of times at once, and be stopped or killed at any moment."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--loop", action="store_true", help="go on until SIGTERM or Ctrl-C, which end it well"
        )
        parser.add_argument(
            "--threads", type=_threads, default=1, help="withdrawals at once (1)", metavar="N"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="list what is due, and change nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            self._list()
            return
        try:
            bank = configured_bank()
        except ImproperlyConfigured as missing:
            raise CommandError(str(missing)) from missing
        work = _loop if options["loop"] else _once
        with stopped_by_signals() as stop, _Tally(self).shown() as tally:
            troubles = _in_threads(options["threads"], lambda: work(bank, stop, tally.count))
        self.stdout.write(tally.summary)
        if troubles:
            raise CommandError(f"Not all was carried out: {troubles[0]}") from troubles[0]

    def _list(self) -> None:
        due = Withdrawal.objects.due().order_by("next_attempt_at", "pk")
        count = 0
        for withdrawal in due.iterator():
            count += 1
            self.stdout.write(
                f"{withdrawal.bank_reference}  {withdrawal.status:<10}"
                f"  {money_text(withdrawal.amount):>16}  since {withdrawal.next_attempt_at:%F %T%z}"
            )
        self.stdout.write(f"{count} withdrawals are due. Nothing was changed.")


class _Tally:
    """Counts what was taken up, by all threads, and shows it on a terminal meanwhile."""

    def __init__(self, command: BaseCommand) -> None:
        self._statuses: Counter[str] = Counter()
        self._calls = 0
        self._lock = threading.Lock()
        console = Console(stderr=True)
        self._spinner = Status("", console=console) if console.is_terminal else None

    @contextmanager
    def shown(self) -> Iterator["_Tally"]:
        if self._spinner is None:
            yield self
            return
        with self._spinner:
            self._spinner.update(self.summary)
            yield self

    def count(self, taken: Taken) -> None:
        with self._lock:
            self._statuses[str(taken.status)] += 1
            self._calls += taken.calls
            if self._spinner:
                self._spinner.update(self.summary)

    @property
    def summary(self) -> str:
        """One line: how often withdrawals were taken up, and what they came to each time."""
        said = [
            f"{self._statuses[status]} {status.label.lower()}"
            for status in Withdrawal.Status
            if self._statuses[status]
        ]
        return (
            f"Withdrawals: {', '.join(said) or 'none were due'}; {self._calls} calls to the bank."
        )


@retry_conflicts
def _once(bank: Bank, stop: threading.Event, told: Callable[[Taken], None]) -> None:
    settle_due(bank, stopping=stop.is_set, told=told)


def _loop(bank: Bank, stop: threading.Event, told: Callable[[Taken], None]) -> None:
    keep_settling(bank, stop, told=told)


def _in_threads(count: int, work: Callable[[], None]) -> list[Exception]:
    """Do the work in so many threads, each with a connection of its own; return what went wrong."""
    troubles: list[Exception] = []

    def run() -> None:
        try:
            work()
        except Exception as trouble:
            logger.exception("A thread of process_withdrawals ended")
            troubles.append(trouble)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return troubles


@contextmanager
def stopped_by_signals() -> Iterator[threading.Event]:
    """Let SIGTERM and Ctrl-C end the work after what is being carried out."""
    stop = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set())
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _threads(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_THREADS:
        raise ArgumentTypeError(f"it is a number from 1 to {MOST_THREADS}")
    return int(text)
