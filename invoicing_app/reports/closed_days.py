"""The daily report of a business day as files: stored when the day is closed, and kept so."""

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date

from client_wallet.models import BusinessDayClosure
from hospital.core.csv_writing import csv_lines
from invoicing_app.models import ClosedDayReport
from invoicing_app.reports.kinds import csv_rows, every_report, text_lines
from invoicing_app.reports.period import one_day

Files = Mapping[str, str]  # name → text


def store_report(closure: BusinessDayClosure) -> None:
    """Keep the report of a day that is being closed, in the closing's transaction."""
    files = computed_files(closure.business_date)
    ClosedDayReport.objects.create(closure=closure, files=files, files_hash=hash_of(files))


def stored_files(day: date) -> Files | None:
    """Return what was stored of a day; None if it is open, or was closed before this was kept."""
    stored = ClosedDayReport.objects.filter(closure_id=day).first()
    return stored.files if stored else None


def computed_files(day: date) -> Files:
    """Return the report as the rows say it now: the text, and a CSV file for each report."""
    reports = list(every_report(one_day(day)))
    text = "\n\n".join("\n".join(text_lines(report)) for report in reports)
    tables = {
        f"{report.slug}-{day}.csv": "".join(csv_lines(csv_rows(report))) for report in reports
    }
    return {text_name(day): f"{text}\n", **tables}


def told_of_wallets(files: Files, day: date) -> Sequence[str]:
    """
    Return what a day's report says of wallets: held before the day, what moved it, held after it.

    Nothing where it says none of this, because it was changed.
    """
    rows = csv.reader(files.get(wallets_name(day), "").splitlines())
    return [row[1] for row in rows if len(row) == 2 and row[0]]


def wallets_name(day: date) -> str:
    return f"wallets-{day}.csv"


def text_name(day: date) -> str:
    return f"daily-report-{day}.txt"


def hash_of(files: Files) -> str:
    """Return the sha256 (hex) of names and texts, in order of the names."""
    written = json.dumps(sorted(files.items()), separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()
