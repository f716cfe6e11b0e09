"""The hash chain of a wallet: each link is a sha256 of the link before it and one whole entry."""

import hashlib
import json
import re
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
    before, _, after = _hashed(previous, {**facts, "memo": _MEMO}, lines).partition(_MEMO)
    return before, after


# What the statement alone knows that credits a wallet nobody has read; in the order of the text.
UNREAD = ("previous", "posted_at", "memo", "wallet", "sequence", "balance")
_UNREAD_MARK = re.compile("|".join(f"<{name}>" for name in UNREAD))


def pieces_around_unread(
    facts: Mapping[str, Any], lines: Iterable[Sequence[Any]], credited: tuple[str, str, str]
) -> list[str]:
    """
    Return the hashed text in pieces, between which stands what ``UNREAD`` names, one after another.

    ``credited`` is the line on the wallet: account, side, amount.
    """
    account, side, amount = credited
    on_wallet = (account, "<wallet>", side, amount, "<sequence>", "<balance>")
    known = entry_facts(**facts, posted_at="<posted_at>", memo="<memo>")
    return _UNREAD_MARK.split(_hashed("<previous>", known, [*lines, on_wallet]))


def link_hash(around: tuple[str, str], memo: str) -> str:
    """Return the sha256 (hex) of what stands around the memo, and the memo between."""
    before, after = around
    return hashlib.sha256(f"{before}{hashed_memo(memo)}{after}".encode()).hexdigest()


def hashed_memo(memo: str) -> str:
    """Return the memo as the hashed JSON has it between its quotes."""
    return json.dumps(memo)[1:-1]


def _hashed(previous: str, facts: Mapping[str, Any], lines: Iterable[Sequence[Any]]) -> str:
    written = [
        previous,
        *(_text(value) for value in facts.values()),
        sorted([_text(value) for value in line] for line in lines),
    ]
    return json.dumps(written, separators=(",", ":"))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return money_text(value)
    if isinstance(value, datetime):
        return wire_time(value)
    return str(value)
