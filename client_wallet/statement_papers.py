"""A statement as a file: for spreadsheets, and as a page that prints without anything else."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import timezone

from client_wallet.statements import Statement
from client_wallet.wording import movement_name
from hospital.core.csv_writing import Cells

STYLE = "client_wallet/statement.css"


def statement_rows(statement: Statement) -> Iterator[Cells]:
    """Yield a header, the opening balance, the movements, and the closing balance with totals."""
    yield ("Day", "Movement", "Reference", "Note", "In", "Out", "Balance")
    yield (statement.first_day, "Opening balance", "", "", "", "", statement.opening_balance)
    for line in statement.lines:
        yield (
            line.business_date,
            movement_name(line.type),
            line.reference,
            line.note,
            line.money_in,
            line.money_out,
            line.balance,
        )
    totals = (statement.total_in, statement.total_out, statement.closing_balance)
    yield (statement.last_day, "Closing balance", "", "", *totals)


def statement_context(statement: Statement) -> dict[str, object]:
    """Return what the template of a statement's body needs."""
    return {
        "statement": statement,
        "lines": [(line, movement_name(line.type)) for line in statement.lines],
        "made_at": timezone.now(),
        "hospital": settings,
    }


def statement_page(statement: Statement) -> str:
    """Return a page of HTML that needs no other file."""
    style = finders.find(STYLE)
    context = {**statement_context(statement), "style": Path(str(style)).read_text()}
    return render_to_string("client_wallet/statement/file.html", context)
