"""Whose pages the patients' pages are."""

from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views import View

from hospital.core.idle_sessions import NOT_DONE
from smcapp1.models import PatientProfile

SEE_OWN_RECORDS = "smcapp1.view_own_records"


class PatientPage(View):
    """
    A page of the patient who is signed in; put it before the other bases of a view.

    ``patient`` is that patient. Whoever is not signed in is led to the sign-in page and back; a
    sign-in that belongs to no patient, as those of staff do, is told so (403). So is one that does
    not hold the page's ``permission``; a page about the sign-in itself asks for none.

    No copy of it stays in the browser: nobody after the patient goes back to it.
    """

    permission: ClassVar[str] = SEE_OWN_RECORDS
    patient: PatientProfile

    def dispatch(self, request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        page = self._page(request, *args, **named)
        add_never_cache_headers(page)
        return page

    def _page(self, request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            if request.method == "POST":
                messages.warning(request, NOT_DONE)
            back = request.get_full_path() if hasattr(self, "get") else reverse("portal")
            return redirect_to_login(back, reverse("portal-login"))
        patient = PatientProfile.objects.filter(user=request.user.pk).first()
        if patient is None:
            context = {"title": "These are patients' pages"}
            return TemplateResponse(request, "portal/no_patient.html", context, status=403)
        if self.permission and not request.user.has_perm(self.permission):
            raise PermissionDenied
        self.patient = patient
        return super().dispatch(request, *args, **named)


class VisitorsPage(View):
    """A page of who has not signed in yet; put it before the other bases of a view."""

    def dispatch(self, request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return HttpResponseRedirect(first_page_of(request.user))
        return super().dispatch(request, *args, **named)


def first_page_of(user: Any) -> str:
    """Return where somebody goes who has just signed in: patients to theirs, staff to the desk."""
    is_patient = (
        user.has_perm(SEE_OWN_RECORDS) and PatientProfile.objects.filter(user=user.pk).exists()
    )
    return reverse("admin:index" if user.is_staff and not is_patient else "portal")
