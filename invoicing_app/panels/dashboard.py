"""The dashboard of who reads the journal: what came in, what is owed, what needs somebody."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse

from client_wallet.models import Withdrawal
from hospital.core.money import ZERO
from invoicing_app.reports import money_in, standing
from invoicing_app.reports.daily import purpose_name
from invoicing_app.reports.period import Period, days_up_to, one_day
from invoicing_app.reports.stands import by_age, by_state
from invoicing_app.reports.sums import NOTHING, Sums, sums
from invoicing_app.reports.tables import Cell, Table, rows_url
from smcapp1.models import ServiceItem

DAYS = 30
CHART_HEIGHT = 100  # in the picture's own units, as its widths are
COLUMN = 10
GAP = 2


@dataclass(frozen=True)
class Figure:
    """One number and the list that it is made of."""

    title: str
    value: Decimal | int
    url: str

    @property
    def is_amount(self) -> bool:
        return isinstance(self.value, Decimal)


@dataclass(frozen=True)
class Bar:
    """A column of a chart, placed in it."""

    title: str
    x: int
    y: str  # these two as SVG writes numbers, whatever the language
    height: str
    is_below: bool  # zero: more was given back than came in


@dataclass(frozen=True)
class Chart:
    """Columns over days, above and below a line."""

    bars: Sequence[Bar]
    line: str
    width: int
    highest: Decimal
    height: int = CHART_HEIGHT


def dashboard(today: date) -> dict[str, Any]:
    """Return what the dashboard shows. At most ten queries, however many rows there are."""
    month, day = days_up_to(today, DAYS), one_day(today)
    both = sums(
        money_in.both_sides(month),
        "moved",
        "entry__business_date",
        "purpose",
        "account__name",
        "till",
        "taker",
        "taken_by_username",
        "taken_by_first_name",
        "taken_by_last_name",
    )
    taken = Sums([one for one in both.groups if one.till in money_in.TILLS])
    given_for = Sums([one for one in both.groups if one.till not in money_in.TILLS])
    owed = sums(standing.outstanding(today), "owed", "age")
    by_day = taken.by("entry__business_date")
    return {
        "today": today,
        "first_day": month.first,
        "days": DAYS,
        "figures": list(_figures(day, by_day.get(today, NOTHING), taken, owed)),
        "chart": _chart(month, by_day),
        "by_day": _day_by_day(month, by_day),
        "collections": list(_collections(taken, given_for, day, month)),
        "receivables": with_bars(by_age(day, owed)),
        "withdrawals": _withdrawals(day, month),
    }


def _figures(day: Period, today: Sums, month: Sums, owed: Sums) -> Iterable[Figure]:
    over = days_up_to(day.last, DAYS)
    yield Figure("Received today", today.total, rows_url("received", day))
    yield Figure(f"Received in {DAYS} days", month.total, rows_url("received", over))
    yield Figure("Held in wallets", money_in.sum_held(day.last), rows_url("held", day))
    yield Figure("Unpaid", owed.total, rows_url("outstanding", day))
    low = ServiceItem.objects.low(day.last).count()
    yield Figure("Drugs low in stock", low, reverse("admin:smcapp1_serviceitem_low_stock"))
    lives = sums(standing.on_shelf(day.last), "value", "life").by("life")
    for life, title in (("near", "Batches near expiry"), ("expired", "Batches expired")):
        number = lives.get(life, NOTHING).number
        yield Figure(title, number, rows_url("on-shelf", day, life=life))


def _chart(period: Period, by_day: Mapping[date, Sums]) -> Chart:
    """Return a column for each day; the highest and the lowest fill the picture."""
    amounts = [by_day.get(day, NOTHING).total for day in period.days]
    highest, lowest = max(*amounts, ZERO), min(*amounts, ZERO)
    scale = CHART_HEIGHT / float(highest - lowest) if highest != lowest else 0
    line = float(highest) * scale if scale else CHART_HEIGHT
    bars = []
    for place, (day, amount) in enumerate(zip(period.days, amounts, strict=True)):
        height = abs(float(amount)) * scale
        title = f"{one_day(day)}: {amount:,.2f}"
        top = line - height if amount > 0 else line
        bars.append(Bar(title, place * COLUMN, f"{top:.2f}", f"{height:.2f}", amount < 0))
    return Chart(bars, f"{line:.2f}", len(period) * COLUMN - GAP, highest)


def _day_by_day(period: Period, by_day: Mapping[date, Sums]) -> Table:
    rows = [
        [Cell(day), Cell(by_day[day].total, rows_url("received", one_day(day)))]
        for day in reversed(list(period.days))
        if day in by_day
    ]
    return Table("Day by day", ["Day", "Received"], rows, empty="Nothing came in.")


def _collections(
    taken: Sums, given_for: Sums, day: Period, month: Period
) -> Iterable[Mapping[str, Any]]:
    """Yield today's collections and those of the month, by method, department and cashier."""
    tills = {till: name for till, name in money_in.TILLS.items() if till in taken.by("till")}
    accounts = {code: purpose_name(code, part) for code, part in given_for.by("purpose").items()}
    cashiers = _cashiers(taken)
    for title, name, groups, listing, known, narrowing in (
        ("By method", "till", taken, "received", tills, "till"),
        ("By department", "purpose", given_for, "received-for", accounts, "account"),
        ("By cashier", "taker", taken, "received", cashiers, "cashier"),
    ):

        def url(period: Period, listing: str = listing, **narrowed: Any) -> str:
            return rows_url(listing, period, **narrowed)

        yield with_bars(_two_columns(title, name, groups, known, narrowing, url, day, month))


