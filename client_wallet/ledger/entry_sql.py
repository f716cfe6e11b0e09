"""The statement that writes an entry, its lines, the wallets' balances and what goes with it."""

from dataclasses import dataclass
from functools import lru_cache

from hospital.core.statements import Part, Statement


@dataclass(frozen=True, eq=False)  # compared by identity: it is looked up for each entry
class Companions:
    """
    What is written in the statement of an entry besides it, by ``name`` in the statement's name.

    ``before`` ends with a part called ``memo``, whose row is the entry's memo: as ``text``, and
    ``hashed``, as a JSON string holds it. Each part of ``after`` may read ``entry`` (id, posted_at,
    business_date, actor_id, memo) and, where the entry has lines on wallets, ``link`` (wallet,
    balance). ``answers`` are what ``write`` returns beside what it posted.
    """

    name: str
    before: tuple[Part, ...]
    after: tuple[Part, ...] = ()
    answers: str = "NULL"


_LINE = """
    (%(account_{0})s::text, NULL::uuid, '{1}', %(amount_{0})s::numeric,
     NULL::bigint, NULL::numeric)"""
_WALLET_LINE = """
    (%(account_{0})s::text, %(wallet_{0})s::uuid, '{1}', %(amount_{0})s::numeric,
     %(sequence_{0})s::bigint, %(balance_{0})s::numeric)"""
_LINK = """
    (%(wallet_{0})s::uuid, %(sequence_{0})s::bigint, %(balance_{0})s::numeric,
     %(before_{0})s::text, %(after_{0})s::text)"""
_WRITE_ENTRY = """
    WITH {before},
    entry AS (
        INSERT INTO client_wallet_journalentry
               (uid, kind, posted_at, business_date, actor_id, memo, reverses_id, shift_id)
        SELECT %(uid)s::uuid, %(kind)s::text, %(posted_at)s::timestamptz,
               %(business_date)s::date, %(actor_id)s::bigint, memo.text, %(reverses_id)s::bigint,
               %(shift_id)s::bigint
          FROM memo
         WHERE NOT EXISTS (SELECT FROM client_wallet_businessdayclosure closure
                            WHERE closure.business_date = %(business_date)s::date)
        RETURNING id, posted_at, business_date, actor_id, memo),
    {balances}
    lines AS (
        INSERT INTO client_wallet_posting
               (entry_id, account_id, wallet_id, side, amount,
                wallet_sequence, balance_after, chain_hash)
        SELECT entry.id, line.*, {hash}
          FROM entry, (VALUES {lines})
            AS line (account, wallet, side, amount, sequence, balance))
    {after}
    SELECT id, memo, {answers} FROM entry"""
_WRITE_BALANCES = """
    link AS (
        SELECT chained.wallet, chained.sequence, chained.balance,
               encode(sha256(convert_to(
                   chained.before || memo.hashed || chained.after, 'UTF8')), 'hex') AS hash
          FROM memo, (VALUES {links}) AS chained (wallet, sequence, balance, before, after)),
    balances AS (
        UPDATE client_wallet_walletaccount wallet
           SET account_balance = link.balance, last_sequence = link.sequence,
               chain_head = link.hash, last_posted_at = entry.posted_at
          FROM entry, link
         WHERE wallet.id = link.wallet),"""
_HASH = "coalesce((SELECT link.hash FROM link WHERE link.wallet = line.wallet), '')"


@lru_cache(maxsize=256)
def entry_statement(companions: Companions, lines: tuple[tuple[str, bool], ...]) -> Statement:
    """
    Return the statement for such lines: the side of each, and whether it is on a wallet.

    VALUES of a fixed size, because array parameters are planned anew on each call: measured, 859
    against 501 µs.
    """
    links = [_LINK.format(number) for number, (_, on_wallet) in enumerate(lines) if on_wallet]
    rows = [
        (_WALLET_LINE if on_wallet else _LINE).format(number, side)
        for number, (side, on_wallet) in enumerate(lines)
    ]
    sql = _WRITE_ENTRY.format(
        before=", ".join(f"{part.name} AS ({part.sql})" for part in companions.before),
        balances=_WRITE_BALANCES.format(links=", ".join(links)) if links else "",
        hash=_HASH if links else "''",
        lines=", ".join(rows),
        after="".join(f", {part.name} AS ({part.sql})" for part in companions.after),
        answers=companions.answers,
    )
    shape = "_".join(side + ("_wallet" if on_wallet else "") for side, on_wallet in lines)
    return Statement(f"post_{companions.name}_{shape}".lower(), sql)
