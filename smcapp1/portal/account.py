"""The account of whoever is signed in: where that is, ending it there, another password."""

from functools import partial
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from hospital.core.forms import OneTimeKeyForm
from hospital.core.open_sessions import (
    end_other_sessions,
    end_session,
    keep_session,
    sessions_of,
)
from hospital.core.portal import ActPage, Done
from smcapp1.portal.attempts import counting_failures
from smcapp1.portal.browsers import browser_name
from smcapp1.portal.sign_in_forms import OwnPasswordForm
from smcapp1.portal.visitors import PatientPage
from smcapp1.services import change_password


class AccountPage(PatientPage):
    """Who somebody is here, and where this user is signed in."""

    permission = ""

    def get(self, request: HttpRequest) -> HttpResponse:
        sessions = sessions_of(request.user, here=request.session.session_key)
        places = [(session, browser_name(session.browser)) for session in sessions]
        context = {"title": "Account", "patient": self.patient, "places": places}
        return TemplateResponse(request, "smcapp1/portal/account.html", context)


class EndSessionPage(PatientPage):
    """Ends one session of the signed-in user; ending it again finds nothing to end."""

    permission = ""
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, session_id: int) -> HttpResponse:
        if end_session(request.user, session_id):
            messages.success(request, "That session has ended.")
        else:
            messages.info(request, "That session had ended before.")
        return HttpResponseRedirect(reverse("portal-account"))


class PasswordPage(PatientPage, ActPage):
    """Another password; whoever else is signed in with the old one is signed in no more."""

    permission = ""
    title = "Change password"
    button = "Change password"
    form_class = OwnPasswordForm
    template_name = "smcapp1/portal/password.html"

    def get_form(self, data: Any = None) -> OneTimeKeyForm:
        form: Any = super().get_form(data)
        form.user = self.request.user
        return cast(OneTimeKeyForm, form)

    def context(self) -> dict[str, Any]:
        return {"go_on": self.button}

    def act(self, form: OneTimeKeyForm) -> Done:
        user: Any = self.request.user
        typed = form.cleaned_data
        change = partial(
            change_password,
            user_id=user.pk,
            old_password=typed["old_password"],
            new_password=typed["password"],
            act=form.act(user),
        )
        replayed = counting_failures(self.request, user.get_username(), change)
        if not replayed:
            user.refresh_from_db(fields=["password"])
            keep_session(self.request, user)
            end_other_sessions(user, but=self.request.session.session_key)
        return Done(reverse("portal-account"), "Your password was changed.", replayed)
