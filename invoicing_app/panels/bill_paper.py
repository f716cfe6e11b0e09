"""A bill as it goes onto paper: what everything costs, what is waived, who pays what."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from hospital.core.admin import change_url
from hospital.core.money import ZERO
from invoicing_app.models import BillItem
from invoicing_app.paper_receipts.content import letterhead
from invoicing_app.payment_services import PaymentCalculationService
from invoicing_app.reports.people import person_name
from invoicing_app.waivers.models import WaiverLine
from invoicing_app.waivers.posting import in_force
from smcapp1.models import Consultation


@dataclass(frozen=True)
class PaperLine:
    """One item of the bill, why some of it is waived, and who pays how much."""

    item: BillItem
    waived_because: Sequence[str]
    payer_share: Decimal
    patient_due: Decimal


def bill_paper(request: HttpRequest, visit: Consultation) -> dict[str, Any]:
    """Return a visit's bill as it is now, and where the way leads back."""
    bill = PaymentCalculationService.bill(visit.pk)
    reasons = _reasons(visit)
    lines = [
        PaperLine(item, reasons.get(item.pk, ()), bill.payer_share(item), bill.patient_due(item))
        for item in bill.items
    ]
    return {
        "visit": visit,
        "lines": lines,
        "letterhead": letterhead(),
        "currency": settings.CURRENCY,
        **_sums(lines),
        "due": bill.total_due,
        "back_url": change_url(visit),
        "made_at": timezone.now(),
        "made_by": person_name(request.user),
    }


def _sums(lines: Sequence[PaperLine]) -> dict[str, Decimal]:
    """Return what the bill comes to without refunded items, and what of it nobody owes any more."""
    standing = [line for line in lines if line.item.status != BillItem.Status.REFUNDED]
    paid = [line for line in standing if line.item.status == BillItem.Status.PAID]
    return {
        "total": sum((line.item.line_total for line in standing), ZERO),
        "waived": sum((line.item.waived for line in standing), ZERO),
        "covered": sum((line.payer_share for line in standing), ZERO),
        "paid": sum((line.patient_due for line in paid), ZERO),
    }


def _reasons(visit: Consultation) -> dict[int, list[str]]:
    """Return why something is waived, by the item's id. One query."""
    waived: dict[int, list[str]] = {}
    lines = in_force().filter(waiver__consultation=visit).select_related("waiver__reason")
    line: WaiverLine
    for line in lines.order_by("pk"):
        waived.setdefault(line.bill_item_id, []).append(line.waiver.reason.name)
    return waived
