"""A bill, and what is due on it."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest
from django.urls import reverse

from hospital.core.admin import change_url, may, money_cell
from hospital.core.money import with_currency
from invoicing_app.models import BillItem
from invoicing_app.panels.links import link
from invoicing_app.panels.wallets import wallet_panel
from invoicing_app.payment_services import Bill, PaymentCalculationService
from smcapp1.models import Consultation


def with_due(consultations: QuerySet[Consultation]) -> QuerySet[Consultation]:
    """Annotate ``due``: the sum of a consultation's unpaid items, or None."""
    unpaid = BillItem.objects.unpaid().filter(consultation=OuterRef("pk")).order_by()
    due = unpaid.values("consultation").annotate(due=Sum("line_total")).values("due")
    return consultations.annotate(due=Subquery(due))


def bill_panel(request: HttpRequest, consultation: Consultation) -> dict[str, Any]:
    """Return the bill, what is due by department and in all, and what the wallet holds."""
    bill = PaymentCalculationService.bill(consultation.pk)
    return {
        "patient": consultation.patient,
        "bill_items": _items(bill, may(request, "invoicing_app.void_billitem")),
        "dues": _dues(bill),
        "total_due": with_currency(bill.total_due),
        **wallet_panel(request, consultation.patient),
    }


def _dues(bill: Bill) -> dict[str, Any]:
    names = {item.department.code: item.department.name for item in bill.items}
    return {
        "headers": ["department", "due"],
        "rows": [[names[due.department], money_cell(due.total_due)] for due in bill.departments],
    }


def _items(bill: Bill, may_void: bool) -> dict[str, Any]:
    headers = ["item", "department", "quantity", "unit price", "total", "status", "receipt"]
    return {
        "headers": [*headers, ""] if may_void else headers,
        "rows": [_item(item, may_void) for item in bill.items],
    }


def _item(item: BillItem, may_void: bool) -> list[Any]:
    cells = [
        link(change_url(item), item.description),
        item.department.name,
        item.quantity,
        money_cell(item.unit_price),
        money_cell(item.line_total),
        item.get_status_display(),
        item.receipt_number,
    ]
    if not may_void:
        return cells
    is_unpaid = item.status == BillItem.Status.UNPAID
    url = reverse("admin:invoicing_app_billitem_void", args=[item.pk])
    return [*cells, link(url, "Void") if is_unpaid else ""]
