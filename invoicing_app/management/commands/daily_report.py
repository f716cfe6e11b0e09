"""``daily_report [DATE]``: every report about one business day, printed, and written as CSV."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from invoicing_app.reports.closed_days import Files, computed_files, stored_files, text_name
from invoicing_app.reports.period import BEFORE_ALL, FIRST_DAY


class Command(BaseCommand):
    help = (
        "Print every report about a business day, today where none is named. All figures are of one"
        " moment; of a closed day, as they were stored when it was closed. With --output they are"
        " also written: the text, and a CSV file for each report."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("day", metavar="DATE", nargs="?", help="as 2026-11-20")
        parser.add_argument("--output", metavar="DIR", type=Path, help="a folder; made if missing")

    def handle(self, *args: Any, **options: Any) -> None:
        day = _day(options["day"])
        files = stored_files(day) or _files_now(day)
        if options["output"]:
            _write(options["output"], files)
        self.stdout.write(files[text_name(day)])


def _day(written: str | None) -> date:
    today = timezone.localdate()
    try:
        day = date.fromisoformat(written) if written else today
    except ValueError:
        raise CommandError(f"{written!r} is no day. Write it as {today}.") from None
    if day > today:
        raise CommandError(f"{day} has not begun yet.")
    if day < FIRST_DAY:
        raise CommandError(BEFORE_ALL)
    return day


def _files_now(day: date) -> Files:
    """Return every report as of now, all of one moment where no transaction is open yet."""
    with transaction.atomic():
        if len(connection.savepoint_ids) == 0:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return computed_files(day)


def _write(folder: Path, files: Files) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_bytes(text.encode())
    except OSError as error:
        raise CommandError(f"{error.filename} cannot be written: {error.strerror}.") from None
