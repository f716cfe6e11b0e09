"""The hash chains of all wallets, computed again from the stored rows in one stream."""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from client_wallet.chain import chain_hash, entry_facts
from invoicing_app.books.findings import Fault

_FACTS = ("uid", "kind", "posted_at", "business_date", "actor_id", "memo", "reverses_id")
_CHAINED = """
    SELECT line.id, line.wallet_id, line.chain_hash, whole.lines,
           entry.uid, entry.kind, entry.posted_at, entry.business_date, entry.actor_id,
           entry.memo, entry.reverses_id
      FROM client_wallet_posting line
      JOIN client_wallet_journalentry entry ON entry.id = line.entry_id
      JOIN (SELECT entry_id, array_agg(ARRAY[
                   account_id, coalesce(wallet_id::text, ''), side, amount::text,
                   coalesce(wallet_sequence::text, ''), coalesce(balance_after::text, '')]) AS lines
              FROM client_wallet_posting GROUP BY entry_id) AS whole
           ON whole.entry_id = line.entry_id
     WHERE line.wallet_id IS NOT NULL
     ORDER BY line.wallet_id, line.wallet_sequence, line.id
"""
_AT_ONCE = 2000  # rows in memory


def broken_links() -> Iterator[Fault]:
    """
    Yield each posting whose hash is not that of the stored one before it and its whole entry.

    Goes on from the stored hash, so that one change shows in one place.
    """
    wallet, previous = None, ""
    for posting_id, wallet_id, stored, lines, *facts in _stream():
        if wallet_id != wallet:
            wallet, previous = wallet_id, ""
        computed = chain_hash(previous, entry_facts(**dict(zip(_FACTS, facts, strict=True))), lines)
        if computed != stored:
            detail = f"of wallet {wallet_id}: it, its entry or the posting before it was changed"
            yield f"posting {posting_id}", detail
        previous = stored


def _stream() -> Iterator[Any]:
    """Read through a cursor on the server: memory stays flat however long the journal is."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(_CHAINED)
        while rows := cursor.fetchmany(_AT_ONCE):
            yield from rows
