"""What payers owe at the end of a period, by payer and by age."""

from collections.abc import Sequence

from hospital.core.money import ZERO
from invoicing_app.payers.receivables import AGES, Owed, owed_by_payers
from invoicing_app.reports.period import Period
from invoicing_app.reports.tables import Cell, Table


def owed(period: Period) -> Sequence[Table]:
    """Return what is open of claims at the end of the last day, as old as their payments."""
    payers = owed_by_payers(period.last)
    headings = ["Payer", "Claims", *AGES.values(), "Owed"]
    rows = [_row(one) for one in payers]
    ages = [Cell(sum((one.by_age[days] for one in payers), ZERO)) for days in AGES]
    total = [
        Cell("All"),
        Cell(sum(one.claims for one in payers)),
        *ages,
        Cell(sum((one.total for one in payers), ZERO)),
    ]
    return [Table("By payer", headings, rows, total if rows else (), "No payer owes anything.")]


def _row(one: Owed) -> list[Cell]:
    ages = [Cell(one.by_age[days]) for days in AGES]
    return [Cell(one.payer.name), Cell(one.claims), *ages, Cell(one.total)]
