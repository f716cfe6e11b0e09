"""Patients: registered, found, and their names and phone corrected."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.decorators import action

from hospital.core.admin import ServiceModelAdmin, change_url, one_button
from smcapp1.admin.codes import IssuesCodes
from smcapp1.forms import RegisterPatientForm
from smcapp1.models import PatientProfile
from smcapp1.services import register_patient

PATIENT_SEARCH = ("hospital_number", "first_name", "last_name", "phone")


def patient_search(path: str) -> list[str]:
    """Return the search fields of a list whose rows lead to a patient along ``path``."""
    return [f"{path}__{field}" for field in PATIENT_SEARCH]


class PatientProfileAdmin(IssuesCodes, ServiceModelAdmin):
    """
    Registers patients; later their names and phone can be changed.

    ``invoicing_app`` registers it, with what a patient owes.
    """

    add_form = RegisterPatientForm
    land_on_saved = True
    list_display = (
        "hospital_number",
        "last_name",
        "first_name",
        "date_of_birth",
        "sex",
        "phone",
    )
    list_display_links = ("hospital_number", "last_name", "first_name")
    search_fields = PATIENT_SEARCH
    search_help_text = "Hospital number, name or phone"
    add_fieldsets = (
        (None, {"fields": ("first_name", "last_name", "date_of_birth", "sex", "phone")}),
    )
    fields = (
        "hospital_number",
        "first_name",
        "last_name",
        "date_of_birth",
        "sex",
        "phone",
        "user",
        "registered_at",
        "is_self_registered",
    )
    autocomplete_fields = ("user",)
    actions_detail = ("print_code",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[str]:
        if obj is None:
            return ()
        fixed = ("hospital_number", "date_of_birth", "sex", "registered_at", "is_self_registered")
        return fixed if request.user.is_superuser else (*fixed, "user")

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="One-time code",
        url_path="one-time-code",
        permissions=("smcapp1.issue_patientcode",),
        icon="pin",
    )
    def print_code(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Print a code that opens the patient's online account, or sets its password anew."""
        patient = self.get_object(request, object_id)
        if patient is None:
            raise Http404
        return self.code_page(request, patient)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            obj.save(update_fields=[name for name in form.changed_data if name in form.fields])
            return
        wanted = {name: form.cleaned_data[name] for name in self.add_fieldsets[0][1]["fields"]}
        registered = register_patient(**wanted, act=form.act(request.user))
        self.saved(request, obj, registered.patient.pk, registered)

    def page_context(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        return one_button("Save" if object_id else "Register patient")

    def response_change(self, request: HttpRequest, obj: PatientProfile) -> HttpResponse:
        self.message_user(request, f"{obj} was saved.")
        return HttpResponseRedirect(change_url(obj))

    def success_message(self, obj: PatientProfile) -> str:
        return f"{obj.full_name} was registered as {obj.hospital_number}."