def _cashiers(taken: Sums) -> Mapping[int, str]:
    """Return the name of each who took anything, in the names' order."""
    names = {
        one.taker: f"{one.taken_by_first_name} {one.taken_by_last_name}".strip()
        or one.taken_by_username
        for one in taken.groups
    }
    return dict(sorted(names.items(), key=lambda one: (one[1].lower(), one[0])))


def _two_columns(
    title: str,
    name: str,
    groups: Sums,
    known: Mapping[Any, str],
    narrowing: str,
    url: Callable[..., str],
    day: Period,
    month: Period,
) -> Table:
    """Return a table of today and of the month beside it."""
    of_month = groups.by(name)
    of_day = groups.where(entry__business_date=day.last).by(name)
    rows = [
        [
            Cell(said),
            Cell(of_day.get(key, NOTHING).total, url(day, **{narrowing: key})),
            Cell(of_month[key].total, url(month, **{narrowing: key})),
        ]
        for key, said in known.items()
    ]
    today = groups.where(entry__business_date=day.last).total
    total = [Cell("Total"), Cell(today, url(day)), Cell(groups.total, url(month))]
    return Table(
        title,
        ["", "Today", f"{DAYS} days"],
        rows,
        total if rows else (),
        f"Nothing came in over {DAYS} days.",
    )


def _withdrawals(day: Period, month: Period) -> Mapping[str, Any]:
    """Return withdrawals by state: all that are under way, and what ended in the month."""
    under_way = standing.withdrawals_under_way(day.last)
    found = sums(under_way | standing.withdrawals_ended(month), "amount", "status")
    ends = set(Withdrawal.Status) - set(Withdrawal.MOVES)
    rows = [
        row
        for states, listing, period in (
            (set(Withdrawal.MOVES), "withdrawals-under-way", day),
            (ends, "withdrawals-ended", month),
        )
        for row in by_state(
            listing, period, Sums([one for one in found.groups if one.status in states])
        )
    ]
    headings = ["State", "Withdrawals", "Amount"]
    return with_bars(
        Table("Withdrawals", headings, rows, empty=f"None is under way; none ended in {DAYS} days.")
    )


def with_bars(table: Table) -> Mapping[str, Any]:
    """Return a table with a bar in each row, as long as its last amount."""
    amounts = [_last_amount(row) for row in table.rows]
    largest = max([abs(amount) for amount in amounts], default=ZERO)
    shares = [float(abs(amount) / largest * 100) if largest else 0.0 for amount in amounts]
    return {
        "table": table,
        "rows": [
            {"cells": cells, "share": f"{share:.1f}"}
            for cells, share in zip(table.labelled_rows, shares, strict=True)
        ],
    }


def _last_amount(row: Sequence[Cell]) -> Decimal:
    value = row[-1].value
    return value if isinstance(value, Decimal) else ZERO
