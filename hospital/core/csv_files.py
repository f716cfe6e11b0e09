"""CSV files as other systems write them: checked cell by cell, each fault named with its place."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from django.utils import timezone

from hospital.core.errors import DomainError, InvalidAmount
from hospital.core.money import parse_amount

_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)
_EARLIEST_YEAR = 1850  # nobody treated here is older; a slip of the pen is


class BadFile(DomainError):
    """A file that cannot be imported; the detail says where: file, row and column."""

    code = "invalid-request"
    title = "This file cannot be imported."
    status = 400

    def __init__(self, message: str, *, file: str, row: int = 0, column: str = "") -> None:
        place = [file, *([f"row {row}"] if row else []), *([f"column {column}"] if column else [])]
        detail = f"{', '.join(place)}: {message}"
        super().__init__(detail, errors={column or "file": [detail]})


@dataclass(frozen=True)
class Row:
    """One row: ``number`` is the line of the file on which it begins; the header's is 1."""

    file: str
    number: int
    cells: Mapping[str, str]

    def fault(self, column: str, message: str) -> BadFile:
        """Return the refusal of a cell, to be raised."""
        return BadFile(message, file=self.file, row=self.number, column=column)

    def text(self, column: str, *, longest: int) -> str:
        """
        Return the cell without the blanks around it.

        :raises BadFile: if it is empty or too long
        """
        value = self.cells[column].strip()
        if not value:
            raise self.fault(column, "is empty.")
        if len(value) > longest or "\0" in value:
            raise self.fault(column, f"is not a text of at most {longest} characters.")
        return value

    def amount(self, column: str) -> Decimal:
        """
        Return an amount of money above zero.

        :raises BadFile: for signs, exponents, separators, a third decimal, zero, or too much
        """
        try:
            return parse_amount(self.cells[column].strip(), column)
        except InvalidAmount as refusal:
            raise self.fault(column, self._not(column, refusal.message)) from None

    def whole_number(self, column: str, *, most: int) -> int:
        """
        Return a number from 1 to ``most``.

        :raises BadFile: for anything else
        """
        value = self.cells[column].strip()
        if not _WHOLE_NUMBER.fullmatch(value) or not 1 <= int(value) <= most:
            raise self.fault(column, self._not(column, f"Write a whole number from 1 to {most}."))
        return int(value)

    def day(self, column: str) -> date:
        """
        Return a day that is not in the future, written ``2023-01-27``.

        :raises BadFile: for anything else
        """
        try:
            day = date.fromisoformat(self._matching(_DAY, column))
        except ValueError:
            raise self.fault(column, self._not(column, "Write a day as 2023-01-27.")) from None
        self._require_past(column, day)
        return day

    def instant(self, column: str) -> datetime:
        """
        Return an instant that is not in the future, written ``2023-01-27T16:17:47Z``.

        :raises BadFile: for anything else, a time without its offset among it
        """
        try:
            instant = datetime.fromisoformat(self._matching(_INSTANT, column))
        except ValueError:
            raise self.fault(
                column, self._not(column, "Write an instant as 2023-01-27T16:17:47Z.")
            ) from None
        self._require_past(column, instant.date())
        return instant

    def _matching(self, pattern: re.Pattern[str], column: str) -> str:
        value = self.cells[column].strip()
        if not pattern.fullmatch(value):
            raise ValueError
        return value

    def _require_past(self, column: str, day: date) -> None:
        if not date(_EARLIEST_YEAR, 1, 1) <= day <= timezone.localdate():
            raise self.fault(column, f"{day} lies in the future or before {_EARLIEST_YEAR}.")

    def _not(self, column: str, wanted: str) -> str:
        return f"{self.cells[column][:40]!r} will not do. {wanted}"


def read_rows(path: Path, columns: Sequence[str]) -> list[Row]:
    """
    Return the rows of a UTF-8 file with a header, each with the ``columns`` named.

    A byte order mark, CRLF and blank lines do no harm; other columns are left unread.

    :raises BadFile: if the file, a column or a cell is missing, or the file is not CSV in UTF-8
    """
    lines = _lines(path)
    first, header = next(lines, (1, []))
    for column in columns:
        if header.count(column) != 1:
            found = "is there twice." if column in header else "is missing."
            raise BadFile(found, file=path.name, row=first, column=column)
    return [_row(path.name, number, header, cells, columns) for number, cells in lines]


def _row(
    file: str, number: int, header: Sequence[str], cells: Sequence[str], columns: Sequence[str]
) -> Row:
    if len(cells) < len(header):
        raise BadFile("is missing.", file=file, row=number, column=header[len(cells)])
    if len(cells) > len(header):
        column = header[-1]
        raise BadFile(
            "is followed by more cells than columns.", file=file, row=number, column=column
        )
    by_name = dict(zip(header, cells, strict=True))
    return Row(file, number, {column: by_name[column] for column in columns})


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each row that is not blank, with the line on which it begins."""
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    begins = 1
    try:
        for cells in reader:
            if cells:
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise BadFile(f"is not CSV: {error}.", file=path.name, row=begins) from None


def _text(path: Path) -> str:
    try:
        written = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "unreadable"
        raise BadFile(f"cannot be read: {reason}.", file=path.name) from None
    try:
        return written.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = written.count(b"\n", 0, error.start) + 1
        raise BadFile("is not written in UTF-8.", file=path.name, row=row) from None
