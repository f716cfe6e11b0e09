"""
Credits to one wallet that nobody has read: the statement that writes the entry reads the wallet.

For the act that is done most often. Sequence number, balance, time and hash are computed where the
locked row is, so that lock and entry go over in one round trip. What is written is what
``ledger.write`` would write, and ``check_books`` proves both the same way.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from client_wallet.chain import UNREAD, pieces_around_unread
from client_wallet.ledger import CREDIT, DEBIT, WALLETS, Companions, held_day
from client_wallet.models import JournalEntry
from hospital.core.acts import Act
from hospital.core.money import MAX_BALANCE
from hospital.core.statements import Statement
from hospital.core.times import wire_time_sql
from hospital.core.uids import new_uid

_UNREAD_SQL: Mapping[str, str] = {  # how the statement writes what only it knows, as it is hashed
    "previous": "found.chain_head",
    "posted_at": wire_time_sql("found.posted_at"),
    "memo": "memo.hashed",
    "wallet": "found.id",
    "sequence": "found.sequence",
    "balance": "found.balance",
}
_CREDIT = """
    WITH shift AS (
        SELECT open.id
          FROM client_wallet_shift open
         WHERE %(in_shift)s::boolean
           AND open.cashier_id = %(actor_id)s::bigint AND open.status = 'OPEN'),
    found AS (
        SELECT wallet.id, wallet.chain_head, wallet.last_sequence + 1 AS sequence,
               wallet.account_balance + %(amount)s::numeric AS balance,
               greatest(clock_timestamp(), wallet.last_posted_at) AS posted_at
          FROM client_wallet_walletaccount wallet
         WHERE {which} AND wallet.account_balance + %(amount)s::numeric <= {limit}
           AND NOT EXISTS (SELECT FROM client_wallet_businessdayclosure closure
                            WHERE closure.business_date = %(business_date)s::date)
           AND (NOT %(in_shift)s::boolean OR EXISTS (SELECT FROM shift))),
    {before},
    link AS (
        SELECT found.id AS wallet, found.sequence, found.balance, found.posted_at,
               encode(sha256(convert_to(concat({hashed}), 'UTF8')), 'hex') AS hash
          FROM found, memo),
    entry AS (
        INSERT INTO client_wallet_journalentry
               (uid, kind, posted_at, business_date, actor_id, memo, shift_id)
        SELECT %(uid)s::uuid, %(kind)s::text, link.posted_at, %(business_date)s::date,
               %(actor_id)s::bigint, memo.text, (SELECT id FROM shift)
          FROM link, memo
        RETURNING id, posted_at, business_date, actor_id, memo),
    balances AS (
        UPDATE client_wallet_walletaccount wallet
           SET account_balance = link.balance, last_sequence = link.sequence,
               chain_head = link.hash, last_posted_at = link.posted_at
          FROM link
         WHERE wallet.id = link.wallet),
    lines AS (
        INSERT INTO client_wallet_posting
               (entry_id, account_id, wallet_id, side, amount,
                wallet_sequence, balance_after, chain_hash)
        SELECT entry.id, line.account, line.wallet, line.side, %(amount)s::numeric,
               line.sequence, line.balance, line.hash
          FROM entry, link, LATERAL (VALUES
               (%(account)s::text, NULL::uuid, '{debit}', NULL::bigint, NULL::numeric, ''),
               ('{wallets}', link.wallet, '{credit}', link.sequence, link.balance, link.hash))
            AS line (account, wallet, side, sequence, balance, hash)),
    {after}
    SELECT {answers} FROM entry"""


def credit_statement(companions: Companions, which: str) -> Statement:
    """
    Return the statement that credits the wallet for which ``which`` holds: SQL about ``wallet``.

    Run it in the round trip of the statement that locks that wallet, right after it. It writes
    nothing, and no row comes back, where there is no such wallet, it would hold more than a balance
    can express, the business day was closed, the act is ``in_shift`` and its actor has none open,
    or ``memo`` of the companions has no row; they may read ``found``, the wallet's row.
    """
    hashed = ["%(piece_0)s::text"]
    for number, name in enumerate(UNREAD, start=1):
        hashed += [_UNREAD_SQL[name], f"%(piece_{number})s::text"]
    sql = _CREDIT.format(
        which=which,
        limit=MAX_BALANCE,
        before=", ".join(f"{part.name} AS ({part.sql})" for part in companions.before),
        hashed=", ".join(hashed),
        after=", ".join(f"{part.name} AS ({part.sql})" for part in companions.after),
        answers=companions.answers,
        debit=DEBIT,
        credit=CREDIT,
        wallets=WALLETS,
    )
    return Statement(f"credit_{companions.name}", sql)


def credit_values(
    act: Act,
    *,
    kind: JournalEntry.Kind,
    account: str,
    amount: str,
    business_date: date,
    in_shift: bool,
) -> dict[str, Any]:
    """
    Return the values of the statement, beside those of ``which`` and of the companions.

    ``account`` is debited; ``amount`` is in CURRENCY, above zero, as ``money_text`` writes it.
    ``in_shift``: the entry belongs to the actor's open shift, which the act holds.
    """
    facts = {
        "uid": new_uid(),
        "kind": kind.value,
        "business_date": business_date,
        "actor_id": act.actor.pk,
        "reverses_id": None,
    }
    pieces = pieces_around_unread(
        facts, [(account, None, DEBIT, amount, None, None)], (WALLETS, CREDIT, amount)
    )
    numbered = {f"piece_{number}": piece for number, piece in enumerate(pieces)}
    values = {"account": account, "amount": amount, "in_shift": in_shift}
    return {**facts, **numbered, **held_day(business_date), **values}
