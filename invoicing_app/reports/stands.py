"""How things stood at the end of a period, as tables: owed, on the shelf, leaking, on its way."""

from collections.abc import Mapping, Sequence

from django.conf import settings
from django.db.models import Count, Sum

from client_wallet.models import Withdrawal
from hospital.core.money import ZERO
from invoicing_app.reports import standing
from invoicing_app.reports.listings import LISTINGS
from invoicing_app.reports.period import Period, one_day
from invoicing_app.reports.sums import NOTHING, Sums, sums
from invoicing_app.reports.tables import Cell, Table, rows_url


def aged_receivables(period: Period) -> Sequence[Table]:
    """Return what is unpaid, by its age and by department."""
    groups = sums(
        standing.outstanding(period.last),
        "owed",
        "age",
        "department__name",
        "department__code",
    )
    return [by_age(period, groups), _owed_by_department(period, groups)]


def by_age(period: Period, groups: Sums) -> Table:
    """Return the table of what is unpaid by age; ``groups`` have an ``age``."""
    day, parts = one_day(period.last), groups.by("age")
    rows = [
        [
            Cell(title),
            Cell(parts.get(age, NOTHING).number),
            Cell(parts.get(age, NOTHING).total, rows_url("outstanding", day, age=age)),
        ]
        for age, (title, _) in standing.AGES.items()
    ]
    total = _total(groups, rows_url("outstanding", day))
    return Table("By age", ["Ordered", "Items", "Unpaid"], rows, total)


def _owed_by_department(period: Period, groups: Sums) -> Table:
    day = one_day(period.last)
    rows = [
        [
            Cell(name),
            Cell(part.number),
            Cell(part.total, rows_url("outstanding", day, department=code)),
        ]
        for (name, code), part in groups.by("department__name", "department__code").items()
    ]
    total = _total(groups, rows_url("outstanding", day)) if rows else ()
    empty = "Nothing is unpaid."
    return Table("By department", ["Department", "Items", "Unpaid"], rows, total, empty)


def stock_valuation(period: Period) -> Sequence[Table]:
    """Return what is on the shelf at what it cost, by how long it lasts and by drug."""
    day = one_day(period.last)
    groups = sums(
        standing.on_shelf(period.last),
        "value",
        "life",
        "service_item__name",
        "service_item__code",
    )
    lives = groups.by("life")
    by_life = [
        [
            Cell(title),
            Cell(lives.get(life, NOTHING).number),
            Cell(lives.get(life, NOTHING).total, rows_url("on-shelf", day, life=life)),
        ]
        for life, title in standing.LIVES.items()
    ]
    drugs = groups.by("service_item__name", "service_item__code")
    by_drug = [
        [Cell(name), Cell(part.number), Cell(part.total, rows_url("on-shelf", day, drug=code))]
        for (name, code), part in drugs.items()
    ]
    total = _total(groups, rows_url("on-shelf", day))
    return [
        Table("By expiry", ["", "Batches", "Value"], by_life, total),
        Table(
            "By drug",
            ["Drug", "Batches", "Value"],
            by_drug,
            total if by_drug else (),
            "Nothing is on the shelf.",
        ),
    ]


def leakage(period: Period) -> Sequence[Table]:
    """Return what was given without being paid, and what was paid and not given."""
    day = one_day(period.last)
    days = f"{settings.LEAKAGE_DAYS} day{'s' if settings.LEAKAGE_DAYS != 1 else ''}"
    titles = {
        "resulted-unpaid": "Tests with a result, unpaid",
        "not-resulted": f"Tests paid {days} before or earlier, without a result",
        "not-handed-out": f"Drugs paid {days} before or earlier, not handed out",
    }
    rows = []
    for slug, title in titles.items():
        found = LISTINGS[slug].rows(day).order_by().aggregate(number=Count("pk"), sum=Sum("amount"))
        rows.append(
            [Cell(title), Cell(found["number"]), Cell(found["sum"] or ZERO, rows_url(slug, day))]
        )
    return [Table("Leakage", ["", "Items", "Amount"], rows)]


def withdrawals(period: Period) -> Sequence[Table]:
    """Return what became of withdrawals in a period, and how much is under way after it."""
    day = one_day(period.last)
    ended = sums(standing.withdrawals_ended(period), "amount", "status")
    under_way = sums(standing.withdrawals_under_way(period.last), "amount")
    rows = by_state("withdrawals-ended", period, ended)
    total = _total(ended, rows_url("withdrawals-ended", period)) if rows else ()
    url = rows_url("withdrawals-under-way", day)
    return [
        Table("Ended", ["State", "Withdrawals", "Amount"], rows, total),
        Table(
            "Under way at the end",
            ["", "Withdrawals", "Amount"],
            [[Cell("Not ended"), Cell(under_way.number), Cell(under_way.total, url)]],
        ),
    ]


def by_state(listing: str, period: Period, groups: Sums) -> list[list[Cell]]:
    """Return a row for each state that any withdrawal is in; ``groups`` have a ``status``."""
    parts: Mapping[str, Sums] = groups.by("status")
    return [
        [
            Cell(str(state.label)),
            Cell(parts[state].number),
            Cell(parts[state].total, rows_url(listing, period, state=state.value)),
        ]
        for state in Withdrawal.Status
        if state in parts
    ]


def _total(groups: Sums, url: str) -> Sequence[Cell]:
    return [Cell("Total"), Cell(groups.number), Cell(groups.total, url)]
