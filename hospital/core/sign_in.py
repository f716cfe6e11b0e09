"""Signing in by a form, with guessing made as slow as over REST, and locked as there."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from unfold.forms import AuthenticationForm
from unfold.widgets import UnfoldAdminTextInputWidget

from hospital.core.lock_out import count_failure, is_locked
from hospital.core.second_factor import device_accepting, has_second_factor
from hospital.core.throttling import (
    allowed_per_minute,
    count_request,
    forget_requests,
    sign_in_caller,
)


class CountsSignIns:
    """
    Adds counting to a sign-in form: its attempts and those at every other door count together.
    """

    request: Any
    cleaned_data: dict[str, Any]
    get_user: Callable[[], Any]

    def clean(self) -> dict[str, Any]:
        username = self.cleaned_data.get("username", "")
        caller = sign_in_caller(self.request, username)
        if count_request(caller) > allowed_per_minute("login"):
            raise ValidationError("Too many attempts; wait a minute.", code="throttled")
        self._refuse_if_locked(username)
        try:
            cleaned: dict[str, Any] = super().clean()  # type: ignore[misc] # mixed into a form
            self._refuse_if_locked(username)  # by guesses that came in parallel
            self.require_second_factor(username, cleaned.get("code", ""))
        except ValidationError:
            self._refuse_if_locked(username)  # this failure was one too many
            raise
        forget_requests(caller)
        return cleaned

    def require_second_factor(self, username: str, code: str) -> None:
        """Ask who has a second factor for its code; for others there is nothing to do."""
        user = self.get_user()
        if not has_second_factor(user):
            return
        if not code:
            raise ValidationError("Type the code of your app, and your password again.")
        user.otp_device = device_accepting(user, code)  # django-otp notes it in the session
        if user.otp_device is None:
            count_failure(self.request, username)
            raise ValidationError(
                "The code is wrong, was used before, or is too old. Wait for the next one."
            )

    def _refuse_if_locked(self, username: str) -> None:
        if is_locked(self.request, username):
            raise ValidationError(
                "Too many failed attempts. Signing in by this name from here is locked for "
                f"{settings.SIGN_IN_LOCK_MINUTES} minutes; a supervisor can unlock it before.",
                code="locked",
            )


class SignInForm(CountsSignIns, AuthenticationForm):  # type: ignore[misc] # unfold has no types
    """The admin's sign-in. Who has no second factor leaves the field of its code empty."""

    code = forms.CharField(
        required=False,
        max_length=40,
        help_text="From your app, if you have set up a second factor.",
        widget=UnfoldAdminTextInputWidget(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none"}
        ),
    )
