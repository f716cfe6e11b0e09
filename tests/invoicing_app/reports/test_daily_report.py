"""``daily_report``: what it prints and writes, and what it refuses."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from invoicing_app.reports.kinds import REPORTS
from tests.invoicing_app.reports.hospital_days import take, two_days


def report(*arguments: Any, **options: Any) -> str:
    out = StringIO()
    call_command("daily_report", *arguments, stdout=out, **options)
    return out.getvalue()


def test_it_prints_every_report_of_today(cashier, supervisor):
    two_days(cashier, supervisor)

    printed = report()

    headings = [line.split(",")[0] for line in printed.splitlines() if line.endswith("(NGN)")]
    assert headings == [kind.title for kind in REPORTS.values()]
    assert "  Cash           1,000.00    218.95      -25.00  1,193.95" in printed.splitlines()


def test_it_writes_what_it_prints_and_a_csv_file_for_each_report(cashier, supervisor, tmp_path):
    two_days(cashier, supervisor)
    day = timezone.localdate() - timedelta(days=1)

    printed = report(str(day), output=tmp_path / "new")

    written = {path.name for path in (tmp_path / "new").iterdir()}
    assert written == {f"daily-report-{day}.txt", *(f"{slug}-{day}.csv" for slug in REPORTS)}
    assert (tmp_path / "new" / f"daily-report-{day}.txt").read_text() == printed


def test_a_past_day_is_written_in_the_same_bytes_again(cashier, supervisor, tmp_path):
    two_days(cashier, supervisor)
    day = timezone.localdate() - timedelta(days=1)

    report(str(day), output=tmp_path / "first")
    take(cashier, "10.00", "CASH")
    report(str(day), output=tmp_path / "second")

    first, second = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
        for name in ("first", "second")
    )
    assert first == second


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("20.11.2026", "'20.11.2026' is no day. Write it as"),
        ("9999-12-31", "9999-12-31 has not begun yet."),
        ("0001-01-01", "No report begins before 1900-01-01."),
    ],
)
def test_a_wrong_day_is_refused(db, day, said):
    with pytest.raises(CommandError, match=said):
        report(day)


def test_a_folder_that_cannot_be_written_is_named(db, tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(CommandError, match="file cannot be written: File exists."):
        report(output=tmp_path / "file")


def test_all_figures_are_of_one_moment(real_commits):
    assert "Nothing in these days." in report()
