"""What moved in a period: collections, revenue of departments, cashiers, wallets."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from client_wallet.models import JournalEntry
from hospital.core.money import ZERO
from invoicing_app.reports import money_in
from invoicing_app.reports.listings import department_name
from invoicing_app.reports.people import names_of
from invoicing_app.reports.period import Period, one_day
from invoicing_app.reports.sums import NOTHING, Sums, sums
from invoicing_app.reports.tables import Cell, Table, rows_url

KINDS = {
    "Deposits": money_in.DEPOSITS,
    "Payments": money_in.PAYMENTS,
    "Given back": money_in.GIVEN_BACK,
}


def collections(period: Period) -> Sequence[Table]:
    """Return what came in: by method, by what it was for, and day by day."""
    groups = sums(money_in.received(period), "moved", "till", "entry__kind", "entry__business_date")
    tables = [_by_method(period, groups), by_department(period, received_for_sums(period))]
    if len(period) > 1:
        tables.append(_by_day(period, groups))
    return tables


def received_for_sums(period: Period) -> Sums:
    """Return what came in by the account that it was for. One query."""
    return sums(money_in.received_for(period), "moved", "purpose", "account__name")


def by_department(period: Period, groups: Sums) -> Table:
    """Return the table of what came in by what it was for; ``groups`` are received_for_sums."""
    rows = [
        [
            Cell(purpose_name(code, part)),
            Cell(part.total, rows_url("received-for", period, account=code)),
        ]
        for code, part in groups.by("purpose").items()
    ]
    total = [Cell("Total"), _received(period, groups.total)]
    return Table("By department", ["For", "Received"], rows, total if rows else ())


def purpose_name(code: str, part: Sums) -> str:
    """Return what money was for, in words; ``part`` are the sums of that purpose."""
    return money_in.PURPOSES.get(code) or department_name(part.groups[0].account__name)


def _by_method(period: Period, groups: Sums) -> Table:
    rows = [
        [Cell(money_in.TILLS[till]), *_kinds(period, part, till=till)]
        for till, part in _in_order(groups.by("till"), money_in.TILLS)
    ]
    total = [Cell("Total"), *_kinds(period, groups)]
    headings = ["Method", *KINDS, "Received"]
    return Table("By method", headings, rows, total if rows else ())


def _by_day(period: Period, groups: Sums) -> Table:
    days = groups.by("entry__business_date")
    rows = [[Cell(day), *_kinds(one_day(day), days.get(day, NOTHING))] for day in period.days]
    total = [Cell("Total"), *_kinds(period, groups)]
    return Table("Day by day", ["Day", *KINDS, "Received"], rows, total)


def _kinds(period: Period, groups: Sums, **narrowed: str | int) -> list[Cell]:
    """Return what was deposited, paid and given back, and the sum of it."""
    of_kind = groups.by("entry__kind")
    cells = []
    for kinds in KINDS.values():
        moved = sum((of_kind.get(str(kind), NOTHING).total for kind in kinds), ZERO)
        url = rows_url("received", period, **narrowed, kind=",".join(kinds)) if moved else ""
        cells.append(Cell(moved, url))
    return [*cells, _received(period, groups.total, **narrowed)]


def _received(period: Period, amount: Decimal, **narrowed: str | int) -> Cell:
    return Cell(amount, rows_url("received", period, **narrowed))


def department_revenue(period: Period) -> Sequence[Table]:
    """Return what each department earned, by how it was paid, and what of it was waived."""
    groups = sums(money_in.earned(period), "moved", "account", "account__name", "paid_by")
    methods = money_in.PAID_BY
    used = [code for code, _ in _in_order(groups.by("paid_by"), methods)]

    def cells(part: Sums, **narrowed: str) -> list[Cell]:
        by = part.by("paid_by")
        amounts = [
            Cell(by[code].total, rows_url("earned", period, **narrowed, paid_by=code))
            if code in by
            else Cell(ZERO)
            for code in used
        ]
        return [*amounts, Cell(part.total, rows_url("earned", period, **narrowed))]

    rows = [
        [Cell(department_name(name)), *cells(part, account=code)]
        for (code, name), part in groups.by("account", "account__name").items()
    ]
    headings = ["Department", *(methods[code] for code in used), "Revenue"]
    total = [Cell("Total"), *cells(groups)] if rows else ()
    return [Table("Revenue by department", headings, rows, total)]


def cashier_summary(period: Period) -> Sequence[Table]:
    """Return what each cashier took by each method, and what was paid from wallets there."""
    taken = sums(money_in.received(period), "moved", "taker", "till")
    spent = sums(money_in.paid_from_wallets(period), "moved", "taker")
    names = names_of({*taken.by("taker"), *spent.by("taker")})
    used = [code for code, _ in _in_order(taken.by("till"), money_in.TILLS)]

    def cells(part: Sums, from_wallets: Sums, **narrowed: int) -> list[Cell]:
        by = part.by("till")
        amounts = [
            Cell(by[code].total, rows_url("received", period, **narrowed, till=code))
            if code in by
            else Cell(ZERO)
            for code in used
        ]
        wallet_url = rows_url("from-wallets", period, **narrowed)
        return [
            *amounts,
            _received(period, part.total, **narrowed),
            Cell(from_wallets.total, wallet_url),
        ]

    takers, spenders = taken.by("taker"), spent.by("taker")
    rows = [
        [Cell(name), *cells(takers.get(pk, NOTHING), spenders.get(pk, NOTHING), cashier=pk)]
        for pk, name in names.items()
    ]
    methods = [money_in.TILLS[code] for code in used]
    headings = ["Cashier", *methods, "Received", "Paid from wallets"]
    total = [Cell("Total"), *cells(taken, spent)] if rows else ()
    return [Table("By cashier", headings, rows, total)]


def wallet_liability(period: Period) -> Sequence[Table]:
    """Return what wallets held before and after, and what moved it: they add up."""
    groups = sums(money_in.moved_in_wallets(period), "moved", "entry__kind")
    before = period.first - timedelta(days=1)
    opening, closing = money_in.sum_held(before), money_in.sum_held(period.last)
    labels = dict(JournalEntry.Kind.choices)
    rows = [
        [Cell(f"Held at the end of {one_day(before)}"), _held(opening, one_day(before))],
        *(
            [
                Cell(str(labels.get(kind, kind))),
                Cell(part.total, rows_url("wallet-movements", period, kind=kind)),
            ]
            for kind, part in groups.by("entry__kind").items()
        ),
    ]
    total = [Cell(f"Held at the end of {one_day(period.last)}"), _held(closing, period)]
    return [Table("Wallets", ["", "Amount"], rows, total)]


def _held(amount: Decimal, period: Period) -> Cell:
    return Cell(amount, rows_url("held", one_day(period.last)))


def _in_order(parts: Mapping[str, Sums], known: Mapping[str, str]) -> Iterable[tuple[str, Sums]]:
    """Return the parts that there are, in the order in which they are known."""
    return [(code, parts[code]) for code in known if code in parts]
