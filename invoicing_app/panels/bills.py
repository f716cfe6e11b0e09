"""A bill, and what is due on it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest
from django.urls import reverse

from hospital.core.admin import change_url, may
from invoicing_app.forms import payable
from invoicing_app.models import ALL_DEPARTMENTS, NOT_WAIVED, BillItem, DepositReceiving
from invoicing_app.panels.links import add_url
from invoicing_app.panels.waivers import waivers_of
from invoicing_app.panels.wallets import top_up_panel, wallet_panel
from invoicing_app.payment_services import Bill, PaymentCalculationService
from invoicing_app.running_bill import running_bill
from smcapp1.models import Consultation

BILL_PAPER = "admin:smcapp1_consultation_bill_paper"
SEE_PAYMENTS = "invoicing_app.view_depositreceiving"


def with_due(consultations: QuerySet[Consultation]) -> QuerySet[Consultation]:
    """
    Annotate ``due``: the sum of what is unpaid of a consultation and not waived, or None.

    What a payer covers is in it: only the bill itself says that.
    """
    unpaid = BillItem.objects.unpaid().filter(consultation=OuterRef("pk")).order_by()
    owed = Sum(NOT_WAIVED)
    due = unpaid.values("consultation").annotate(due=owed).values("due")
    return consultations.annotate(due=Subquery(due))


@dataclass(frozen=True)
class BillLine:
    """An item of a bill with the ways from it; None where there is none to go."""

    item: BillItem
    payer_share: Decimal
    patient_due: Decimal
    url: str
    receipt_url: str | None
    void_url: str | None


def bill_panel(request: HttpRequest, visit: Consultation) -> dict[str, Any]:
    """Return a visit with its bill, what is due on it, and what the patient's wallet holds."""
    bill = PaymentCalculationService.bill(visit.pk)
    pays = bool(bill.unpaid) and may(request, "invoicing_app.take_payment")
    deposits = may(request, "client_wallet.take_deposit")
    return {
        "visit": visit,
        "patient": visit.patient,
        "patient_url": change_url(visit.patient),
        "lines": _lines(request, bill),
        "dues": [(name, due) for code, name, due in payable(bill) if code != ALL_DEPARTMENTS],
        "total_due": bill.total_due,
        "pay_url": add_url("invoicing_app_depositreceiving", consultation=visit.pk)
        if pays
        else None,
        "deposit_url": add_url("client_wallet_walletdeposit", patient=visit.patient_id)
        if deposits
        else None,
        "paper_url": reverse(BILL_PAPER, args=[visit.pk]) if bill.items else None,
        "is_waived": any(item.waived for item in bill.items),
        "is_covered": any(bill.payer_share(item) for item in bill.items),
        **waivers_of(request, bill),
        **wallet_panel(request, visit.patient),
        **top_up_panel(request, running_bill(visit, bill)),
    }


def _lines(request: HttpRequest, bill: Bill) -> list[BillLine]:
    may_void = may(request, "invoicing_app.void_billitem")
    entries = _entries_of_receipts(bill) if may(request, SEE_PAYMENTS) else {}
    return [
        BillLine(
            item,
            bill.payer_share(item),
            bill.patient_due(item),
            change_url(item),
            reverse("admin:receipt", args=[entries[item.receipt_number]])
            if item.receipt_number in entries
            else None,
            reverse("admin:invoicing_app_billitem_void", args=[item.pk])
            if may_void and item.status == BillItem.Status.UNPAID
            else None,
        )
        for item in bill.items
    ]


def _entries_of_receipts(bill: Bill) -> dict[str, int]:
    """Return the journal entry behind each receipt number on the bill. One query."""
    payments = DepositReceiving.objects.filter(consultation=bill.consultation_id)
    with_receipt = payments.filter(entry__isnull=False)
    return dict(with_receipt.values_list("receipt_number", "entry_id"))
