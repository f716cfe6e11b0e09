"""What of a payment went back, as receipts and pages say it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Max, Sum

from hospital.core.money import ZERO
from invoicing_app.models import BillItem, DepositReceiving
from invoicing_app.refunds.models import Refund


@dataclass(frozen=True)
class Refunded:
    """``amount`` is what went back to the patient, ``is_whole`` whether every item was refunded."""

    amount: Decimal = ZERO
    last_at: datetime | None = None
    is_whole: bool = False


def refunded_of(payment: DepositReceiving) -> Refunded:
    """Return what of a payment was refunded. Two queries, one where nothing was."""
    paid_out = Refund.objects.filter(payment=payment, status=Refund.Status.PAID)
    sums = paid_out.aggregate(amount=Sum("amount"), rounding=Sum("rounding"), last=Max("paid_at"))
    if sums["last"] is None:
        return Refunded()
    items = BillItem.objects.filter(payment_line__payment=payment)
    left = items.exclude(status=BillItem.Status.REFUNDED).exists()
    return Refunded(sums["amount"] + sums["rounding"], sums["last"], not left)
