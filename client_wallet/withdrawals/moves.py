"""The only place where a withdrawal changes, and where its money goes on or back."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from client_wallet import ledger
from client_wallet.ledger import BANK, IN_TRANSIT, Line, wallet_line
from client_wallet.models import JournalEntry, WalletAccount, Withdrawal
from hospital.core.acts import Act
from hospital.core.errors import NotFound

Status = Withdrawal.Status
Kind = JournalEntry.Kind


class ForbiddenMove(Exception):
    """A bug of the caller: no withdrawal may go this way."""


def lock_withdrawal(withdrawal_id: UUID) -> Withdrawal:
    """
    Lock a withdrawal and return it as it is under the lock.

    :raises NotFound: if there is none
    """
    locked = Withdrawal.objects.select_for_update(of=("self",), no_key=True)
    try:
        return locked.get(pk=withdrawal_id)
    except Withdrawal.DoesNotExist:
        raise NotFound("There is no withdrawal with this id.") from None


def move(withdrawal: Withdrawal, status: Status, **columns: Any) -> None:
    """
    Give a locked withdrawal another status, and these columns.

    :raises ForbiddenMove: if ``Withdrawal.MOVES`` has no such move
    """
    if status not in Withdrawal.MOVES.get(withdrawal.status, ()):
        raise ForbiddenMove(f"{withdrawal} cannot go from {withdrawal.status} to {status}")
    withdrawal.status = status
    keep(withdrawal, "status", **columns)


def keep(withdrawal: Withdrawal, *changed: str, **columns: Any) -> None:
    """Give a locked withdrawal these columns; its status stays."""
    for name, value in columns.items():
        setattr(withdrawal, name, value)
    withdrawal.save(update_fields=[*changed, *columns])


def debit(withdrawal: Withdrawal, wallet: WalletAccount, day: date, act: Act) -> int:
    """Take the money out of its locked wallet; return the entry's id."""
    return ledger.post(
        act,
        kind=Kind.WITHDRAWAL,
        business_date=day,
        debits=[wallet_line(wallet, withdrawal.amount)],
        credits=[Line(IN_TRANSIT, withdrawal.amount)],
        memo=withdrawal.bank_reference,
    ).entry_id


def settle(withdrawal: Withdrawal, day: date, now: datetime, act: Act, **columns: Any) -> None:
    """The bank has paid: what was in transit has left the bank account."""
    posted = ledger.post(
        act,
        kind=Kind.WITHDRAWAL_SETTLED,
        business_date=day,
        debits=[Line(IN_TRANSIT, withdrawal.amount)],
        credits=[Line(BANK, withdrawal.amount)],
        memo=withdrawal.bank_reference,
    )
    why = {"failure_code": "", "failure_detail": ""}  # what led to a review has been cleared up
    _end(withdrawal, Status.COMPLETED, now, settlement_id=posted.entry_id, **why, **columns)


def refund(withdrawal: Withdrawal, day: date, now: datetime, act: Act, **columns: Any) -> None:
    """The bank has not paid and never will: the money goes back, whatever the wallet's status."""
    wallet = ledger.lock_wallets([withdrawal.wallet_id])[withdrawal.wallet_id]
    posted = ledger.post(
        act,
        kind=Kind.WITHDRAWAL_RETURNED,
        business_date=day,
        debits=[Line(IN_TRANSIT, withdrawal.amount)],
        credits=[wallet_line(wallet, withdrawal.amount)],
        memo=withdrawal.bank_reference,
    )
    _end(withdrawal, Status.FAILED, now, refund_id=posted.entry_id, **columns)


def fail_undebited(withdrawal: Withdrawal, now: datetime, code: str, detail: str) -> None:
    """It never began: nothing was taken from the wallet."""
    _end(withdrawal, Status.FAILED, now, failure_code=code, failure_detail=detail)


def cancel(withdrawal: Withdrawal, now: datetime, act: Act) -> None:
    _end(withdrawal, Status.CANCELLED, now, ended_by=act.actor)


def put_under_review(withdrawal: Withdrawal, code: str, detail: str) -> None:
    """The money stays in transit; a person decides."""
    if withdrawal.status == Status.PROCESSING:
        move(withdrawal, Status.UNKNOWN)
    why = {"failure_code": code, "failure_detail": detail}
    move(withdrawal, Status.NEEDS_REVIEW, **NOTHING_DUE, **why)


NOTHING_DUE: dict[str, None] = {"next_attempt_at": None, "leased_until": None}


def _end(withdrawal: Withdrawal, status: Status, now: datetime, **columns: Any) -> None:
    move(withdrawal, status, ended_at=now, **NOTHING_DUE, **columns)
