"""``close_day``: seals a business day, and those before it that are still open."""

from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from client_wallet.closing import JOB, close_day, open_days, require_over
from client_wallet.day_totals import totals_of_day
from hospital.core.acts import Act
from hospital.core.command_days import business_day
from hospital.core.errors import DomainError
from hospital.core.money import with_currency
from hospital.core.progress import progress_bar
from hospital.core.system_users import system_user
from hospital.core.transactions import retry_conflicts


class Command(BaseCommand):
    help = (
        "Close a business day, and the days before it that are still open, in order: nothing can be"
        " posted into them any more, and the seal of each is stored. Repeating it changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "day",
            type=business_day,
            nargs="?",
            metavar="DATE",
            help="the last day to close: 2026-01-31 (default: yesterday)",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be closed, and change nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        last = options["day"] or today - timedelta(days=1)
        try:
            require_over(last, today)
            days = open_days(through=last)
            if not options["dry_run"]:
                self._close(days or [last], today)
        except DomainError as refusal:
            raise CommandError(refusal.detail) from refusal
        for day in days:
            self.stdout.write(_line(day))
        self.stdout.write(_summary(last, len(days), dry_run=options["dry_run"]))

    def _close(self, days: Sequence[date], today: date) -> None:
        act = Act(system_user(JOB))
        with progress_bar() as track:
            for day in track(days, "Closing"):
                retry_conflicts(close_day)(day=day, today=today, act=act)


def _line(day: date) -> str:
    said = totals_of_day(day)
    seal = f", seal {said.closure.seal}" if said.closure else ""
    entries = _counted(said.entry_count, "entry", "entries")
    return f"{day}: {entries}, {with_currency(said.moved)} moved{seal}"


def _summary(last: date, days: int, *, dry_run: bool) -> str:
    counted = _counted(days, "day", "days")
    if dry_run:
        return f"{counted} would be closed. Nothing was changed."
    return f"{counted} closed." if days else f"{last} was closed before. Nothing was changed."


def _counted(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"
