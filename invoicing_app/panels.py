"""What the desk's pages show beside their forms: a bill, what is due, a patient's visits."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime

from client_wallet.models import WalletAccount
from hospital.core.admin import change_url, may, money_cell
from hospital.core.money import ZERO, with_currency
from invoicing_app.models import BillItem
from invoicing_app.payment_services import Bill, PaymentCalculationService
from smcapp1.models import Consultation, PatientProfile

VISITS_SHOWN = 10


def add_url(model: str, **given: Any) -> str:
    """Return the address of an add page with fields filled in."""
    return f"{reverse(f'admin:{model}_add')}?{urlencode(given)}"


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


def wallet_panel(request: HttpRequest, patient: PatientProfile) -> dict[str, Any]:
    """Return the patient's wallet and what it holds, for those who may see wallets."""
    if not may(request, "client_wallet.view_walletaccount"):
        return {}
    wallet = WalletAccount.objects.filter(patient=patient).first()
    return {
        "wallet_url": change_url(wallet) if wallet else None,
        "wallet_balance": with_currency(wallet.account_balance if wallet else ZERO),
    }


def visits_panel(request: HttpRequest, patient: PatientProfile) -> dict[str, Any]:
    """Return the patient's newest visits, each with what is due on it."""
    visits = with_due(Consultation.objects.filter(patient=patient)).order_by("-pk")
    rows = [_visit(visit) for visit in visits[:VISITS_SHOWN]]
    return {"visits": {"headers": ["visit", "opened", "status", "due"], "rows": rows}}


def _visit(visit: Any) -> list[Any]:
    return [
        _link(change_url(visit), visit),
        date_format(localtime(visit.opened_at), "SHORT_DATETIME_FORMAT"),
        visit.get_status_display(),
        money_cell(visit.due or ZERO),
    ]


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
        _link(change_url(item), item.description),
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
    return [*cells, _link(url, "Void") if is_unpaid else ""]


def _link(url: str, text: Any) -> str:
    return format_html('<a class="text-link" href="{}">{}</a>', url, text)
