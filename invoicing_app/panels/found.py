"""Patients found by what is typed at the desk, each with what is due and what the wallet holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet, Sum
from django.http import HttpRequest
from django.urls import reverse

from hospital.core.admin import change_url, may
from hospital.core.money import ZERO, with_currency
from invoicing_app.models import NOT_WAIVED, BillItem
from invoicing_app.panels.links import add_url
from smcapp1.models import Consultation, PatientProfile
from smcapp1.patient_search import exact_hospital_number

SHOWN = 10
MAX_TYPED = 100
ACTS = {  # what is to be done with the patient who is found: the page that does it
    "deposit": "client_wallet_walletdeposit",
    "payment": "invoicing_app_depositreceiving",
    "withdrawal": "client_wallet_withdrawal",
}


@dataclass(frozen=True)
class Found:
    """A patient as the list shows them; amounts are None for who may not see them."""

    patient: PatientProfile
    url: str
    due: str | None
    is_owing: bool
    balance: str | None


def found_panel(request: HttpRequest) -> dict[str, Any]:
    """Return the first patients that the request's ``q`` means. Two queries."""
    text = request.GET.get("q", "").strip()[:MAX_TYPED]
    act = request.GET.get("act", "")
    patients = list(_in_order(text)[: SHOWN + 1]) if text else []
    more = f"{reverse('admin:smcapp1_patientprofile_changelist')}?{urlencode({'q': text})}"
    return {
        "typed": text,
        "act": act if act in ACTS else "",
        "found": _rows(request, patients[:SHOWN], act),
        "more_url": more if len(patients) > SHOWN else None,
        "may_register": may(request, "smcapp1.add_patientprofile"),
    }


def due_of(patient_ids: Sequence[int]) -> Mapping[int, Decimal]:
    """Return what is unpaid in all open visits of each patient who owes anything."""
    unpaid = BillItem.objects.unpaid().filter(
        consultation__patient__in=patient_ids, consultation__status=Consultation.Status.OPEN
    )
    sums = unpaid.order_by().values_list("consultation__patient").annotate(due=Sum(NOT_WAIVED))
    return dict(sums)


def _in_order(text: str) -> QuerySet[PatientProfile]:
    """Whoever has exactly this number comes first, the rest by name."""
    patients = PatientProfile.objects.found_by(text).select_related("wallet")
    by_name = ("last_name", "first_name", "pk")
    number = exact_hospital_number(text)
    if number is None:
        return patients.order_by(*by_name)  # along the index on names, until enough are found
    has_number = ExpressionWrapper(Q(hospital_number=number), output_field=BooleanField())
    return patients.order_by(has_number.desc(), *by_name)


def _rows(request: HttpRequest, patients: Sequence[PatientProfile], act: str) -> list[Found]:
    sees_bills = may(request, "invoicing_app.view_billitem")
    sees_wallets = may(request, "client_wallet.view_walletaccount")
    due = due_of([patient.pk for patient in patients]) if sees_bills else {}
    return [
        Found(
            patient=patient,
            url=_page(patient, act),
            due=with_currency(due.get(patient.pk, ZERO)) if sees_bills else None,
            is_owing=patient.pk in due,
            balance=_balance(patient) if sees_wallets else None,
        )
        for patient in patients
    ]


def _page(patient: PatientProfile, act: str) -> str:
    return add_url(ACTS[act], patient=patient.pk) if act in ACTS else change_url(patient)


def _balance(patient: PatientProfile) -> str:
    wallet = getattr(patient, "wallet", None)
    return with_currency(wallet.account_balance if wallet else ZERO)
