"""A patient's page: the wallet, what is due, the visits, and what was taken."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import Sum
from django.http import HttpRequest
from django.urls import reverse

from client_wallet.models import WalletDeposit
from hospital.core.admin import may
from hospital.core.money import ZERO
from invoicing_app.models import NOT_WAIVED, BillItem, DepositReceiving
from invoicing_app.panels.bills import with_due
from invoicing_app.panels.covers import cover_panel
from invoicing_app.panels.links import add_url
from invoicing_app.panels.receipts import receipt_lines
from invoicing_app.panels.wallets import top_up_panel, wallet_panel
from invoicing_app.running_bill import newest_running_bill
from invoicing_app.takings import newest_first
from smcapp1.models import Consultation, PatientProfile

VISITS_SHOWN = 10
RECEIPTS_SHOWN = 10
TAKE_PAYMENT = "invoicing_app.take_payment"


def patient_panel(request: HttpRequest, patient: PatientProfile) -> dict[str, Any]:
    """Return what the desk shows of a patient, as far as the signed-in person may see it."""
    panel = wallet_panel(request, patient) | _acts(request, patient)
    panel |= cover_panel(request, patient)
    if may(request, "smcapp1.view_consultation"):
        panel |= visits_panel(request, patient)
    if may(request, "invoicing_app.view_billitem"):
        panel |= due_panel(patient)
        panel |= top_up_panel(request, newest_running_bill(patient.pk))
    if may(request, "invoicing_app.view_depositreceiving"):
        panel |= history_panel(patient)
    return panel


def visits_panel(request: HttpRequest, patient: PatientProfile) -> dict[str, Any]:
    """Return the patient's newest visits, each with what is due on it."""
    visits = with_due(Consultation.objects.filter(patient=patient)).order_by("-pk")
    newest = list(visits[: VISITS_SHOWN + 1])
    return {
        "visits": [_visit(request, visit) for visit in newest[:VISITS_SHOWN]],
        "all_visits_url": _list("smcapp1_consultation", patient)
        if len(newest) > VISITS_SHOWN
        else None,
    }


def due_panel(patient: PatientProfile) -> dict[str, Any]:
    """Return what is due in all open visits, by department and together."""
    unpaid = BillItem.objects.unpaid().filter(
        consultation__patient=patient, consultation__status=Consultation.Status.OPEN
    )
    by_department = unpaid.values_list("department__name").annotate(due=Sum(NOT_WAIVED))
    dues = list(by_department.order_by("department__name"))
    return {"dues": dues, "total_due": sum((due for _, due in dues), ZERO)}


def history_panel(patient: PatientProfile) -> dict[str, Any]:
    """Return the deposits and payments taken last, and the ways to all of them."""
    deposits = WalletDeposit.objects.filter(wallet__patient=patient)
    payments = DepositReceiving.objects.filter(consultation__patient=patient)
    newest: Sequence[Any] = newest_first(deposits, payments, RECEIPTS_SHOWN)
    return {
        "receipts": receipt_lines(newest),
        "all_payments_url": _list("invoicing_app_depositreceiving", patient),
        "all_deposits_url": _list("client_wallet_walletdeposit", patient),
    }


def _acts(request: HttpRequest, patient: PatientProfile) -> dict[str, Any]:
    ways = {
        "deposit_url": ("client_wallet.take_deposit", "client_wallet_walletdeposit"),
        "withdraw_url": ("client_wallet.request_withdrawal", "client_wallet_withdrawal"),
        "open_url": ("smcapp1.add_consultation", "smcapp1_consultation"),
    }
    return {
        name: add_url(page, patient=patient.pk)
        for name, (permission, page) in ways.items()
        if may(request, permission)
    }


def _visit(request: HttpRequest, visit: Any) -> dict[str, Any]:
    pays = bool(visit.due) and may(request, TAKE_PAYMENT)
    return {
        "visit": visit,
        "due": visit.due or ZERO,
        "pay_url": add_url("invoicing_app_depositreceiving", consultation=visit.pk)
        if pays
        else None,
    }


def _list(model: str, patient: PatientProfile) -> str:
    asked = urlencode({"q": patient.hospital_number})
    return f"{reverse(f'admin:{model}_changelist')}?{asked}"
