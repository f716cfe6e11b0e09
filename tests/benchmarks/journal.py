"""A journal that is already long: written in bulk, under all the rules that the tables have."""

from collections.abc import Iterator

from tests.databases import owner_cursor

ENTRIES_AT_ONCE = 20_000

# One wallet takes every entry of ``busy``; the others take turns. The links are no real hashes.
_ENTRIES = """
    WITH numbered AS (
        SELECT number, gen_random_uuid() AS uid,
               CASE WHEN number <= %(busy)s THEN 0 ELSE 1 + number %% (%(wallets)s - 1) END AS place
          FROM generate_series(%(first)s, %(last)s) AS number),
    entry AS (
        INSERT INTO client_wallet_journalentry
               (uid, kind, posted_at, business_date, actor_id, memo, shift_id)
        SELECT uid, 'DEPOSIT', now(), current_date, %(actor)s, 'LONG-' || number, shift.id
          FROM numbered, client_wallet_shift shift
         WHERE shift.cashier_id = %(actor)s AND shift.status = 'OPEN'
        RETURNING id, uid),
    placed AS (
        SELECT entry.id, number, wallet.id AS wallet_id,
               wallet.last_sequence + row_number() OVER (
                   PARTITION BY wallet.id ORDER BY number) AS sequence
          FROM numbered JOIN entry USING (uid)
          JOIN (SELECT id, last_sequence, row_number() OVER (ORDER BY patient_id) - 1 AS place
                  FROM client_wallet_walletaccount ORDER BY patient_id LIMIT %(wallets)s) AS wallet
               USING (place)),
    lines AS (
        INSERT INTO client_wallet_posting
               (entry_id, account_id, wallet_id, side, amount, wallet_sequence, balance_after,
                chain_hash)
        SELECT placed.id, shift.drawer_id, NULL, 'DEBIT', 1.00, NULL, NULL, ''
          FROM placed, client_wallet_shift shift
         WHERE shift.cashier_id = %(actor)s AND shift.status = 'OPEN'
        UNION ALL
        SELECT id, 'WALLETS', wallet_id, 'CREDIT', 1.00, sequence, sequence,
               encode(sha256(id::text::bytea), 'hex')
          FROM placed)
    UPDATE client_wallet_walletaccount wallet
       SET last_sequence = held.sequence, account_balance = held.sequence,
           chain_head = encode(sha256(held.id::text::bytea), 'hex'), last_posted_at = now()
      FROM (SELECT DISTINCT ON (wallet_id) wallet_id, id, sequence
              FROM placed ORDER BY wallet_id, sequence DESC) AS held
     WHERE wallet.id = held.wallet_id"""


def write_journal(
    database: str, *, postings: int, busy: int, wallets: int, actor: int
) -> Iterator[int]:
    """
    Write so many postings (two an entry), and yield how many there are after each step.

    The first patient's wallet has ``busy`` of the entries, or all where there are fewer.
    """
    entries = postings // 2
    with owner_cursor(database) as cursor:
        for first in range(1, entries + 1, ENTRIES_AT_ONCE):
            last = min(first + ENTRIES_AT_ONCE - 1, entries)
            named = {"busy": busy, "wallets": wallets, "first": first, "last": last}
            cursor.execute(_ENTRIES, {**named, "actor": actor})
            yield 2 * last
        cursor.execute("VACUUM (ANALYZE)")
