"""The second factor of staff: codes of an authenticator app, and recovery codes for its loss."""

import re
from typing import Any

from django.conf import settings
from django.db import transaction
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from hospital.core.errors import DomainError
from hospital.core.models import User

APP, RECOVERY = "Authenticator app", "Recovery codes"
RECOVERY_CODES = 10
WITH_CODE = "second_factor"  # the claim of tokens that a code was shown for
LONGEST_CODE = 16


class SecondFactorRequired(DomainError):
    """Staff without a second factor, where the hospital wants one."""

    code = "second-factor-required"
    title = "Set up a second factor first: sign in to the desk, which shows how."
    status = 403


def is_required_of(user: Any) -> bool:
    return bool(settings.SECOND_FACTOR_REQUIRED and user.is_staff)


def has_second_factor(user: Any) -> bool:
    return bool(TOTPDevice.objects.devices_for_user(user, confirmed=True).exists())


@transaction.atomic
def device_accepting(user: Any, code: str) -> Device | None:
    """
    Return the user's device that accepts a code, None if none does. No code is accepted twice.

    Locks the user's devices. A failure makes the next attempt wait, longer each time.
    """
    code = _normal(code)
    kind = TOTPDevice if code.isdecimal() else StaticDevice
    devices = kind.objects.devices_for_user(user, confirmed=True).select_for_update()
    return next((device for device in devices.order_by("pk") if device.verify_token(code)), None)


@transaction.atomic
def device_to_set_up(user: Any) -> TOTPDevice:
    """Return the user's new device, with a secret that the app is to learn."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    unconfirmed = TOTPDevice.objects.devices_for_user(user, confirmed=False).order_by("pk").first()
    return unconfirmed or TOTPDevice.objects.create(user=user, name=APP, confirmed=False)


@transaction.atomic
def turn_on(user: Any, code: str) -> TOTPDevice | None:
    """Let the new device ask from now on, if the app shows its code; None if it does not."""
    device = device_to_set_up(user)
    if has_second_factor(user) or not device.verify_token(_normal(code)):
        return None
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    return device


@transaction.atomic
def new_recovery_codes(user: Any) -> list[str]:
    """Return codes that sign in once each, without the app; those before are worth nothing."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name=RECOVERY)
    codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def recovery_codes_left(user: Any) -> int:
    return int(StaticToken.objects.filter(device__user=user).count())


@transaction.atomic
def turn_off(user: Any) -> None:
    """Forget the user's devices and recovery codes: the password alone signs in again."""
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()


def _normal(code: str) -> str:
    """Return a code without the blanks and dashes that people put into it."""
    return re.sub(r"[^0-9a-z]", "", code.lower())[:LONGEST_CODE]
