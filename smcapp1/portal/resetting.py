"""A new password for who forgot theirs, by a code that the desk printed."""

from functools import partial
from typing import Any

from django.urls import reverse

from hospital.core.portal import ActPage, Done
from hospital.core.system_users import ONLINE_ACCOUNTS, system_user
from smcapp1.portal.attempts import code_of, counting_failures, require_few
from smcapp1.portal.sign_in_forms import ResetForm
from smcapp1.portal.signing_in import sign_in_as
from smcapp1.portal.visitors import VisitorsPage
from smcapp1.services import reset_password


class ResetPage(VisitorsPage, ActPage):
    """Sets the password and signs in; every other session of the account ends."""

    title = "New password"
    button = "Set the new password"
    form_class = ResetForm
    template_name = "smcapp1/portal/reset.html"

    def context(self) -> dict[str, Any]:
        return {"go_on": self.button}

    def act(self, form: Any) -> Done:
        typed = form.cleaned_data
        require_few(self.request, "code", "login")
        reset = partial(
            reset_password,
            hospital_number=form.number(),
            code=typed["code"],
            password=typed["password"],
            act=form.act(system_user(ONLINE_ACCOUNTS)),
        )
        account = counting_failures(self.request, code_of(form.number()), reset)
        words = f"Your new password is set. You sign in as {account.username}."
        if sign_in_as(self.request, account, typed["password"]):
            return Done(reverse("portal"), words, account.replayed)
        return Done(reverse("portal-login"), words, account.replayed)
