"""
The seal of a business day: a sha256 over the seal of the day before, its entries and its totals.

``close_day`` stores it; ``check_books`` computes it again from the stored rows.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from client_wallet.chain import chain_hash, entry_facts
from client_wallet.day_totals import DayTotal
from hospital.core.money import money_text

_FACTS = ("uid", "kind", "posted_at", "business_date", "actor_id", "memo", "reverses_id")
_ENTRIES = """
    SELECT entry.uid, entry.kind, entry.posted_at, entry.business_date, entry.actor_id,
           entry.memo, entry.reverses_id,
           ARRAY(SELECT ARRAY[
                        account_id, coalesce(wallet_id::text, ''), side, amount::text,
                        coalesce(wallet_sequence::text, ''), coalesce(balance_after::text, '')]
                   FROM client_wallet_posting WHERE entry_id = entry.id)
      FROM client_wallet_journalentry entry
     WHERE entry.{which} = %s
     ORDER BY entry.id
"""
_AT_ONCE = 2000  # rows in memory


@dataclass(frozen=True)
class Entries:
    """How many entries a day or a shift has, and the hash of all of them, one after the other."""

    count: int
    hash: str  # "" where there are none


def entries_of_day(day: date) -> Entries:
    """
    Return number and hash of a day's entries, each with all its lines, in order of their ids.

    The day must take no more entries while they are read.
    """
    return _hashed("business_date", day)


def entries_of_shift(shift_id: int) -> Entries:
    """Return number and hash of a shift's entries, as ``entries_of_day`` does."""
    return _hashed("shift_id", shift_id)


def _hashed(which: str, value: date | int) -> Entries:
    count, link = 0, ""
    for *facts, lines in _stream(which, value):
        link = chain_hash(link, entry_facts(**dict(zip(_FACTS, facts, strict=True))), lines)
        count += 1
    return Entries(count, link)


def seal_of(previous: str, day: date, entries: Entries, totals: Sequence[DayTotal]) -> str:
    """Return the sha256 (hex) of what a closed day says, and the seal of the day before it."""
    written = [
        previous,
        day.isoformat(),
        entries.count,
        entries.hash,
        [
            [
                total.kind,
                total.account,
                total.actor_id,
                total.actor_name,
                money_text(total.debits),
                money_text(total.credits),
                total.line_count,
            ]
            for total in sorted(totals)
        ],
    ]
    return hashlib.sha256(json.dumps(written, separators=(",", ":")).encode()).hexdigest()


def _stream(which: str, value: date | int) -> Iterator[Any]:
    """Read through a cursor on the server: memory stays flat however much was done that day."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(_ENTRIES.format(which=which), [value])
        while rows := cursor.fetchmany(_AT_ONCE):
            yield from rows
