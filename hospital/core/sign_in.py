"""Signing in to the admin, with guessing made as slow as over REST."""

from typing import Any

from django.core.exceptions import ValidationError
from unfold.forms import AuthenticationForm

from hospital.core.throttling import (
    allowed_per_minute,
    count_request,
    forget_requests,
    sign_in_caller,
)


class SignInForm(AuthenticationForm):  # type: ignore[misc] # unfold has no types
    """The admin's sign-in; its attempts and those over REST are counted together."""

    def clean(self) -> dict[str, Any]:
        caller = sign_in_caller(self.request, self.cleaned_data.get("username", ""))
        if count_request(caller) > allowed_per_minute("login"):
            raise ValidationError("Too many attempts; wait a minute.", code="throttled")
        cleaned: dict[str, Any] = super().clean()
        forget_requests(caller)
        return cleaned
