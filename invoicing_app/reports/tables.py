"""Reports as tables: what screen, paper, CSV and command show alike."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse

from invoicing_app.reports.period import Period

Value = str | int | Decimal | date | None  # a Decimal is an amount in CURRENCY


@dataclass(frozen=True)
class Cell:
    """One value of a table; ``url`` is the list of what it is made of, where there is one."""

    value: Value
    url: str = ""

    @property
    def kind(self) -> str:
        if isinstance(self.value, Decimal):
            return "amount"
        if isinstance(self.value, date):
            return "moment" if isinstance(self.value, datetime) else "day"
        return "count" if isinstance(self.value, int) else "text"


@dataclass(frozen=True)
class Table:
    """Rows under headings, and below them their sums."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] = ()
    empty: str = "Nothing in these days."

    @property
    def labelled_rows(self) -> list[list[tuple[str, Cell]]]:
        """The rows, each cell with its heading."""
        return [list(zip(self.headings, row, strict=True)) for row in self.rows]

    @property
    def labelled_total(self) -> list[tuple[str, Cell]]:
        return list(zip(self.headings, self.total, strict=True))


@dataclass(frozen=True)
class Report:
    """What one report says about a period."""

    slug: str
    title: str
    period: Period
    is_as_of: bool  # it says how things stood at the end of the last day
    tables: Sequence[Table] = field(default_factory=list)

    @property
    def about(self) -> str:
        return str(Period(self.period.last, self.period.last) if self.is_as_of else self.period)


def rows_url(listing: str, period: Period, **narrowed: str | int) -> str:
    """Return the address of the list that a figure is the sum of."""
    given = {"from": period.first, "to": period.last, **narrowed}
    return f"{reverse('reports:rows', args=[listing])}?{urlencode(given)}"
