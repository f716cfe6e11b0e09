"""What was waived in a period, and what of earlier waivers was taken back: by reason, by person."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from invoicing_app.reports.people import names_of
from invoicing_app.reports.period import Period
from invoicing_app.reports.sums import NOTHING, Sums, sums
from invoicing_app.reports.tables import Cell, Table, rows_url
from invoicing_app.waivers.models import WaiverLine

GRANTED, TAKEN_BACK = "waived", "waived-taken-back"


def granted(period: Period) -> QuerySet[WaiverLine]:
    """Return what was waived of items in a period, also what was taken back since."""
    return WaiverLine.objects.filter(waiver__business_date__range=(period.first, period.last))


def taken_back(period: Period) -> QuerySet[WaiverLine]:
    """Return what was taken back in a period, whenever it was waived."""
    return WaiverLine.objects.filter(taken_back__business_date__range=(period.first, period.last))


def waivers(period: Period) -> Sequence[Table]:
    """Return what was waived, what was taken back, and the difference."""
    names = ("waiver__reason__code", "waiver__reason__name", "waiver__decided_by")
    given = sums(granted(period), "amount", *names)
    back = sums(taken_back(period), "amount", *names)
    return [_by_reason(period, given, back), _by_person(period, given, back)]


def _by_reason(period: Period, given: Sums, back: Sums) -> Table:
    keys = ("waiver__reason__name", "waiver__reason__code")
    parts_given, parts_back = given.by(*keys), back.by(*keys)
    rows = [
        _row(period, name, parts_given.get(key), parts_back.get(key), reason=key[1])
        for key in sorted({*parts_given, *parts_back})
        for name in key[:1]
    ]
    return _table("By reason", "Reason", period, rows, given, back)


def _by_person(period: Period, given: Sums, back: Sums) -> Table:
    parts_given, parts_back = given.by("waiver__decided_by"), back.by("waiver__decided_by")
    names: Mapping[int, str] = names_of({*parts_given, *parts_back})
    rows = [
        _row(period, name, parts_given.get(pk), parts_back.get(pk), person=pk)
        for pk, name in names.items()
    ]
    return _table("By person who granted", "Granted by", period, rows, given, back)


def _row(
    period: Period, name: str, given: Sums | None, back: Sums | None, **narrowed: Any
) -> list[Cell]:
    given, back = given or NOTHING, back or NOTHING
    return [
        Cell(name),
        Cell(given.number),
        Cell(given.total, rows_url(GRANTED, period, **narrowed) if given.number else ""),
        Cell(back.total, rows_url(TAKEN_BACK, period, **narrowed) if back.number else ""),
        Cell(given.total - back.total),
    ]


def _table(
    title: str,
    first: str,
    period: Period,
    rows: Sequence[Sequence[Cell]],
    given: Sums,
    back: Sums,
) -> Table:
    total = _row(period, "Total", given, back) if rows else ()
    headings = [first, "Items", "Waived", "Taken back", "Remains"]
    return Table(title, headings, rows, total, "Nothing was waived.")
