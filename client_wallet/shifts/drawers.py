"""Whose drawer takes and gives money: the open shift behind every act at the desk, and its lock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone

from client_wallet import ledger
from client_wallet.errors import DrawerShort, NoOpenShift
from client_wallet.models import LedgerAccount, PaymentMethod, Shift
from hospital.core.acts import Act
from hospital.core.money import CENT, ZERO, money_text
from hospital.core.statements import Statement, run
from hospital.core.transactions import TransactionConflict

_SHIFT_LOCKS = 0x5348_4654  # "SHFT": the class of the advisory locks on cashiers' shifts
_HOLD = (
    f"pg_advisory_xact_lock_shared({_SHIFT_LOCKS}, mod(%(cashier_id)s::bigint, 2147483647)::int)"
)
_HOLD_SHIFT = Statement("hold_shift", f"SELECT {_HOLD}")
_HOLD_DRAWER = Statement("hold_drawer", f"SELECT {_HOLD.replace('_shared', '')}")
_OPEN_SHIFT_OF = "open.cashier_id = %(cashier_id)s::bigint AND open.status = 'OPEN'"
_FIND_SHIFT = Statement(
    "find_open_shift",
    f"SELECT open.id FROM client_wallet_shift open WHERE {_OPEN_SHIFT_OF}",  # noqa: S608 - no input in it
)
# For the statement that locks a wallet (see ledger.DAY_IS_HELD): where the act is ``in_shift``, the
# shift is held for a row that is found, and no row is found and locked while no shift is open.
SHIFT_IS_HELD = f"""
    CASE WHEN %(in_shift)s::boolean THEN {_HOLD}::text IS NOT NULL ELSE true END
    AND (NOT %(in_shift)s::boolean
         OR EXISTS (SELECT FROM client_wallet_shift open WHERE {_OPEN_SHIFT_OF}))""".replace(
    "cashier_id)s", "actor_id)s"
)  # noqa: S608 - no input in it
_WRITE_SHIFT = Statement(
    "open_shift",
    """
    INSERT INTO client_wallet_shift
           (cashier_id, drawer_id, status, opened_at, opened_by_id, opening_float,
            acceptance_reason)
    VALUES (%(cashier_id)s::bigint, %(drawer)s::text, 'OPEN', %(opened_at)s::timestamptz,
            %(opened_by)s::bigint, %(opening_float)s::numeric, '')
    ON CONFLICT (cashier_id) WHERE status = 'OPEN' DO NOTHING
    RETURNING id""",
)
_CASH_ON_HAND = Statement(
    "cash_on_hand",
    """
    SELECT coalesce(sum(CASE line.side WHEN 'DEBIT' THEN line.amount ELSE -line.amount END), 0)
      FROM client_wallet_shift shift
      JOIN client_wallet_journalentry entry ON entry.shift_id = shift.id
      JOIN client_wallet_posting line
           ON line.entry_id = entry.id AND line.account_id = shift.drawer_id
     WHERE shift.id = %(shift_id)s::bigint""",
)
_ACCOUNTS: Mapping[str, str] = {
    PaymentMethod.CARD: ledger.CARD_CLEARING,
    PaymentMethod.TRANSFER: ledger.BANK,
}


@dataclass(frozen=True)
class Till:
    """Where money of a method is taken and given: an account, and the shift of the entry."""

    account: str
    shift_id: int | None


def drawer_account(cashier_id: int) -> str:
    """Return the code of a cashier's drawer: ``CASH-0007``."""
    return f"{ledger.DRAWER}{cashier_id:04d}"


def till_account(payment_method: str, cashier_id: int) -> str:
    """Return the account of a cashier's till for CASH, CARD or TRANSFER."""
    if payment_method == PaymentMethod.CASH:
        return drawer_account(cashier_id)
    return _ACCOUNTS[payment_method]


def hold_shift(act: Act) -> int | None:
    """
    Keep the actor's shift from being counted or closed until the transaction ends; return the open
    one's id, if there is one.

    A shared advisory lock, taken right after the business day's and before any row. It waits for
    whoever counts, closes or pays out of that drawer.
    """
    return hold_shift_of(act.actor.pk)


def hold_shift_of(cashier_id: int) -> int | None:
    """Do as ``hold_shift``, for a cashier who is not the actor."""
    found = run([_HOLD_SHIFT, _FIND_SHIFT], {"cashier_id": cashier_id})
    return found[0] if found else None


