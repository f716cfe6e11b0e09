"""One-time codes at the desk: printed on the patient's page, listed for who looks into it."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from unfold.decorators import display

from hospital.core.act_pages import ActPage, AsksBeforeActing
from hospital.core.acts import Act
from hospital.core.admin import ReadOnlyAdmin, change_url, named_column
from hospital.core.forms import OneTimeKeyForm
from hospital.core.locale_formats import local_moment
from smcapp1.models import PatientCode, PatientProfile
from smcapp1.services import CodeIssued, issue_patient_code

Purpose = PatientCode.Purpose
DOORS = {Purpose.CLAIM: "portal-claim", Purpose.RESET: "portal-reset"}
EXPLANATIONS = {
    Purpose.CLAIM: (
        "Print it for a patient who is here and has shown who that is: it opens the way to the "
        "wallet and all bills."
    ),
    Purpose.RESET: (
        "Print it for a patient who forgot the password, is here, and has shown who that is: it "
        "opens the way to the wallet. Whoever is signed in with the old password is signed out."
    ),
}


class IssuesCodes(AsksBeforeActing):
    """Adds the printing of codes to the patients' admin."""

    def code_page(self, request: HttpRequest, patient: PatientProfile) -> HttpResponse:
        """Ask, then show the paper with the code: this once, since only its hash is kept."""
        purpose = Purpose.RESET if patient.user_id else Purpose.CLAIM
        issued: list[CodeIssued] = []

        def issue(typed: Mapping[str, Any], act: Act) -> CodeIssued:
            issued.append(issue_patient_code(patient_id=patient.pk, purpose=purpose, act=act))
            return issued[-1]

        response = self.act_page(request, patient, _page(patient, purpose, issue))
        is_done = isinstance(response, HttpResponseRedirect)
        if not (is_done and issued and issued[-1].code):
            return response
        return _paper(request, patient, purpose, issued[-1])


def _page(patient: PatientProfile, purpose: Purpose, issue: Any) -> ActPage:
    return ActPage(
        title=f"One-time code: {purpose.label.lower()}",
        button="Print the code",
        form=OneTimeKeyForm,
        call=issue,
        done=lambda typed: f"A one-time code was printed: {purpose.label.lower()}.",
        land_on=change_url(patient),
        close=change_url(patient),
        explanation=EXPLANATIONS[purpose],
        facts=(
            ("Patient", patient.full_name),
            ("Born", patient.date_of_birth),
            ("Username", patient.user or "none yet"),
            ("Can be used for", f"{settings.PATIENT_CODE_HOURS} hours, once"),
        ),
    )


def _paper(
    request: HttpRequest, patient: PatientProfile, purpose: Purpose, issued: CodeIssued
) -> HttpResponse:
    path = reverse(DOORS[purpose])
    home = settings.PUBLIC_URL.rstrip("/")
    context = {
        "hospital": settings.HOSPITAL_NAME,
        "patient": patient,
        "purpose": purpose.label,
        "code": issued.code,
        "expires": local_moment(issued.expires_at),
        "address": f"{home}{path}" if home else request.build_absolute_uri(path),
        "patient_url": change_url(patient),
    }
    response = TemplateResponse(request, "smcapp1/patient_code.html", context)
    add_never_cache_headers(response)
    return response


@admin.register(PatientCode)
class PatientCodeAdmin(ReadOnlyAdmin):
    """Who printed which code for whom, and whether it was used. The codes themselves are gone."""

    list_display = ("issued_at", "patient", "purpose", named_column("issued_by", "by"), "state")
    list_filter = ("purpose", "issued_at")
    list_select_related = ("patient", "issued_by")
    search_fields = ("patient__hospital_number", "patient__last_name", "issued_by__username")
    search_help_text = "Hospital number, last name, or who printed it"
    fields = (
        "patient",
        "purpose",
        named_column("issued_by", "printed by"),
        "issued_at",
        "expires_at",
        "used_at",
    )

    @display(description="state")  # type: ignore[untyped-decorator] # unfold has no types
    def state(self, code: PatientCode) -> str:
        if code.used_at is not None:
            return f"used {local_moment(code.used_at)}"
        is_over = code.expires_at <= timezone.now()
        until = local_moment(code.expires_at)
        return f"expired {until}" if is_over else f"can be used until {until}, if it is the newest"
