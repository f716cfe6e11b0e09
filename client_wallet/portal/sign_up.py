"""Pages on which somebody gets an online account, with a wallet."""

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from client_wallet.online_accounts import claim, sign_up
from client_wallet.portal.sign_up_forms import ClaimForm, SignUpForm
from hospital.core.portal import ActPage, Done
from hospital.core.system_users import ONLINE_ACCOUNTS, system_user
from smcapp1.portal import VisitorsPage
from smcapp1.portal.attempts import code_of, counting_failures, require_few
from smcapp1.portal.signing_in import sign_in_as
from smcapp1.services import OnlineAccount

ASKED = ("first_name", "last_name", "date_of_birth", "sex", "phone", "username", "password")


class SignUpPage(VisitorsPage, ActPage):
    """Somebody whom the hospital does not know yet."""

    title = "Sign up"
    button = "Sign up"
    form_class = SignUpForm
    template_name = "client_wallet/portal/sign_up.html"

    def context(self) -> dict[str, Any]:
        return {"go_on": self.button}

    def act(self, form: Any) -> Done:
        require_few(self.request, "sign-up", "sign-up")
        wanted = {name: form.cleaned_data[name] for name in ASKED}
        account = sign_up(**wanted, act=form.act(system_user(ONLINE_ACCOUNTS)))
        return _welcomed(self.request, account, form.cleaned_data["password"])


class ClaimPage(VisitorsPage, ActPage):
    """A patient whom the hospital knows, with a code that the desk printed."""

    title = "Open your account with a code"
    button = "Open my account"
    form_class = ClaimForm
    template_name = "client_wallet/portal/claim.html"

    def context(self) -> dict[str, Any]:
        return {"go_on": self.button}

    def act(self, form: Any) -> Done:
        typed = form.cleaned_data
        require_few(self.request, "code", "login")
        claiming = partial(
            claim,
            hospital_number=form.number(),
            code=typed["code"],
            username=typed["username"],
            password=typed["password"],
            act=form.act(system_user(ONLINE_ACCOUNTS)),
        )
        account = counting_failures(self.request, code_of(form.number()), claiming)
        return _welcomed(self.request, account, typed["password"])


def _welcomed(request: HttpRequest, account: OnlineAccount, password: str) -> Done:
    """Sign in and lead to the first page; who opened the account with another password signs in."""
    words = (
        f"Welcome. Your hospital number is {account.hospital_number}, "
        f"and you sign in as {account.username}."
    )
    is_in = sign_in_as(request, account, password)
    return Done(reverse("portal" if is_in else "portal-login"), words, account.replayed)
