"""Whose member a patient is today, on the patient's page."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from hospital.core.admin import change_url, may
from invoicing_app.panels.links import add_url
from invoicing_app.payers.models import PatientCover
from smcapp1.models import PatientProfile


def cover_panel(request: HttpRequest, patient: PatientProfile) -> dict[str, Any]:
    """Return the cover that holds today, and the way to record one where there is none."""
    if not may(request, "invoicing_app.view_patientcover"):
        return {}
    covers = PatientCover.objects.filter(patient=patient).select_related("payer").order_by("pk")
    today = timezone.localdate()
    cover = next((one for one in covers if one.holds_on(today)), None)
    records = may(request, "invoicing_app.record_patientcover")
    return {
        "shows_cover": True,
        "cover": cover,
        "cover_url": change_url(cover) if cover else None,
        "record_cover_url": add_url("invoicing_app_patientcover", patient=patient.pk)
        if records and cover is None
        else None,
    }
