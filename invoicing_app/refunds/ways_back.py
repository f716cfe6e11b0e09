"""
Where each amount of a refund goes.

Money goes back the way it came: first what was paid from the wallet, then by card, then by bank
transfer, and cash last, so that as little as can be leaves a drawer.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet, Sum

from client_wallet.models import PaymentMethod
from hospital.core.money import ZERO
from invoicing_app.models import DepositReceiving, PaymentTender
from invoicing_app.refunds.models import Refund, RefundTender
from invoicing_app.tenders import in_coins

_ORDER = (
    PaymentMethod.WALLET,
    PaymentMethod.CARD,
    PaymentMethod.TRANSFER,
    PaymentMethod.CASH,
)


@dataclass(frozen=True)
class PlannedTender:
    """What goes back of one tender, and by which method."""

    tender: PaymentTender
    amount: Decimal
    goes_to: str


def live_refunds(payment: DepositReceiving, instead_of: Refund | None) -> QuerySet[Refund]:
    """Return the refunds that hold a part of a payment, but for one that is to be replaced."""
    live = Refund.objects.live().filter(payment=payment)
    return live if instead_of is None else live.exclude(pk=instead_of.pk)


def in_force(parts: QuerySet[Any]) -> QuerySet[Any]:
    """Return lines or tenders of refunds as they are asked for now."""
    return parts.filter(version=F("refund__version"))


def ways_back(
    payment: DepositReceiving,
    amount: Decimal,
    cash_to: str,
    instead_of: Refund | None,
    *,
    is_all: bool,
) -> list[PlannedTender]:
    """
    Spread the patient's part over what the tenders still hold; the last refund takes all of it.

    What goes back in cash is in whole coins.
    """
    parts = in_force(RefundTender.objects.filter(refund__in=live_refunds(payment, instead_of)))
    gone = dict(parts.values("tender").annotate(Sum("amount")).values_list("tender", "amount__sum"))
    rest, found = amount, []
    for tender in _in_order(payment):
        left = tender.amount - gone.get(tender.pk, ZERO)
        goes_to = cash_to if tender.payment_method == PaymentMethod.CASH else tender.payment_method
        part = left if is_all else min(rest, left)
        rest -= min(rest, left)
        if goes_to == PaymentMethod.CASH:
            part = _in_cash(part, left)
        if part > 0:
            found.append(PlannedTender(tender, part, str(goes_to)))
    return found


def _in_order(payment: DepositReceiving) -> list[PaymentTender]:
    tenders = payment.tenders.order_by("pk")
    return sorted(
        tenders, key=lambda one: (_ORDER.index(PaymentMethod(one.payment_method)), one.pk)
    )


def _in_cash(amount: Decimal, left: Decimal) -> Decimal:
    """Return an amount in whole coins, never more than is left of the tender."""
    coin = settings.CASH_SMALLEST_COIN
    in_whole_coins = in_coins(amount)
    if not coin or in_whole_coins <= left:
        return min(in_whole_coins, left)
    return left // coin * coin
