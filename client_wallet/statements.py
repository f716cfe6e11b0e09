"""A wallet's statement: what it held before a period, what moved, and what it held after."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, F, QuerySet, Subquery, Sum, When
from django.utils import timezone

from client_wallet.history import TRANSFER_TYPES
from client_wallet.models import Posting, WalletAccount
from hospital.core.errors import InvalidRequest
from hospital.core.money import ZERO
from smcapp1.models import PatientProfile

_SIGNED = Case(When(side=Posting.Side.CREDIT, then=F("amount")), default=-F("amount"))


@dataclass(frozen=True)
class Line:
    """One movement; of ``money_in`` and ``money_out`` the other one is None."""

    business_date: date
    posted_at: datetime
    type: str  # as in the list of transactions
    reference: str  # of a receipt, or at the bank
    note: str  # of a transfer
    money_in: Decimal | None
    money_out: Decimal | None
    balance: Decimal  # after it


@dataclass(frozen=True)
class Statement:
    """``opening_balance`` + ``total_in`` - ``total_out`` = ``closing_balance``."""

    wallet: WalletAccount
    first_day: date
    last_day: date
    opening_balance: Decimal
    lines: Sequence[Line]

    @property
    def patient(self) -> PatientProfile:
        return self.wallet.patient

    @property
    def total_in(self) -> Decimal:
        return sum((line.money_in for line in self.lines if line.money_in), ZERO)

    @property
    def total_out(self) -> Decimal:
        return sum((line.money_out for line in self.lines if line.money_out), ZERO)

    @property
    def closing_balance(self) -> Decimal:
        return self.lines[-1].balance if self.lines else self.opening_balance


def wallet_statement(wallet: WalletAccount, first_day: date, last_day: date) -> Statement:
    """
    Return the statement of a period, its business days both included.

    The balance before the period and the movements come from one statement of SQL, hence from one
    view of the journal. Around midnight a wallet's business days may run against its sequence: the
    lines go by day first, and balances are added up along the lines.

    :raises InvalidRequest: if the period ends before it begins, or after today
    """
    if last_day < first_day:
        raise InvalidRequest("last_day", "The period ends before it begins.")
    if last_day > timezone.localdate():
        raise InvalidRequest("last_day", "The period ends today at the latest.")
    postings: list[Any] = list(_postings(wallet.pk, first_day, last_day))
    held = (
        postings[0].opening_balance if postings else next(iter(_held(wallet.pk, first_day)), None)
    )
    opening = held or ZERO
    return Statement(wallet, first_day, last_day, opening, list(_lines(postings, opening)))


def _postings(wallet_id: UUID, first_day: date, last_day: date) -> QuerySet[Posting]:
    days = {"entry__business_date__gte": first_day, "entry__business_date__lte": last_day}
    return (
        Posting.objects.filter(wallet_id=wallet_id, **days)
        .select_related("entry__transfer")
        .annotate(opening_balance=Subquery(_held(wallet_id, first_day)))  # computed once, for all
        .order_by("entry__business_date", "wallet_sequence")
    )


def _held(wallet_id: UUID, day: date) -> QuerySet[Posting, Decimal]:
    """Return what the wallet held before a business day, as the one value of a query."""
    before = Posting.objects.filter(wallet_id=wallet_id, entry__business_date__lt=day)
    return (
        before.order_by()
        .values("wallet")
        .annotate(held=Sum(_SIGNED))
        .values_list("held", flat=True)
    )


def _lines(postings: Sequence[Posting], balance: Decimal) -> Iterator[Line]:
    for posting in postings:
        entry = posting.entry
        is_credit = posting.side == Posting.Side.CREDIT
        balance += posting.amount if is_credit else -posting.amount
        transfer = getattr(entry, "transfer", None)
        yield Line(
            business_date=entry.business_date,
            posted_at=entry.posted_at,
            type=TRANSFER_TYPES.get((entry.kind, posting.side), str(entry.kind)),
            reference=entry.memo,
            note=transfer.note if transfer else "",
            money_in=posting.amount if is_credit else None,
            money_out=None if is_credit else posting.amount,
            balance=balance,
        )
