"""
Pages of a wallet's transactions, newest first: two scans along indexes, merged.

Postings come by their sequence, along which time never runs backwards; withdrawals by (created_at,
id). A cursor is a cut through both: it names no row, so that none is missed or shown twice.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self, TypeVar
from uuid import UUID

from django.db.models import Q

from client_wallet.transactions import (
    Transaction,
    Wanted,
    asked_for,
    of_posting,
    of_withdrawal,
    posted,
)
from hospital.core.errors import InvalidRequest
from hospital.core.statements import MAX_ID

Key = TypeVar("Key", int, tuple[datetime, UUID])

_WRITTEN = re.compile(r"([on])-([0-9]{1,19})-([0-9]{1,18})-([0-9a-f]{32})", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Cut:
    """Between two rows: older are the sequences below ``sequence``, and what is before (at, id)."""

    sequence: int
    at: datetime
    id: UUID


@dataclass(frozen=True)
class Cursor:
    """Where a page begins, and whether it goes on to what is newer instead of older."""

    cut: Cut
    is_newer: bool = False

    @classmethod
    def read(cls, text: str) -> Self:
        """:raises InvalidRequest: if the text is none that ``written`` gave"""
        found = _WRITTEN.fullmatch(text)
        try:
            way, sequence, at, id_ = found.groups() if found else ("", "", "", "")
            cut = Cut(int(sequence), _EPOCH + int(at) * _MICROSECOND, UUID(id_))
        except (ValueError, OverflowError):
            raise _no_cursor() from None
        if cut.sequence > MAX_ID:
            raise _no_cursor()
        return cls(cut, is_newer=way == "n")

    def written(self) -> str:
        at = (self.cut.at - _EPOCH) // _MICROSECOND
        return f"{'n' if self.is_newer else 'o'}-{self.cut.sequence}-{at}-{self.cut.id.hex}"


@dataclass(frozen=True)
class Page:
    """Rows, newest first, and where the pages beside it begin; None where there is none."""

    rows: Sequence[Transaction]
    older: Cursor | None
    newer: Cursor | None


def transactions_page(
    wallet_id: UUID, wanted: Wanted, *, cursor: Cursor | None = None, limit: int
) -> Page:
    """Return up to ``limit`` rows. Two queries, however long the list and wherever the page."""
    is_newer = cursor is not None and cursor.is_newer
    cut = cursor.cut if cursor else None
    found = [
        *_postings(wallet_id, wanted, cut, is_newer, limit + 1),
        *_withdrawals(wallet_id, wanted, cut, is_newer, limit + 1),
    ]
    found.sort(key=_place, reverse=not is_newer)
    rows, rest = found[:limit], found[limit:]
    further = Cursor(_next_cut(rows, rest, cut, is_newer), is_newer) if rest else None
    back = Cursor(cut, not is_newer) if cut else None
    if is_newer:
        return Page(rows[::-1], older=back, newer=further)
    return Page(rows, older=further, newer=back)


def _postings(
    wallet_id: UUID, wanted: Wanted, cut: Cut | None, is_newer: bool, limit: int
) -> Iterator[Transaction]:
    postings = posted(wallet_id, wanted)
    if cut is not None:
        beyond = "gte" if is_newer else "lt"
        postings = postings.filter(**{f"wallet_sequence__{beyond}": cut.sequence})
    order = "wallet_sequence" if is_newer else "-wallet_sequence"
    return map(of_posting, postings.order_by(order)[:limit])


def _withdrawals(
    wallet_id: UUID, wanted: Wanted, cut: Cut | None, is_newer: bool, limit: int
) -> Iterator[Transaction]:
    withdrawals = asked_for(wallet_id, wanted)
    if cut is not None:
        at_once = Q(created_at=cut.at)
        if is_newer:
            beyond = Q(created_at__gte=cut.at) & ~(at_once & Q(pk__lt=cut.id))
        else:
            beyond = Q(created_at__lte=cut.at) & ~(at_once & Q(pk__gte=cut.id))
        withdrawals = withdrawals.filter(beyond)
    order = ("created_at", "pk") if is_newer else ("-created_at", "-pk")
    return map(of_withdrawal, withdrawals.order_by(*order)[:limit])


def _place(row: Transaction) -> tuple[Any, ...]:
    """Return a row's place in time; of one instant postings are newer, in the wallet's order."""
    return row.created_at, row.sequence or 0, row.id


def _next_cut(
    rows: Sequence[Transaction], rest: Sequence[Transaction], cut: Cut | None, is_newer: bool
) -> Cut:
    """Return the cut between the rows of a page and the rest of what was found."""
    bottom = cut or Cut(0, _EPOCH, UUID(int=0))  # a scan that found nothing stays where it was
    sequence = _between(_sequences(rows), _sequences(rest), is_newer, lambda last: last + 1)
    key = _between(_keys(rows), _keys(rest), is_newer, _above)
    at, id_ = key or (bottom.at, bottom.id)
    return Cut(bottom.sequence if sequence is None else sequence, at, id_)


def _between(
    shown: Sequence[Key], unshown: Sequence[Key], is_newer: bool, above: Callable[[Key], Key]
) -> Key | None:
    """Return where one scan is cut: above the older of the two, at the newer; None for neither."""
    older, newer = (shown, unshown) if is_newer else (unshown, shown)
    if newer:
        return min(newer)
    return above(max(older)) if older else None


def _sequences(rows: Sequence[Transaction]) -> list[int]:
    return [row.sequence for row in rows if row.sequence is not None]


def _keys(rows: Sequence[Transaction]) -> list[tuple[datetime, UUID]]:
    return [(row.created_at, row.id) for row in rows if row.sequence is None]


def _above(key: tuple[datetime, UUID]) -> tuple[datetime, UUID]:
    at, id_ = key
    return at, UUID(int=id_.int + 1)  # no id that is made is the largest there is


def _no_cursor() -> InvalidRequest:
    return InvalidRequest("cursor", "This is no cursor of this list.")