def hold_drawer(cashier_id: int) -> int | None:
    """
    Keep every other act out of a cashier's drawer until the transaction ends; return the open
    shift's id, if there is one.

    The lock of ``hold_shift``, taken alone: for counting, closing and paying out.
    """
    found = run([_HOLD_DRAWER, _FIND_SHIFT], {"cashier_id": cashier_id})
    return found[0] if found else None


def hold_drawers(cashier_ids: Iterable[int]) -> None:
    """Take ``hold_drawer`` of several cashiers, in the order of their ids."""
    for cashier_id in sorted(set(cashier_ids)):
        hold_drawer(cashier_id)


def till_of(act: Act, payment_method: str) -> Till:
    """
    Return the actor's till for money that comes in by CASH, CARD or TRANSFER.

    Holds the actor's shift (``hold_shift``) and opens one if there is none. An act that keeps a key
    calls ``hold_shift`` first and this after it looked the key up: a repetition opens no shift.

    :raises NoOpenShift: if no shift is open and SHIFT_OPENS_ITSELF is off
    """
    shift_id = hold_shift(act) or open_by_itself(act)
    return Till(till_account(payment_method, act.actor.pk), shift_id)


def payout_till(act: Act, payment_method: str, amount: Decimal) -> Till:
    """
    Return the actor's till for money that is paid out; of cash it holds at least ``amount``.

    Holds the drawer alone (``hold_drawer``) and opens a shift if there is none. An act that keeps
    a key calls ``hold_drawer`` first and this after it looked the key up.

    :raises NoOpenShift: if no shift is open and SHIFT_OPENS_ITSELF is off
    :raises DrawerShort: if the drawer holds less cash
    """
    shift_id = hold_drawer(act.actor.pk) or open_by_itself(act)
    if payment_method == PaymentMethod.CASH:
        require_cash(shift_id, amount)
    return Till(till_account(payment_method, act.actor.pk), shift_id)


def taking_till(entry_id: int, payment_method: str, amount: Decimal) -> Till | None:
    """
    Return the till whose entry took money, to give ``amount`` back out of it; None where its shift
    is open no more or holds less cash. The caller holds that drawer.
    """
    shift = Shift.objects.filter(entries=entry_id, status=Shift.Status.OPEN).first()
    if shift is None:
        return None
    if payment_method == PaymentMethod.CASH and cash_on_hand(shift.pk) < amount:
        return None
    return Till(till_account(payment_method, shift.cashier_id), shift.pk)


def require_cash(shift_id: int, amount: Decimal) -> None:
    """
    Make sure that a shift's drawer, which the caller holds, has so much cash.

    :raises DrawerShort: if it has less
    """
    if cash_on_hand(shift_id) < amount:
        raise DrawerShort(requested=money_text(amount))


def cash_on_hand(shift_id: int) -> Decimal:
    """Return what a shift's drawer holds, as the journal has it."""
    found = run([_CASH_ON_HAND], {"shift_id": shift_id})
    held: Decimal = found[0] if found else ZERO
    return held.quantize(CENT)


def open_by_itself(act: Act) -> int:
    """
    Return the actor's open shift, opening an empty one; the caller holds the actor's shift.

    :raises NoOpenShift: if none is open and SHIFT_OPENS_ITSELF is off
    """
    return open_for(act.actor.pk, opened_by=act.actor)


def open_for(cashier_id: int, *, opened_by: Any) -> int:
    """Do as ``open_by_itself``, for a cashier who is not the actor."""
    if not settings.SHIFT_OPENS_ITSELF:
        raise NoOpenShift
    shift_id = write_shift(cashier_id, ZERO, opened_by=opened_by)
    if shift_id is None:  # opened at the same time by another act of the cashier
        found = run([_FIND_SHIFT], {"cashier_id": cashier_id})
        shift_id = found[0] if found else None
    if shift_id is None:
        raise TransactionConflict
    return shift_id


def write_shift(cashier_id: int, opening_float: Decimal, *, opened_by: Any) -> int | None:
    """Open a shift, and the drawer's account at the first one; None if one is open."""
    drawer = LedgerAccount(
        code=drawer_account(cashier_id),
        name=f"Cash drawer {cashier_id:04d}",
        kind=LedgerAccount.Kind.ASSET,
    )
    LedgerAccount.objects.bulk_create([drawer], ignore_conflicts=True)
    values = {
        "cashier_id": cashier_id,
        "drawer": drawer.code,
        "opened_at": timezone.now(),
        "opened_by": opened_by.pk,
        "opening_float": opening_float,
    }
    written = run([_WRITE_SHIFT], values)
    return written[0] if written else None
