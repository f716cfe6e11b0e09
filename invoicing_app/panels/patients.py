"""A patient's visits, and what is due on them."""

from typing import Any

from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime

from hospital.core.admin import change_url, money_cell
from hospital.core.money import ZERO
from invoicing_app.panels.bills import with_due
from invoicing_app.panels.links import link
from smcapp1.models import Consultation, PatientProfile

VISITS_SHOWN = 10


def visits_panel(request: HttpRequest, patient: PatientProfile) -> dict[str, Any]:
    """Return the patient's newest visits, each with what is due on it."""
    visits = with_due(Consultation.objects.filter(patient=patient)).order_by("-pk")
    rows = [_visit(visit) for visit in visits[:VISITS_SHOWN]]
    return {"visits": {"headers": ["visit", "opened", "status", "due"], "rows": rows}}


def _visit(visit: Any) -> list[Any]:
    return [
        link(change_url(visit), visit),
        date_format(localtime(visit.opened_at), "SHORT_DATETIME_FORMAT"),
        visit.get_status_display(),
        money_cell(visit.due or ZERO),
    ]
