"""What one person took on one business day, and the newest of the receipts they gave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, QuerySet, Sum

from client_wallet.models import PaymentMethod, WalletDeposit
from hospital.core.money import ZERO
from invoicing_app.models import DepositReceiving, PaymentTender
from invoicing_app.refunds.models import RefundTender

Document = WalletDeposit | DepositReceiving


@dataclass(frozen=True)
class Taken:
    """How many, and how much in all (CURRENCY, two places)."""

    count: int = 0
    amount: Decimal = ZERO


@dataclass(frozen=True)
class MethodTakings:
    """What was taken by one method."""

    method: PaymentMethod
    deposits: Taken
    payments: Taken
    reversed: Taken  # deposits that were given back that day
    refunded: Taken = Taken()  # what was paid out of refunds

    @property
    def net(self) -> Decimal:
        """What came in: a payment from a wallet brings nothing that had not come in before."""
        if self.method == PaymentMethod.WALLET:
            return ZERO
        given_back = self.reversed.amount + self.refunded.amount
        return self.deposits.amount + self.payments.amount - given_back

    @property
    def is_empty(self) -> bool:
        came = self.deposits.count or self.payments.count
        return not (came or self.reversed.count or self.refunded.count)


@dataclass(frozen=True)
class Takings:
    """One person's business day; ``methods`` are those by which anything moved."""

    business_date: date
    methods: Sequence[MethodTakings]

    @property
    def net(self) -> Decimal:
        return sum((one.net for one in self.methods), ZERO)


def takings_of(user: Any, business_date: date) -> Takings:
    """
    Return what a user took on a business day, by method. Four queries.

    A reversal counts on the day it is posted, against whoever took the deposit, a refund against
    whoever paid it out: so the takings of everybody are together what the day's entries moved on
    the tills' accounts.
    """
    mine = WalletDeposit.objects.filter(taken_by=user)
    deposits = _by_method(mine.filter(business_date=business_date), "amount")
    reversals = _by_method(mine.filter(reversal__business_date=business_date), "amount")
    payments = _by_method(
        PaymentTender.objects.filter(payment__taken_by=user, payment__business_date=business_date),
        "amount",
    )
    refunds = _by_method(
        RefundTender.objects.filter(
            refund__paid_by=user,
            refund__business_date=business_date,
            version=F("refund__version"),
        ),
        "amount",
        "goes_to",
    )
    methods = [
        MethodTakings(
            method,
            deposits.get(method, Taken()),
            payments.get(method, Taken()),
            reversals.get(method, Taken()),
            refunds.get(method, Taken()),
        )
        for method in PaymentMethod
    ]
    return Takings(business_date, [one for one in methods if not one.is_empty])


def newest_receipts(user: Any, limit: int) -> Sequence[Document]:
    """Return the deposits and payments that a user took last, with their patients. Two queries."""
    deposits = WalletDeposit.objects.filter(taken_by=user)
    return newest_first(deposits, DepositReceiving.objects.filter(taken_by=user), limit)


def newest_first(
    deposits: QuerySet[WalletDeposit], payments: QuerySet[DepositReceiving], limit: int
) -> Sequence[Document]:
    """Return the newest of both, with their patients. Two queries."""
    newest: list[Document] = [
        *deposits.select_related("wallet__patient").order_by("-pk")[:limit],
        *payments.select_related("consultation__patient").order_by("-pk")[:limit],
    ]
    return sorted(newest, key=lambda one: one.created_at, reverse=True)[:limit]


def _by_method(
    documents: QuerySet[Any], amount: str, method: str = "payment_method"
) -> Mapping[str, Taken]:
    sums = documents.order_by().values_list(method).annotate(Count("pk"), Sum(amount))
    return {by: Taken(count, total) for by, count, total in sums}
