"""A wallet's transactions in one list: what moved its money, and what was asked to move it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from client_wallet.history import TRANSFER_TYPES
from client_wallet.models import JournalEntry, Posting, Withdrawal

Kind = JournalEntry.Kind
WITHDRAWAL = "WITHDRAWAL"
_POSTED_TYPES: Mapping[str, Mapping[str, str]] = {  # each by what tells its postings
    "DEPOSIT": {"entry__kind": Kind.DEPOSIT},
    "REVERSAL": {"entry__kind": Kind.REVERSAL},
    "PAYMENT": {"entry__kind": Kind.PAYMENT},
    "REFUND": {"entry__kind": Kind.REFUND},
    "TRANSFER_IN": {"entry__kind": Kind.TRANSFER, "side": Posting.Side.CREDIT},
    "TRANSFER_OUT": {"entry__kind": Kind.TRANSFER, "side": Posting.Side.DEBIT},
    "WITHDRAWAL_RETURNED": {"entry__kind": Kind.WITHDRAWAL_RETURNED},
}
TYPES = (*_POSTED_TYPES, WITHDRAWAL)
COMPLETED, REVERSED = "COMPLETED", "REVERSED"
STATUSES = (*Withdrawal.Status.values, REVERSED)
_WITH_RECEIPT = {Kind.DEPOSIT, Kind.REVERSAL, Kind.PAYMENT, Kind.REFUND}  # as their memo
_SHOWN_DIGITS = 4  # of the number of an account


@dataclass(frozen=True)
class Transaction:
    """
    One row of the list. A withdrawal is one, by its own id, whatever became of it.

    Of a row that moved nothing (yet), ``posted_at`` and ``balance_after`` are None.
    """

    id: UUID
    type: str
    status: str
    amount: Decimal
    direction: str  # DEBIT: out of the wallet; CREDIT: into it
    balance_after: Decimal | None
    created_at: datetime
    posted_at: datetime | None
    receipt_number: str | None = None
    reference_id: str | None = None  # of a transfer, for its sender
    other_wallet: UUID | None = None  # of a transfer
    note: str = ""  # of a transfer
    related_id: UUID | None = None  # the row that this one undoes, or that undoes it
    scheduled_for: datetime | None = None  # of a withdrawal, as all below
    destination: Mapping[str, str] | None = None
    bank_reference: str | None = None
    failure_code: str | None = None
    sequence: int | None = None  # of a posting: 1, 2, 3, … within the wallet


@dataclass(frozen=True)
class Wanted:
    """Which rows to list; what is None narrows nothing. Days are business days, both included."""

    type: str | None = None
    status: str | None = None
    first_day: date | None = None
    last_day: date | None = None


EVERYTHING = Wanted()


def posted(wallet_id: UUID, wanted: Wanted = EVERYTHING) -> QuerySet[Posting]:
    """Return the wallet's postings that are rows of their own: all but debits of withdrawals."""
    postings = (
        Posting.objects.filter(wallet_id=wallet_id)
        .exclude(entry__kind=Kind.WITHDRAWAL)
        .select_related(
            "entry__transfer",
            "entry__reverses",
            "entry__reversed_by_entry",
            "entry__returned_withdrawal",
        )
    )
    if wanted.type is not None:
        told_by = _POSTED_TYPES.get(wanted.type)
        postings = postings.filter(**told_by) if told_by else postings.none()
    if wanted.status is not None:
        postings = _of_status(postings, wanted.status)
    if wanted.first_day is not None:
        postings = postings.filter(entry__business_date__gte=wanted.first_day)
    if wanted.last_day is not None:
        postings = postings.filter(entry__business_date__lte=wanted.last_day)
    return postings


