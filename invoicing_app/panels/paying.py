"""What the page of a payment shows before anything is pressed."""

import json
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.html import format_html

from client_wallet.models import WalletAccount
from hospital.core.admin import change_url
from hospital.core.forms import is_id
from hospital.core.money import ZERO, money_text, with_currency
from invoicing_app.forms import payable
from invoicing_app.models import ALL_DEPARTMENTS, DepositReceiving
from invoicing_app.panels.bills import with_due
from invoicing_app.panels.wallets import why_barred
from invoicing_app.payment_services import Bill, PaymentCalculationService
from smcapp1.models import Consultation, PatientProfile


def payment_panel(request: HttpRequest) -> dict[str, Any]:
    """
    Return the visit that is to be paid, with its bill; without one, how to come to it.

    The visit is the one named, or the only one of the named patient on which anything is due.
    """
    visit = _asked_visit(request)
    if visit is not None:
        return visit_panel(visit)
    patient = _asked_patient(request)
    if patient is None:
        return {}
    owing = _owing_visits(patient)
    if len(owing) == 1:
        return visit_panel(owing[0])
    return {"patient": patient, "patient_url": change_url(patient), "owing": owing}


def visit_panel(visit: Consultation) -> dict[str, Any]:
    """Return what is due on a visit, what the wallet holds, and whether it suffices."""
    bill = PaymentCalculationService.bill(visit.pk)
    wallet = WalletAccount.objects.filter(patient=visit.patient).first()
    held = wallet.account_balance if wallet else ZERO
    return {
        "visit": visit,
        "visit_url": change_url(visit),
        "patient": visit.patient,
        "patient_url": change_url(visit.patient),
        "bill": bill,
        "dues": _dues(bill),
        "total_due": bill.total_due,
        "cash_due": bill.cash_due,
        "wallet_held": held,
        "wallet_said": why_barred(wallet) or _said_of(held, bill),
        "for_script": {
            "dues": json.dumps({code: money_text(due) for code, _, due in payable(bill)}),
            "wallet": money_text(held),
            "barred": why_barred(wallet),
            "coin": money_text(settings.CASH_SMALLEST_COIN),
            "unpaid": "yes" if bill.unpaid else "",
            "currency": settings.CURRENCY,
        },
    }


def settled_in_words(payment: DepositReceiving) -> str:
    """Return what the cashier has to do or say when a payment was taken: change, what is left."""
    words = []
    if payment.change_given:
        words.append(f"Give {with_currency(payment.change_given)} change.")
    if payment.wallet_id is not None and payment.entry is not None:
        of_wallet = payment.entry.postings.get(wallet=payment.wallet_id)
        words.append(f"The wallet holds {with_currency(of_wallet.balance_after or ZERO)} after it.")
    if not words:
        return ""
    return format_html('<strong class="settled">{}</strong>', " ".join(words))


def _dues(bill: Bill) -> list[tuple[str, Decimal]]:
    return [(name, due) for code, name, due in payable(bill) if code != ALL_DEPARTMENTS]


def _said_of(held: Decimal, bill: Bill) -> str:
    if held >= bill.total_due:
        return "It suffices for everything that is due."
    return f"{with_currency(bill.total_due - held)} short of what is due."


def _asked_visit(request: HttpRequest) -> Consultation | None:
    asked = request.POST.get("consultation") or request.GET.get("consultation") or ""
    if not is_id(asked):
        return None
    return Consultation.objects.select_related("patient").filter(pk=asked).first()


def _asked_patient(request: HttpRequest) -> PatientProfile | None:
    asked = request.GET.get("patient", "")
    return PatientProfile.objects.filter(pk=asked).first() if is_id(asked) else None


def _owing_visits(patient: PatientProfile) -> list[Consultation]:
    """Return the patient's open visits on which anything is due, each with ``due``."""
    visits = Consultation.objects.filter(patient=patient, status=Consultation.Status.OPEN)
    owing: Any = with_due(visits.select_related("patient")).order_by("-pk")
    return [visit for visit in owing if visit.due]
