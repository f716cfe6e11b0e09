"""The page where staff change their own password; guesses at the old one count as sign-ins do."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse_lazy
from unfold.forms import AdminOwnPasswordChangeForm

from hospital.core.lock_out import count_failure, is_locked


class OwnPasswordForm(AdminOwnPasswordChangeForm):  # type: ignore[misc] # unfold has no types
    """
    Whoever found a session open does not find out its password by trying.

    The right old password begins no count anew: it is not yet a sign-in, which may ask for a code.
    """

    def __init__(self, user: Any, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.request = request

    def clean_old_password(self) -> str:
        username = self.user.get_username()
        if is_locked(self.request, username):
            raise ValidationError(
                f"Too many failed attempts. Wait {settings.SIGN_IN_LOCK_MINUTES} minutes."
            )
        try:
            return str(super().clean_old_password())
        except ValidationError:
            count_failure(self.request, username)
            raise


class PasswordPage(PasswordChangeView):
    """Stands where the admin has such a page of its own."""

    form_class = OwnPasswordForm
    success_url = reverse_lazy("admin:password_change_done")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**admin.site.each_context(self.request), **super().get_context_data(**kwargs)}
