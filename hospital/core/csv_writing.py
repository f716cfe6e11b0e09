"""CSV for spreadsheets: no cell of it is taken for a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from decimal import Decimal
from itertools import chain
from tempfile import SpooledTemporaryFile

from django.http import FileResponse

Cells = Sequence[object]  # of one row; each is written as str() does, None as nothing

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_IN_MEMORY = 1 << 20  # bytes; a longer file is kept on disk while it is sent
_BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes UTF-8 for something else


def csv_lines(rows: Iterable[Cells]) -> Iterator[str]:
    """Yield a line for each row; text that a spreadsheet would compute begins with ``'``."""
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([_written(cell) for cell in row])
        yield line.getvalue()


def csv_response(file_name: str, rows: Iterable[Cells]) -> FileResponse:
    """
    Return a download: ``rows`` may be long, and is read once, as a whole, before the answer begins.

    So what goes wrong half-way is an error, and never a file that is short and looks complete.
    """
    with ExitStack() as until_written:
        written = until_written.enter_context(SpooledTemporaryFile(max_size=_IN_MEMORY))
        for line in chain([_BYTE_ORDER_MARK], csv_lines(rows)):
            written.write(line.encode())
        written.seek(0)
        until_written.pop_all()  # from here on the response closes it
    return FileResponse(
        written,
        as_attachment=True,
        filename=file_name,
        content_type="text/csv; charset=utf-8",
        headers={"Cache-Control": "no-store"},
    )


def _written(cell: object) -> str:
    if isinstance(cell, int | Decimal):
        return str(cell)  # a number below zero is no formula
    return "" if cell is None else _as_text(str(cell))


def _as_text(cell: str) -> str:
    return f"'{cell}" if cell.lstrip(" ").startswith(_STARTS_FORMULA) else cell
