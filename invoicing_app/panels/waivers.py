"""What the page of a waiver shows before anything is pressed."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from hospital.core.admin import change_url, may
from hospital.core.forms import is_id
from invoicing_app.forms import payable
from invoicing_app.models import ALL_DEPARTMENTS
from invoicing_app.panels.links import add_url
from invoicing_app.payment_services import Bill, PaymentCalculationService
from invoicing_app.waivers.limits import allowance_of
from invoicing_app.waivers.models import Waiver
from smcapp1.models import Consultation


def waiver_panel(request: HttpRequest) -> dict[str, Any]:
    """Return the visit that is named, with its bill, and what the user may still waive today."""
    asked = request.POST.get("consultation") or request.GET.get("consultation") or ""
    if not is_id(asked):
        return {}
    visit = Consultation.objects.select_related("patient").filter(pk=asked).first()
    if visit is None:
        return {}
    bill = PaymentCalculationService.bill(visit.pk)
    return {
        "visit": visit,
        "visit_url": change_url(visit),
        "patient": visit.patient,
        "patient_url": change_url(visit.patient),
        "other_url": reverse("admin:smcapp1_consultation_changelist"),
        "bill": bill,
        "dues": [(name, due) for code, name, due in payable(bill) if code != ALL_DEPARTMENTS],
        "total_due": bill.total_due,
        "allowance": allowance_of(request.user, timezone.localdate()),
    }


def waivers_of(request: HttpRequest, bill: Bill) -> dict[str, Any]:
    """Return the waivers of a bill, but those that came to nothing, and the way to another one."""
    waives = bool(bill.total_due) and may(request, "invoicing_app.grant_waiver")
    url = add_url("invoicing_app_waiver", consultation=bill.consultation_id) if waives else None
    if not may(request, "invoicing_app.view_waiver"):
        return {"waive_url": url}
    waivers = Waiver.objects.filter(consultation=bill.consultation_id)
    shown = waivers.exclude(status__in=["REJECTED", "WITHDRAWN"]).order_by("pk")
    related = ("bill_item", "department", "reason", "requested_by", "decided_by")
    return {
        "waive_url": url,
        "waivers": [(waiver, change_url(waiver)) for waiver in shown.select_related(*related)],
    }
