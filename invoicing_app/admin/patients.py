"""Patients at the desk: found while somebody types, and shown with what they owe."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from hospital.core.admin import may
from invoicing_app.panels.found import MAX_TYPED, found_panel
from invoicing_app.panels.patients import patient_panel
from smcapp1.admin import PatientProfileAdmin
from smcapp1.forms import PatientForm
from smcapp1.models import PatientProfile
from smcapp1.services import change_patient

NAMES = "Names, phone and login"
SAVE = "Save names and phone"


@admin.register(PatientProfile)
class PatientDeskAdmin(PatientProfileAdmin):
    """A patient with wallet, visits and what is due."""

    form = PatientForm
    change_form_outer_before_template = "invoicing_app/patient.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.find)
        urls: list[URLPattern] = super().get_urls()
        return [path("find/", view, name="smcapp1_patientprofile_find"), *urls]

    def find(self, request: HttpRequest) -> HttpResponse:
        """Answer the desk's search: the list alone for its script, a whole page without it."""
        if not may(request, "smcapp1.view_patientprofile"):
            raise PermissionDenied
        panel = found_panel(request)
        if request.GET.get("part") == "list":
            return TemplateResponse(request, "invoicing_app/found.html", panel)
        context = {**self.admin_site.each_context(request), "title": "Find a patient", **panel}
        return TemplateResponse(request, "invoicing_app/find.html", context)

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        return queryset.found_by(search_term[:MAX_TYPED]), False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return self.add_fieldsets
        return ((NAMES, {"fields": self.fields, "classes": ("collapse",)}),)

    def page_context(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        context = super().page_context(request, object_id)
        patient = self.get_object(request, object_id) if object_id else None
        if patient is None:
            return context
        return context | {"patient": patient, "save_label": SAVE} | patient_panel(request, patient)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            super().save_model(request, obj, form, change)
            return
        wanted = {name: form.cleaned_data[name] for name in form.changed_data}
        change_patient(patient_id=obj.pk, seen=form.seen(), wanted=wanted)
