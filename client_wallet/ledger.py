"""
The journal's only writer. It knows accounts, wallets and amounts, never patients or bills.

Every act calls ``hold_business_day`` first, locks the wallets it touches with ``lock_wallets``,
decides on what the locked rows say, and hands all lines of the entry to ``post`` at once.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone

from client_wallet.errors import BalanceLimit, DayClosed, InsufficientFunds, UnbalancedEntry
from client_wallet.models import JournalEntry, LedgerAccount, Posting, WalletAccount
from hospital.core.acts import Act
from hospital.core.money import CENT, MAX_BALANCE, money_text
from hospital.core.times import wire_time

CASH = "CASH"
CARD_CLEARING = "CARD_CLEARING"
BANK = "BANK"
WALLETS = "WALLETS"  # the liability whose parts are the wallets
REVENUE = "REVENUE"  # REVENUE-PHARMACY, REVENUE-LABORATORY, … one per department

DEBIT = Posting.Side.DEBIT.value
CREDIT = Posting.Side.CREDIT.value

_DAY_LOCKS = 0x4441_5953  # "DAYS": the class of the advisory locks on business days


@dataclass(frozen=True)
class Line:
    """
    One side of an entry before it is posted: ``amount`` above zero; ``wallet`` locked, or None.
    """

    account: str  # a LedgerAccount.code
    amount: Decimal
    wallet: WalletAccount | None = None


@dataclass(frozen=True)
class Posted:
    """What ``post`` wrote."""

    entry_id: int
    posted_at: datetime
    business_date: date


@dataclass(frozen=True)
class _Row:
    """One posting as it is written: the order of its fields is that of the SQL below."""

    account: str
    wallet_id: UUID | None
    side: str
    amount: Decimal
    sequence: int | None = None
    balance_after: Decimal | None = None
    chain_hash: str = ""


def wallet_line(wallet: WalletAccount, amount: Decimal) -> Line:
    """Return a line on a wallet that the caller has locked."""
    return Line(WALLETS, amount, wallet)


def hold_business_day() -> date:
    """
    Return today's business date and keep it from being closed until the transaction ends.

    Takes a shared advisory lock: the first lock of every act. Whether the day was closed before is
    seen by ``post``, in a later statement than this lock.
    """
    today = timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(%s, %s)", [_DAY_LOCKS, today.toordinal()]
        )
    return today


def lock_wallets(wallet_ids: Iterable[UUID]) -> dict[UUID, WalletAccount]:
    """
    Lock wallets in id order (``FOR NO KEY UPDATE``) and return them as they are under the lock.
    """
    locked = WalletAccount.objects.select_for_update(of=("self",), no_key=True)
    return {wallet.pk: wallet for wallet in locked.filter(pk__in=set(wallet_ids)).order_by("pk")}


def revenue_accounts(departments: Mapping[str, str]) -> None:
    """
    Open the revenue account of each department (code → name) that has none yet. One statement.
    """
    accounts = [
        LedgerAccount(
            code=f"{REVENUE}-{code}", name=f"Revenue: {name}", kind=LedgerAccount.Kind.REVENUE
        )
        for code, name in sorted(departments.items())  # one order for all: no deadlock
    ]
    LedgerAccount.objects.bulk_create(accounts, ignore_conflicts=True)


def post(
    act: Act,
    *,
    kind: JournalEntry.Kind,
    business_date: date,
    debits: Sequence[Line],
    credits: Sequence[Line],
    memo: str = "",
    reverses: int | None = None,
) -> Posted:
    """
    Write one entry with all its lines and the wallets' new balances, in one statement.

    Amounts are in CURRENCY, two places, above zero. The caller holds the business day and the lock
    of every wallet named; the wallets given are brought up to date. Repetition writes another
    entry: keys are the caller's matter.

    :raises InsufficientFunds: if a wallet would fall below zero
    :raises BalanceLimit: if a wallet would hold more than its column can
    :raises DayClosed: if the business day was closed
    :raises UnbalancedEntry: if debits and credits differ (a bug of the caller)
    """
    _require_balance(debits, credits)
    wallets = [line.wallet for line in (*debits, *credits) if line.wallet]
    posted_at = _not_before(timezone.now(), wallets)
    rows = [*_rows(debits, DEBIT), *_rows(credits, CREDIT)]
    facts = entry_facts(
        uid=uuid4(),
        kind=kind.value,
        posted_at=posted_at,
        business_date=business_date,
        actor_id=act.actor.pk,
        memo=memo,
        reverses_id=reverses,
    )
    heads = {wallet.pk: wallet.chain_head for wallet in wallets}
    rows = list(_chained(facts, rows, heads))
    entry_id = _insert(facts, rows)
    _bring_up_to_date(wallets, rows, posted_at)
    return Posted(entry_id, posted_at, business_date)


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
    written = [
        previous,
        *(_text(value) for value in facts.values()),
        sorted([_text(value) for value in line] for line in lines),
    ]
    return hashlib.sha256(json.dumps(written, separators=(",", ":")).encode()).hexdigest()


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return money_text(value)
    if isinstance(value, datetime):
        return wire_time(value)
    return str(value)


def _require_balance(debits: Sequence[Line], credits: Sequence[Line]) -> None:
    lines = [*debits, *credits]
    wallets = [line.wallet.pk for line in lines if line.wallet]
    if any(line.amount <= 0 or line.amount != line.amount.quantize(CENT) for line in lines):
        raise UnbalancedEntry("every line needs an amount above zero, in whole cents")
    if not debits or sum(line.amount for line in debits) != sum(line.amount for line in credits):
        raise UnbalancedEntry("debits and credits differ")
    if len(wallets) != len(set(wallets)):
        raise UnbalancedEntry("a wallet stands in one line of an entry only")


def _not_before(now: datetime, wallets: Iterable[WalletAccount]) -> datetime:
    """A wallet's time never runs backwards, even where the clock does."""
    return max([now, *(wallet.last_posted_at for wallet in wallets if wallet.last_posted_at)])


