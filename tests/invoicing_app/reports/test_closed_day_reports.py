"""The report of a closed day: stored with the closing, and the same bytes ever after."""

from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from client_wallet.closing import close_days
from client_wallet.models import BusinessDayClosure, WalletDeposit
from client_wallet.services import reverse_deposit
from hospital.core.acts import Act
from hospital.core.models import User
from invoicing_app.models import BillItem, ClosedDayReport
from invoicing_app.reports.closed_days import computed_files, hash_of
from invoicing_app.reports.kinds import REPORTS, ReportKind
from invoicing_app.reports.period import begin_of
from smcapp1.models import Department, ServiceItem
from tests.client_wallet.desk import post_on
from tests.factories import UserFactory, make_bill, make_item
from tests.invoicing_app.reports.hospital_days import business_day, two_days


@pytest.fixture
def day(cashier: Any, supervisor: Any) -> date:
    """Today: a day with something to say in every report, still open."""
    two_days(cashier, supervisor)
    day = timezone.localdate()
    import_an_old_order(day)
    return day


def close(day: date) -> None:
    accountant = UserFactory(role="Accountant")
    close_days(through=day, today=day + timedelta(days=1), act=Act(accountant))


def report(day: date, folder: Path) -> tuple[str, dict[str, bytes]]:
    """Return what ``daily_report`` prints, and the files that it writes."""
    out = StringIO()
    call_command("daily_report", str(day), output=folder, stdout=out)
    return out.getvalue(), {path.name: path.read_bytes() for path in folder.iterdir()}


def rename_users(day: date) -> None:
    User.objects.update(first_name="Somebody", last_name="Else")


def rename_departments(day: date) -> None:
    for department in Department.objects.all():
        Department.objects.filter(pk=department.pk).update(name=f"New {department.name}")


def rename_drugs(day: date) -> None:
    for item in ServiceItem.objects.all():
        ServiceItem.objects.filter(pk=item.pk).update(name=f"New {item.name}")


def import_an_old_order(day: date) -> None:
    """Order on that day, as an import of another system's bills does, what nobody has paid."""
    (ordered,) = BillItem.objects.filter(consultation=make_bill(make_item("RADIOLOGY", "9.00")))
    ordered.pk, ordered.ordered_at = None, begin_of(day)
    BillItem.objects.bulk_create([ordered])


@pytest.mark.parametrize(
    "change", [rename_users, rename_departments, rename_drugs, import_an_old_order]
)
def test_a_closed_day_is_told_in_the_same_bytes_whatever_changes(change, day, tmp_path):
    before = report(day, tmp_path / "before")
    close(day)
    closed = report(day, tmp_path / "closed")

    change(day)

    assert (before, report(day, tmp_path / "after")) == (closed, closed)
    told_now = {name: text.encode() for name, text in computed_files(day).items()}
    assert told_now != closed[1]


def test_a_later_reversal_does_not_change_a_closed_day(day, tmp_path):
    close(day)
    closed = report(day, tmp_path / "closed")
    taken = WalletDeposit.objects.filter(business_date=day, amount="100.00").earliest("pk")

    with business_day(day + timedelta(days=1)):
        supervisor = UserFactory(role="Supervisor")
        reverse_deposit(deposit_id=taken.pk, reason="Miscounted", act=Act(supervisor))

    assert report(day, tmp_path / "after") == closed


def test_what_is_stored_is_what_is_printed_and_written(day, tmp_path):
    close(day)

    printed, written = report(day, tmp_path)

    stored = ClosedDayReport.objects.get(closure_id=day)
    assert {name: text.encode() for name, text in stored.files.items()} == written
    assert stored.files[f"daily-report-{day}.txt"] == printed
    assert stored.files_hash == hash_of(stored.files)
    assert len(stored.files) == 1 + len(REPORTS)


def test_a_day_closed_before_reports_were_kept_is_told_as_of_now(day, tmp_path, monkeypatch):
    monkeypatch.setattr("client_wallet.closing._AT_CLOSING", [])
    close(day)

    rename_drugs(day)

    assert b"New Old drug" in report(day, tmp_path)[1][f"stock-{day}.csv"]


def test_a_report_that_fails_leaves_the_day_open(db, monkeypatch):
    def fail(period: Any) -> Any:
        raise ZeroDivisionError

    day = timezone.localdate() - timedelta(days=1)
    post_on(day)
    monkeypatch.setitem(REPORTS, "stock", ReportKind("Stock", "Fails.", fail))

    with pytest.raises(ZeroDivisionError):
        close(day)

    assert (BusinessDayClosure.objects.count(), ClosedDayReport.objects.count()) == (0, 0)
