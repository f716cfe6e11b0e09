"""The reports that there are, each built by one function."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings

from hospital.core.money import plain_amount
from invoicing_app.reports import daily, payers, stands, waived
from invoicing_app.reports.period import Period, one_day
from invoicing_app.reports.tables import Cell, Report, Table


@dataclass(frozen=True)
class ReportKind:
    """A report before it is about any days."""

    title: str
    about: str
    build: Callable[[Period], Sequence[Table]]
    is_as_of: bool = False  # of the last day's end; where it begins makes no difference


REPORTS: Mapping[str, ReportKind] = {
    "collections": ReportKind(
        "Daily collections",
        "What came in, by method, by department and day by day.",
        daily.collections,
    ),
    "departments": ReportKind(
        "Department revenue",
        "What each department earned, and how it was paid.",
        daily.department_revenue,
    ),
    "cashiers": ReportKind(
        "Cashier summary",
        "What each cashier took, by method.",
        daily.cashier_summary,
    ),
    "waivers": ReportKind(
        "Waivers",
        "What was forgiven, why and by whom, and what was taken back.",
        waived.waivers,
    ),
    "receivables": ReportKind(
        "Aged receivables",
        "What was ordered and is unpaid, by age.",
        stands.aged_receivables,
        is_as_of=True,
    ),
    "payers": ReportKind(
        "Owed by payers",
        "What insurers and companies owe, by age.",
        payers.owed,
        is_as_of=True,
    ),
    "wallets": ReportKind(
        "Wallet liability",
        "What the hospital holds for patients, and what moved it.",
        daily.wallet_liability,
    ),
    "stock": ReportKind(
        "Stock valuation",
        "What is on the shelf, at what it cost.",
        stands.stock_valuation,
        is_as_of=True,
    ),
    "leakage": ReportKind(
        "Leakage",
        "Given and not paid; paid and not given.",
        stands.leakage,
        is_as_of=True,
    ),
    "withdrawals": ReportKind(
        "Withdrawals",
        "What became of them, and what is under way.",
        stands.withdrawals,
    ),
}


def report_of(slug: str, period: Period) -> Report:
    """Return a report about a period."""
    kind = REPORTS[slug]
    return Report(slug, kind.title, period, kind.is_as_of, kind.build(period))


def csv_rows(report: Report) -> Iterator[Sequence[object]]:
    """Yield a report's rows for a spreadsheet, one table after another."""
    yield [report.title, report.about, settings.CURRENCY]
    for table in report.tables:
        yield []
        yield [table.title]
        yield table.headings
        for row in (*table.rows, *([table.total] if table.total else [])):
            yield [cell.value for cell in row]


def text_lines(report: Report) -> Iterator[str]:
    """Yield a report's lines as a terminal shows them, amounts below amounts."""
    yield f"{report.title}, {report.about} ({settings.CURRENCY})"
    for table in report.tables:
        yield ""
        yield from _text_table(table)


def every_report(period: Period) -> Iterator[Report]:
    """Yield every report about a period."""
    return (report_of(slug, period) for slug in REPORTS)


def _text_table(table: Table) -> Iterator[str]:
    body = [[_text(cell) for cell in row] for row in (*table.rows, *_totals(table))]
    lines = [list(table.headings), *body]
    widths = [max(len(line[place]) for line in lines) for place in range(len(table.headings))]
    yield table.title
    if not table.rows:
        yield f"  {table.empty}"
        return
    for line in lines:
        first, *rest = (
            text.rjust(width) if place else text.ljust(width)
            for place, (text, width) in enumerate(zip(line, widths, strict=True))
        )
        yield "  ".join(["", first, *rest]).rstrip()


def _totals(table: Table) -> list[Sequence[Cell]]:
    return [table.total] if table.total else []


def _text(cell: Cell) -> str:
    if isinstance(cell.value, Decimal):
        return plain_amount(cell.value)
    if isinstance(cell.value, int):
        return f"{cell.value:,}"
    return str(one_day(cell.value)) if isinstance(cell.value, date) else str(cell.value or "")
