"""The page of the admin where staff turn on, renew and turn off their own second factor."""

from base64 import b32encode
from collections.abc import Callable
from typing import Any

import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.safestring import mark_safe
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp import login as show_device
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from hospital.core.lock_out import count_failure, forget_failures, is_locked
from hospital.core.second_factor import (
    device_accepting,
    device_to_set_up,
    has_second_factor,
    is_required_of,
    new_recovery_codes,
    recovery_codes_left,
    turn_off,
    turn_on,
)

CODE = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
WRONG_CODE = (
    "This code is wrong, was used before, or is too old. Wait for the next one and try again."
)


class ConfirmForm(forms.Form):
    """The password and a code of the signed-in user; wrong ones count as failed sign-ins."""

    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(max_length=40, widget=UnfoldAdminTextInputWidget(attrs=CODE))

    def __init__(self, request: HttpRequest, accept: Callable[[Any, str], Any]) -> None:
        super().__init__(request.POST if request.method == "POST" else None)
        self.request, self.user, self.accept = request, request.user, accept
        self.device: Any = None

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        if self.errors:
            return typed
        username = self.user.get_username()
        if is_locked(self.request, username):
            raise ValidationError(
                f"Too many failed attempts. Wait {settings.SIGN_IN_LOCK_MINUTES} minutes."
            )
        if not self.user.check_password(typed["password"]):
            self.add_error("password", "This is not your password.")
        else:
            self.device = self.accept(self.user, typed["code"])
            if self.device is None:
                self.add_error("code", WRONG_CODE)
        if self.errors:
            count_failure(self.request, username)
        else:
            forget_failures(self.request, username)
        return typed


def second_factor_page(request: HttpRequest, desk: Any) -> HttpResponse:
    """Show the page of the signed-in user; ``desk`` is the admin of users."""
    if has_second_factor(request.user):
        return _page_of_a_second_factor(request, desk)
    form = ConfirmForm(request, turn_on)
    if not form.is_valid():
        return _show(request, desk, "set_up", {"form": form, **_secret(request.user)})
    _end_other_sign_ins(request, form)
    show_device(request, form.device)
    desk.log_change(request, request.user, "Second factor turned on.")
    return _show_new_codes(request, desk, "Your second factor is on.")


def _page_of_a_second_factor(request: HttpRequest, desk: Any) -> HttpResponse:
    form = ConfirmForm(request, device_accepting)
    if not form.is_valid():
        left = recovery_codes_left(request.user)
        required = is_required_of(request.user)
        return _show(request, desk, "is_on", {"form": form, "left": left, "required": required})
    if request.POST.get("act") == "codes":
        desk.log_change(request, request.user, "New recovery codes.")
        return _show_new_codes(request, desk, "The recovery codes before these are void.")
    turn_off(request.user)
    request.session.pop(DEVICE_ID_SESSION_KEY, None)
    desk.log_change(request, request.user, "Second factor turned off.")
    messages.warning(request, "Your second factor is off: your password alone signs you in.")
    return HttpResponseRedirect(request.path)


def _end_other_sign_ins(request: HttpRequest, form: ConfirmForm) -> None:
    """Hash the password anew: sessions and tokens that were had without a code are dead."""
    user: Any = form.user
    user.set_password(form.cleaned_data["password"])
    user.save(update_fields=["password"])
    update_session_auth_hash(request, user)


def _secret(user: Any) -> dict[str, Any]:
    device = device_to_set_up(user)
    code = segno.make(device.config_url, error="m")
    secret = b32encode(device.bin_key).decode()
    groups = [secret[start : start + 4] for start in range(0, len(secret), 4)]
    picture = code.svg_inline(scale=5, light="#fff", svgclass="qr-code", title="QR code")
    return {"qr_code": mark_safe(picture), "secret": " ".join(groups)}  # noqa: S308 - made by segno


def _show_new_codes(request: HttpRequest, desk: Any, said: str) -> HttpResponse:
    codes = new_recovery_codes(request.user)
    return _show(request, desk, "codes", {"codes": codes, "said": said})


def _show(request: HttpRequest, desk: Any, step: str, facts: dict[str, Any]) -> HttpResponse:
    context = {
        **desk.admin_site.each_context(request),
        "title": "Second factor",
        "step": step,
        "media": desk.media,
        "hospital": settings.HOSPITAL_NAME,
        **facts,
    }
    return TemplateResponse(request, "admin/second_factor.html", context)
