"""
The journal's only writer. It knows accounts, wallets and amounts, never patients or bills.

Every act calls ``hold_business_day`` first, locks the wallets it touches with ``lock_wallets``,
decides on what the locked rows say, and hands all lines of the entry to ``post`` at once. An act in
a hurry writes more in the same statement: it drafts the entry with ``draft`` and hands it to
``write`` with the parts of its own.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from client_wallet.chain import around_memo, entry_facts, hashed_memo, link_hash
from client_wallet.errors import BalanceLimit, DayClosed, InsufficientFunds, UnbalancedEntry
from client_wallet.ledger.entry_sql import Companions as Companions
from client_wallet.ledger.entry_sql import entry_statement
from client_wallet.models import (
    BusinessDayClosure,
    JournalEntry,
    LedgerAccount,
    Posting,
    WalletAccount,
)
from hospital.core.acts import Act
from hospital.core.money import CENT, MAX_BALANCE, ZERO, money_text
from hospital.core.statements import Part, Statement, run
from hospital.core.uids import new_uid

CASH = "CASH"  # the one drawer of the time before shifts
DRAWER = "CASH-"  # CASH-0007, … one per cashier
SAFE = "SAFE"
CASH_IN_TRANSIT = "CASH_IN_TRANSIT"  # left a drawer, not yet received
CASH_OVER_SHORT = "CASH_OVER_SHORT"
CASH_ROUNDING = "CASH_ROUNDING"  # what cash payments were rounded by
CARD_CLEARING = "CARD_CLEARING"
BANK = "BANK"
IN_TRANSIT = "WITHDRAWALS_IN_TRANSIT"  # left a wallet, not yet at the bank
GATEWAY_CLEARING = "GATEWAY_CLEARING"  # paid to the gateway, not yet to the bank
GATEWAY_FEES = "GATEWAY_FEES"
WALLETS = "WALLETS"  # the liability whose parts are the wallets
WAIVERS = "WAIVERS"  # forgiven: what revenue has that nobody pays
RECEIVABLE = "RECEIVABLE"  # RECEIVABLE-AXA, RECEIVABLE-NHIS, … one per payer
WRITE_OFFS = "WRITE_OFFS"  # owed by payers, and never paid
REVENUE = "REVENUE"  # REVENUE-PHARMACY, REVENUE-LABORATORY, … one per department

DEBIT = Posting.Side.DEBIT.value
CREDIT = Posting.Side.CREDIT.value

_DAY_LOCKS = 0x4441_5953  # "DAYS": the class of the advisory locks on business days
_HOLD = f"pg_advisory_xact_lock_shared({_DAY_LOCKS}, %(day_number)s::integer)"
HOLD_DAY = Statement("hold_business_day", f"SELECT {_HOLD}")
_SHUT_DAY = Statement("shut_business_day", f"SELECT {_HOLD.replace('_shared', '')}")
# For the statement that locks a wallet: holds the day for a row that is found, and before its lock.
DAY_IS_HELD = f"{_HOLD}::text IS NOT NULL"


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
    memo: str = ""


_MEMO_ONLY = Companions(
    "entry", (Part("memo", "SELECT %(memo)s::text AS text, %(hashed_memo)s::text AS hashed"),)
)


@dataclass(frozen=True)
class _Row:
    """One posting as it is written; all but its hash, which the statement computes."""

    account: str
    wallet: WalletAccount | None
    side: str
    amount: Decimal
    sequence: int | None = None
    balance_after: Decimal | None = None

    @property
    def wallet_id(self) -> UUID | None:
        return self.wallet.pk if self.wallet else None


@dataclass(frozen=True)
class Draft:
    """An entry that nothing speaks against, not yet written; its wallets are locked."""

    facts: Mapping[str, Any]  # its columns but the memo
    rows: Sequence[_Row]

    @property
    def posted_at(self) -> datetime:
        instant: datetime = self.facts["posted_at"]
        return instant

    @property
    def business_date(self) -> date:
        day: date = self.facts["business_date"]
        return day

    @property
    def new_balances(self) -> dict[UUID, Decimal]:
        """What each of its wallets will hold."""
        return {row.wallet.pk: row.balance_after or ZERO for row in self.rows if row.wallet}


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
    run([HOLD_DAY], held_day(today))
    return today


def shut_business_day(day: date) -> None:
    """
    Keep every act out of a business day until the transaction ends; wait for those that are in it.

    Takes the lock of ``hold_business_day`` exclusively: whoever closes the day alone needs that.
    """
    run([_SHUT_DAY], held_day(day))


def require_open(day: date) -> None:
    """
    Refuse an act that posts nothing as ``post`` would have refused it. The caller holds the day.

    :raises DayClosed: if the business day was closed
    """
    if BusinessDayClosure.objects.filter(business_date=day).exists():
        raise DayClosed(business_date=str(day))


def held_day(day: date) -> dict[str, int]:
    """Return the values of ``HOLD_DAY`` and ``DAY_IS_HELD``."""
    return {"day_number": day.toordinal()}


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
    shift_id: int | None = None,
) -> Posted:
    """
    Write one entry with all its lines and the wallets' new balances, in one statement.

    Amounts are in CURRENCY, two places, above zero. The caller holds the business day and the lock
    of every wallet named; the wallets given are brought up to date. What moves takings at the desk
    names the shift of its till (``client_wallet.shifts.till_of``), which the caller holds.
    Repetition writes another entry: keys are the caller's matter.

    :raises InsufficientFunds: if a wallet would fall below zero
    :raises BalanceLimit: if a wallet would hold more than its column can
    :raises DayClosed: if the business day was closed
    :raises UnbalancedEntry: if debits and credits differ (a bug of the caller)
    """
    entry = draft(
        act,
        kind=kind,
        business_date=business_date,
        debits=debits,
        credits=credits,
        reverses=reverses,
        shift_id=shift_id,
    )
    posted, _ = write(entry, _MEMO_ONLY, {"memo": memo, "hashed_memo": hashed_memo(memo)})
    return posted


def draft(
    act: Act,
    *,
    kind: JournalEntry.Kind,
    business_date: date,
    debits: Sequence[Line],
    credits: Sequence[Line],
    reverses: int | None = None,
    shift_id: int | None = None,
) -> Draft:
    """
    Return the entry as ``write`` will write it. Locks, amounts and refusals are those of ``post``.

    :raises InsufficientFunds: if a wallet would fall below zero
    :raises BalanceLimit: if a wallet would hold more than its column can
    :raises UnbalancedEntry: if debits and credits differ (a bug of the caller)
    """
    _require_balance(debits, credits)
    wallets = [line.wallet for line in (*debits, *credits) if line.wallet]
    facts = {
        "uid": new_uid(),
        "kind": kind.value,
        "posted_at": _not_before(timezone.now(), wallets),
        "business_date": business_date,
        "actor_id": act.actor.pk,
        "reverses_id": reverses,
        "shift_id": shift_id,
    }
    return Draft(facts, [*_rows(debits, DEBIT), *_rows(credits, CREDIT)])


def write(
    entry: Draft, companions: Companions, values: Mapping[str, Any]
) -> tuple[Posted, tuple[Any, ...]]:
    """
    Write a drafted entry, the wallets' new balances and what the companions add, in one statement.

    ``values`` are those of the companions' parts; the wallets are brought up to date. Return what
    was posted, and the companions' answers.

    :raises DayClosed: if the business day was closed
    """
    links = dict(_links(entry))
    statement = entry_statement(
        companions, tuple((row.side, bool(row.wallet)) for row in entry.rows)
    )
    written = run([statement], {**entry.facts, **_line_values(entry.rows, links), **values})
    if written is None:
        raise DayClosed(business_date=str(entry.business_date))
    entry_id, memo, *answers = written
    for number, around in links.items():
        _bring_up_to_date(entry, entry.rows[number], link_hash(around, memo))
    return Posted(entry_id, entry.posted_at, entry.business_date, memo), tuple(answers)


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
            line.account, line.wallet, side, line.amount, line.wallet.last_sequence + 1, balance
        )


def _links(entry: Draft) -> Iterator[tuple[int, tuple[str, str]]]:
    """Yield the number of each line on a wallet, and what is hashed for it around the memo."""
    facts = entry_facts(**entry.facts, memo="")
    lines = [
        (row.account, row.wallet_id, row.side, row.amount, row.sequence, row.balance_after)
        for row in entry.rows
    ]
    for number, row in enumerate(entry.rows):
        if row.wallet:
            yield number, around_memo(row.wallet.chain_head, facts, lines)


def _line_values(rows: Sequence[_Row], links: Mapping[int, tuple[str, str]]) -> dict[str, Any]:
    """Return the values of an entry's lines: each by its column, and the number of its line."""
    values: dict[str, Any] = {}
    for number, row in enumerate(rows):
        values[f"account_{number}"] = row.account
        values[f"amount_{number}"] = row.amount
        if number in links:
            values[f"wallet_{number}"] = row.wallet_id
            values[f"sequence_{number}"] = row.sequence
            values[f"balance_{number}"] = row.balance_after
            values[f"before_{number}"], values[f"after_{number}"] = links[number]
    return values


def _bring_up_to_date(entry: Draft, row: _Row, link: str) -> None:
    if row.wallet is None or row.balance_after is None:
        return
    row.wallet.account_balance = row.balance_after
    row.wallet.last_sequence += 1
    row.wallet.chain_head = link
    row.wallet.last_posted_at = entry.posted_at
