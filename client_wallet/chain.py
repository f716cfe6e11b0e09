"""The hash chain of a wallet: each link is a sha256 of the link before it and one whole entry."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from hospital.core.money import money_text
from hospital.core.times import wire_time

_MEMO = (
    "<memo>"  # stands for it; what comes before it in a link (hash, uid, kind, times) holds none
)


def entry_facts(**facts: Any) -> dict[str, Any]:
    """Return the columns of an entry in the order in which they are written and hashed."""
    order = ("uid", "kind", "posted_at", "business_date", "actor_id", "memo", "reverses_id")
    return {name: facts[name] for name in order}


def chain_hash(previous: str, facts: Mapping[str, Any], lines: Iterable[Sequence[Any]]) -> str:
    """
    Return the sha256 (hex) of a wallet's previous hash and one whole entry.

    ``lines`` are (account, wallet id or None, side, amount, sequence or None, balance after or
    None), in any order. ``check_books`` computes the same from the stored rows.
    """
    return link_hash(around_memo(previous, facts, lines), facts["memo"])


def around_memo(
    previous: str, facts: Mapping[str, Any], lines: Iterable[Sequence[Any]]
) -> tuple[str, str]:
    """
    Return the hashed text before and after the memo, whatever memo the facts have.

    For a memo that only the statement knows which writes the entry: a receipt number. The statement
    then computes ``link_hash`` in SQL.
    """
    written = [
        previous,
        *(_MEMO if name == "memo" else _text(value) for name, value in facts.items()),
        sorted([_text(value) for value in line] for line in lines),
    ]
    before, _, after = json.dumps(written, separators=(",", ":")).partition(_MEMO)
    return before, after


def link_hash(around: tuple[str, str], memo: str) -> str:
    """Return the sha256 (hex) of what stands around the memo, and the memo between."""
    before, after = around
    return hashlib.sha256(f"{before}{hashed_memo(memo)}{after}".encode()).hexdigest()


def hashed_memo(memo: str) -> str:
    """Return the memo as the hashed JSON has it between its quotes."""
    return json.dumps(memo)[1:-1]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return money_text(value)
    if isinstance(value, datetime):
        return wire_time(value)
    return str(value)
