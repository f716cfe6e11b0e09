"""A price list as it stands in its file: each row either an entry that can be read, or rejected."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from hospital.core.csv_files import BadFile
from hospital.core.progress import Track, untracked
from smcapp1.models import ServiceItem
from smcapp1.price_lists.amounts import (
    Decimals,
    NotAPrice,
    currency_of,
    decimals_of,
    read_price,
)
from smcapp1.price_lists.columns import NOTHING_CHOSEN, Chosen, Header, find_header

LONGEST_NAME = ServiceItem._meta.get_field("name").max_length or 0  # noqa: SLF001 - Django's documented _meta
LONGEST_CODE = ServiceItem._meta.get_field("code").max_length or 0  # noqa: SLF001 - Django's documented _meta
_NOT_TEXT = {b"PK\x03\x04": "a spreadsheet", b"%PDF": "a PDF", b"\xd0\xcf\x11\xe0": "a spreadsheet"}
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_REST_OF_A_PRICE = re.compile(r"[0-9]{3}\.[0-9]{1,2}")
_HUNDREDS = re.compile(r"[^0-9.,]*[1-9][0-9]{0,2}")


@dataclass(frozen=True)
class Rejected:
    """A row that cannot be imported: the line on which it begins, the column, and why."""

    row: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"row {self.row}, column {self.column}: {self.reason}"


@dataclass(frozen=True)
class Entry:
    """What a row says: ``code`` is empty where the list gives none."""

    row: int
    code: str
    name: str
    price: Decimal

    @property
    def name_key(self) -> str:
        """The name as names are compared: in any case, and with any blanks."""
        return self.name.casefold()


@dataclass(frozen=True)
class PriceList:
    """A whole list, in its own order."""

    file: str
    header: Header
    entries: Sequence[Entry]
    rejected: Sequence[Rejected]

    @property
    def columns(self) -> tuple[str, str, str]:
        """The headings of name, price and code; the last is empty where there are no codes."""
        header, headings = self.header, self.header.headings
        code = "" if header.code is None else headings[header.code]
        return headings[header.name], headings[header.price], code


@dataclass(frozen=True)
class _Row:
    number: int
    cells: Sequence[str]

    def cell(self, index: int | None) -> str:
        return self.cells[index] if index is not None and index < len(self.cells) else ""


class _Refused(ValueError):
    """Why a row cannot be read; ``index`` is that of the column."""

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(reason)
        self.index = index


def read_file(path: Path) -> bytes:
    """
    Return what is in a file.

    :raises BadFile: if there is no such file, or it cannot be read
    """
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or "unreadable"
        raise BadFile(f"cannot be read: {reason}.", file=path.name) from None


def read_price_list(
    written: bytes, file: str, chosen: Chosen = NOTHING_CHOSEN, track: Track = untracked
) -> PriceList:
    """
    Read a list as it was published; nothing is written.

    :raises BadFile: if it is no table, has no header, or leaves open which column is which
    """
    lines = list(io.StringIO(_text(written, file), newline=""))
    header = find_header(lines, file, chosen)
    rows = _rows(lines, header, file)
    if not rows:
        raise BadFile("has no rows below its header.", file=file, row=header.line)
    prices = [row.cell(header.price) for row in rows]
    _require_one_currency(prices, rows, header, file)
    reader = _Reader(header, decimals_of(prices))
    entries, rejected = [], []
    for row in track(rows, f"Reading {file}"):
        try:
            entries.append(reader.entry(row))
        except _Refused as refusal:
            rejected.append(Rejected(row.number, header.headings[refusal.index], str(refusal)))
    return PriceList(file, header, entries, rejected)


@dataclass(frozen=True)
class _Reader:
    header: Header
    decimals: Decimals

    def entry(self, row: _Row) -> Entry:
        """
        Return what a row says.

        :raises _Refused: at its first fault
        """
        header = self.header
        self._require_its_columns(row)
        name = _text_of(row.cell(header.name), header.name, LONGEST_NAME)
        code = ""
        if header.code is not None:
            code = _text_of(row.cell(header.code), header.code, LONGEST_CODE, may_be_empty=True)
        return Entry(row.number, code, name, self._price(row))

    def _price(self, row: _Row) -> Decimal:
        cell = row.cell(self.header.price)
        try:
            is_english = self.header.delimiter != ";"  # sheets with decimal commas are saved so
            return read_price(cell, self.decimals, bare_comma_groups=is_english)
        except NotAPrice as refusal:
            raise _Refused(self.header.price, str(refusal)) from None

    def _require_its_columns(self, row: _Row) -> None:
        """Refuse a row whose price may have fallen apart at its own thousands separator."""
        last = len(self.header.headings)
        if any(cell.strip() for cell in row.cells[last:]):
            raise _Refused(
                self.header.price, "stands in a row with more cells than the header has columns."
            )
        after = self.header.price + 1
        beside = row.cell(after).strip()
        has_no_heading = after < last and not self.header.headings[after]
        is_cut = _HUNDREDS.fullmatch(row.cell(self.header.price).strip()) and (
            _REST_OF_A_PRICE.fullmatch(beside)
        )
        if (has_no_heading and beside) or (is_cut and self.header.delimiter == ","):
            raise _Refused(self.header.price, "may go on in the next cell; put it into quotes.")


def _text_of(cell: str, index: int, longest: int, *, may_be_empty: bool = False) -> str:
    """Return the cell with single blanks."""
    text = " ".join(cell.split())
    if not text and not may_be_empty:
        raise _Refused(index, "is empty.")
    if any(unicodedata.category(one) == "Cc" for one in text):
        raise _Refused(index, "holds a character that is no text.")
    if len(text) > longest:
        raise _Refused(index, f"is longer than {longest} characters.")
    return text


def _rows(lines: Sequence[str], header: Header, file: str) -> list[_Row]:
    """Return the rows below the header; blank ones and repeated headers are no rows."""
    repeated = [heading.casefold() for heading in header.headings]
    return [
        row
        for row in _all_rows(lines, header, file)
        if [" ".join(cell.split()).casefold() for cell in row.cells] != repeated
    ]


def _all_rows(lines: Sequence[str], header: Header, file: str) -> Iterator[_Row]:
    before = header.line - 1
    reader = csv.reader(
        lines[before:], delimiter=header.delimiter, skipinitialspace=True, strict=True
    )
    begins = before + 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield _Row(begins, cells)
            begins = before + reader.line_num + 1
    except csv.Error as error:
        raise BadFile(f"is not a table: {error}.", file=file, row=begins) from None


def _require_one_currency(
    prices: Sequence[str], rows: Sequence[_Row], header: Header, file: str
) -> None:
    first = ""
    for price, row in zip(prices, rows, strict=True):
        currency = currency_of(price)
        first = first or currency
        if currency not in ("", first):
            message = f"is in {currency}, where earlier prices are in {first}."
            column = header.headings[header.price]
            raise BadFile(message, file=file, row=row.number, column=column)


def _text(written: bytes, file: str) -> str:
    """Return the text, by its byte order mark, else as UTF-8, else as cp1252."""
    if not written.strip():
        raise BadFile("is empty.", file=file)
    for magic, what in _NOT_TEXT.items():
        if written.startswith(magic):
            raise BadFile(f"is {what}, not a text; save it as CSV.", file=file)
    encodings = ("utf-16",) if written.startswith(_UTF_16) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return written.decode(encoding)
        except UnicodeDecodeError as error:
            row = written.count(b"\n", 0, error.start) + 1
    raise BadFile(f"is no text in {' or '.join(encodings)}.", file=file, row=row)