def _rows(lines: Iterable[Line], side: str) -> Iterator[_Row]:
    for line in lines:
        if line.wallet is None:
            yield _Row(line.account, None, side, line.amount)
            continue
        change = line.amount if side == CREDIT else -line.amount  # a wallet is a liability
        balance = line.wallet.account_balance + change
        if balance < 0:
            raise InsufficientFunds(
                available=money_text(line.wallet.account_balance), requested=money_text(line.amount)
            )
        if balance > MAX_BALANCE:
            raise BalanceLimit
        yield _Row(
            line.account, line.wallet.pk, side, line.amount, line.wallet.last_sequence + 1, balance
        )


def _chained(
    facts: Mapping[str, Any], rows: Sequence[_Row], heads: Mapping[UUID, str]
) -> Iterator[_Row]:
    lines = [
        (row.account, row.wallet_id, row.side, row.amount, row.sequence, row.balance_after)
        for row in rows
    ]
    for row in rows:
        if row.wallet_id is None:
            yield row
        else:
            yield replace(row, chain_hash=chain_hash(heads[row.wallet_id], facts, lines))


_LINE = "(%s::text, %s::uuid, %s::text, %s::numeric, %s::bigint, %s::numeric, %s::text)"
_BALANCE = "(%s::uuid, %s::bigint, %s::numeric, %s::text)"
_WRITE_ENTRY = """
    WITH entry AS (
        INSERT INTO client_wallet_journalentry
               (uid, kind, posted_at, business_date, actor_id, memo, reverses_id)
        SELECT %s::uuid, %s, %s::timestamptz, %s::date, %s, %s, %s::bigint
         WHERE NOT EXISTS (SELECT FROM client_wallet_businessdayclosure closure
                            WHERE closure.business_date = %s)
        RETURNING id, posted_at),
    {balances}
    lines AS (
        INSERT INTO client_wallet_posting
               (entry_id, account_id, wallet_id, side, amount,
                wallet_sequence, balance_after, chain_hash)
        SELECT entry.id, line.*
          FROM entry, (VALUES {lines})
            AS line (account, wallet, side, amount, sequence, balance, hash))
    SELECT id FROM entry"""
_WRITE_BALANCES = """
    balances AS (
        UPDATE client_wallet_walletaccount wallet
           SET account_balance = new.balance, last_sequence = new.sequence,
               chain_head = new.head, last_posted_at = entry.posted_at
          FROM entry, (VALUES {balances}) AS new (id, sequence, balance, head)
         WHERE wallet.id = new.id),"""


@lru_cache(maxsize=64)
def _statement(lines: int, wallets: int) -> str:
    """
    Return the SQL for so many lines and wallets; wallets first among its parameters.

    VALUES of a fixed size, because array parameters are planned anew on each call: measured, 859
    against 501 µs.
    """
    balances = _WRITE_BALANCES.format(balances=", ".join([_BALANCE] * wallets))
    return _WRITE_ENTRY.format(
        balances=balances if wallets else "", lines=", ".join([_LINE] * lines)
    )


def _insert(facts: Mapping[str, Any], rows: Sequence[_Row]) -> int:
    parameters: list[Any] = [*facts.values(), facts["business_date"]]
    chained = [row for row in rows if row.wallet_id]
    for row in chained:
        parameters += [row.wallet_id, row.sequence, row.balance_after, row.chain_hash]
    for row in rows:
        parameters += [row.account, row.wallet_id, row.side, row.amount]
        parameters += [row.sequence, row.balance_after, row.chain_hash]
    with connection.cursor() as cursor:
        cursor.execute(_statement(len(rows), len(chained)), parameters)
        written = cursor.fetchone()
    if written is None:
        raise DayClosed(business_date=str(facts["business_date"]))
    return int(written[0])


def _bring_up_to_date(
    wallets: Iterable[WalletAccount], rows: Iterable[_Row], posted_at: datetime
) -> None:
    written = {row.wallet_id: row for row in rows}
    for wallet in wallets:
        row = written[wallet.pk]
        wallet.account_balance = row.balance_after
        wallet.last_sequence += 1
        wallet.chain_head = row.chain_hash
        wallet.last_posted_at = posted_at
