"""The front page with its two doors, and the patients' door: in, and out again."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views import View
from django.views.generic import TemplateView

from hospital.core.lock_out import forget_failures
from smcapp1.portal.sign_in_forms import PortalSignInForm
from smcapp1.portal.visitors import first_page_of
from smcapp1.services import OnlineAccount

AT_THE_DESK = "You sign in with a code as well: do it here, at the desk's own door."


class FrontPage(TemplateView):
    """What this is, and the two doors."""

    template_name = "smcapp1/portal/front.html"


class SignInPage(LoginView):
    """Signs a patient in, and leads staff to the desk."""

    template_name = "smcapp1/portal/sign_in.html"
    authentication_form = PortalSignInForm
    redirect_authenticated_user = True
    extra_context = {"title": "Log in"}

    def form_valid(self, form: Any) -> HttpResponse:
        if form.belongs_to_the_desk:
            messages.info(self.request, AT_THE_DESK)
            return HttpResponseRedirect(reverse("admin:login"))
        return super().form_valid(form)

    def get_success_url(self) -> str:
        target = super().get_success_url()
        return self.get_default_redirect_url() if target == self.request.path else target

    def get_default_redirect_url(self) -> str:
        return first_page_of(self.request.user)


class SignOutPage(View):
    """Ends the session; a link cannot, since it could stand on any page."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        logout(request)
        messages.success(request, "You are logged out.")
        return HttpResponseRedirect(reverse("portal-login"))


def sign_in_as(request: HttpRequest, account: OnlineAccount, password: str) -> bool:
    """
    Sign in who has just chosen this password; False if it is not the account's any more.

    Where the choice was made before, the password is a guess like any other: failures stay counted,
    and a locked name stays locked.
    """
    if not account.replayed:
        forget_failures(request, account.username)
    user = authenticate(request, username=account.username, password=password)
    if user is None:
        return False
    login(request, user)
    return True
