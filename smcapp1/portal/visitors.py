"""Whose pages the patients' pages are."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views import View

from smcapp1.models import PatientProfile


class PatientPage(View):
    """
    A page of the patient who is signed in; put it before the other bases of a view.

    ``patient`` is that patient. Whoever is not signed in is led to the sign-in page and back; a
    sign-in that belongs to no patient, as those of staff do, is told so (403).
    """

    patient: PatientProfile

    def dispatch(self, request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("portal-login"))
        patient = PatientProfile.objects.filter(user=request.user.pk).first()
        if patient is None:
            context = {"title": "These are patients' pages"}
            return TemplateResponse(request, "portal/no_patient.html", context, status=403)
        self.patient = patient
        return super().dispatch(request, *args, **named)
