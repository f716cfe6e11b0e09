"""CSV for spreadsheets: no cell of it is taken for a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain

from django.http import StreamingHttpResponse

Cells = Sequence[object]  # of one row; each is written as str() does, None as nothing

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes UTF-8 for something else


def csv_lines(rows: Iterable[Cells]) -> Iterator[str]:
    """Yield a line for each row; text that a spreadsheet would compute begins with ``'``."""
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([_written(cell) for cell in row])
        yield line.getvalue()


def csv_response(file_name: str, rows: Iterable[Cells]) -> StreamingHttpResponse:
    """Return a download, written while it is read: ``rows`` may be long, and is read once."""
    return StreamingHttpResponse(
        chain([_BYTE_ORDER_MARK], csv_lines(rows)),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{file_name}"',
            "Cache-Control": "no-store",
        },
    )


def _written(cell: object) -> str:
    if isinstance(cell, int | Decimal):
        return str(cell)  # a number below zero is no formula
    return "" if cell is None else _as_text(str(cell))


def _as_text(cell: str) -> str:
    return f"'{cell}" if cell.lstrip(" ").startswith(_STARTS_FORMULA) else cell
