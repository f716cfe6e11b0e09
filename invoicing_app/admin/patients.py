"""Patients at the desk: found while somebody types, and shown with what they owe."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from unfold.decorators import action

from hospital.core.admin import may
from invoicing_app.panels.found import found_panel
from invoicing_app.panels.links import add_url
from invoicing_app.panels.patients import visits_panel
from invoicing_app.panels.wallets import wallet_panel
from smcapp1.admin import PatientProfileAdmin
from smcapp1.models import PatientProfile


@admin.register(PatientProfile)
class PatientDeskAdmin(PatientProfileAdmin):
    """A patient with wallet, visits and what is due."""

    actions_detail = ("take_deposit", "open_visit")
    change_form_outer_after_template = "invoicing_app/patient.html"

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
        return queryset.found_by(search_term), False

    def page_context(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        context = super().page_context(request, object_id)
        patient = self.get_object(request, object_id) if object_id else None
        if patient is None:
            return context
        context |= wallet_panel(request, patient)
        if may(request, "smcapp1.view_consultation"):
            context |= visits_panel(request, patient)
        return context

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Take deposit",
        url_path="take-deposit",
        permissions=("client_wallet.take_deposit",),
        icon="add_card",
    )
    def take_deposit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return HttpResponseRedirect(add_url("client_wallet_walletdeposit", patient=object_id))

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Open consultation",
        url_path="open-consultation",
        permissions=("smcapp1.add_consultation",),
        icon="stethoscope",
    )
    def open_visit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return HttpResponseRedirect(add_url("smcapp1_consultation", patient=object_id))
