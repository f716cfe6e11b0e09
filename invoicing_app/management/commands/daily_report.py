"""``daily_report [DATE]``: every report about one business day, printed, and written as CSV."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from hospital.core.csv_writing import csv_lines
from invoicing_app.reports.kinds import csv_rows, every_report, text_lines
from invoicing_app.reports.period import one_day
from invoicing_app.reports.tables import Report


class Command(BaseCommand):
    help = (
        "Print every report about a business day, today where none is named. All figures are of one"
        " moment. With --output they are also written: the text, and a CSV file for each report."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("day", metavar="DATE", nargs="?", help="as 2026-11-20")
        parser.add_argument("--output", metavar="DIR", type=Path, help="a folder; made if missing")

    def handle(self, *args: Any, **options: Any) -> None:
        day = _day(options["day"])
        reports = _reports(day)
        text = "\n\n".join("\n".join(text_lines(report)) for report in reports)
        if options["output"]:
            _write(options["output"], day, text, reports)
        self.stdout.write(text)


def _day(written: str | None) -> date:
    today = timezone.localdate()
    try:
        day = date.fromisoformat(written) if written else today
    except ValueError:
        raise CommandError(f"{written!r} is no day. Write it as {today}.") from None
    if day > today:
        raise CommandError(f"{day} has not begun yet.")
    return day


def _reports(day: date) -> list[Report]:
    """Return every report, all of one moment where no transaction is open yet."""
    with transaction.atomic():
        if len(connection.savepoint_ids) == 0:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return list(every_report(one_day(day)))


def _write(folder: Path, day: date, text: str, reports: list[Report]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"daily-report-{day}.txt").write_text(f"{text}\n", encoding="utf-8")
        for report in reports:
            lines = "".join(csv_lines(csv_rows(report)))
            (folder / f"{report.slug}-{day}.csv").write_bytes(lines.encode())
    except OSError as error:
        raise CommandError(f"{error.filename} cannot be written: {error.strerror}.") from None