def asked_for(wallet_id: UUID, wanted: Wanted = EVERYTHING) -> QuerySet[Withdrawal]:
    """Return the wallet's withdrawals, each with ``balance_after`` if it was debited."""
    debit = Posting.objects.filter(entry=OuterRef("debit"), wallet=OuterRef("wallet"))
    withdrawals = (
        Withdrawal.objects.filter(wallet_id=wallet_id)
        .select_related("debit", "refund")
        .annotate(balance_after=Subquery(debit.values("balance_after")))
    )
    if wanted.type not in {None, WITHDRAWAL}:
        return withdrawals.none()
    if wanted.status is not None:
        withdrawals = withdrawals.filter(status=wanted.status)
    if wanted.first_day is not None:
        withdrawals = withdrawals.filter(created_at__date__gte=wanted.first_day)
    if wanted.last_day is not None:
        withdrawals = withdrawals.filter(created_at__date__lte=wanted.last_day)
    return withdrawals


def find_transaction(wallet_id: UUID, transaction_id: UUID) -> Transaction | None:
    """Return the wallet's row of this id, or None."""
    if withdrawal := asked_for(wallet_id).filter(pk=transaction_id).first():
        return of_withdrawal(withdrawal)
    if posting := posted(wallet_id).filter(entry__uid=transaction_id).first():
        return of_posting(posting)
    return None


def of_posting(posting: Posting) -> Transaction:
    entry = posting.entry
    reversal = getattr(entry, "reversed_by_entry", None)
    return Transaction(
        id=entry.uid,
        type=TRANSFER_TYPES.get((entry.kind, posting.side), str(entry.kind)),
        status=COMPLETED if reversal is None else REVERSED,
        amount=posting.amount,
        direction=posting.side,
        balance_after=posting.balance_after,
        created_at=entry.posted_at,
        posted_at=entry.posted_at,
        receipt_number=entry.memo if entry.kind in _WITH_RECEIPT else None,
        sequence=posting.wallet_sequence,
        **_of_transfer(posting),
        **_of_undoing(entry),
    )


def of_withdrawal(withdrawal: Any) -> Transaction:
    """Return the row of one that ``asked_for`` gave."""
    number = withdrawal.account_number
    hidden = max(len(number) - _SHOWN_DIGITS, (len(number) + 1) // 2)
    return Transaction(
        id=withdrawal.pk,
        type=WITHDRAWAL,
        status=withdrawal.status,
        amount=withdrawal.amount,
        direction=Posting.Side.DEBIT.value,
        balance_after=withdrawal.balance_after,
        created_at=withdrawal.created_at,
        posted_at=withdrawal.debit and withdrawal.debit.posted_at,
        related_id=withdrawal.refund and withdrawal.refund.uid,
        scheduled_for=withdrawal.scheduled_for,
        destination={
            "bank_code": withdrawal.bank_code,
            "account_number": "*" * hidden + number[hidden:],
            "account_name": withdrawal.account_name,
        },
        bank_reference=withdrawal.bank_reference,
        failure_code=withdrawal.failure_code or None,
    )


def _of_status(postings: QuerySet[Posting], status: str) -> QuerySet[Posting]:
    if status not in {COMPLETED, REVERSED}:
        return postings.none()
    return postings.filter(entry__reversed_by_entry__isnull=status == COMPLETED)


def _of_transfer(posting: Posting) -> dict[str, Any]:
    transfer = getattr(posting.entry, "transfer", None)
    if transfer is None:
        return {}
    if posting.side == Posting.Side.CREDIT:
        return {"other_wallet": transfer.from_wallet_id, "note": transfer.note}
    return {
        "other_wallet": transfer.to_wallet_id,
        "note": transfer.note,
        "reference_id": transfer.reference_id,
    }


def _of_undoing(entry: JournalEntry) -> dict[str, Any]:
    """Return what ties an entry to the row that it undoes, or that undoes it."""
    if withdrawal := getattr(entry, "returned_withdrawal", None):
        return {"related_id": withdrawal.pk, "bank_reference": withdrawal.bank_reference}
    other = entry.reverses or getattr(entry, "reversed_by_entry", None)
    return {"related_id": other.uid} if other else {}
