"""Guessing made slow: at codes, and at the password of somebody who left a session open."""

from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest

from hospital.core.errors import DomainError
from hospital.core.lock_out import address_of, count_failure, is_locked
from hospital.core.throttling import allowed_per_minute, count_request
from smcapp1.errors import CodeNotAccepted, TooManyAttempts, WrongPassword

R = TypeVar("R")


def require_few(request: HttpRequest, what: str, limit: str) -> None:
    """
    Count a request of this address.

    :raises TooManyAttempts: if it made more of this kind in this minute than the limit allows
    """
    if count_request(f"{what}:{address_of(request)}") > allowed_per_minute(limit):
        raise TooManyAttempts("Too many attempts from here. Wait a minute, and try again.")


def code_of(hospital_number: str) -> str:
    """Return by which name failures at a patient's codes are counted; nobody signs in by such."""
    return f"code:{hospital_number}"


def counting_failures(request: HttpRequest, name: str, act: Callable[[], R]) -> R:
    """
    Return what the act returns; a wrong code or password counts as a failed sign-in of this name.

    :raises TooManyAttempts: if the name is locked at this address
    :raises DomainError: as the act does
    """
    if is_locked(request, name):
        minutes = settings.SIGN_IN_LOCK_MINUTES
        raise TooManyAttempts(f"Too many failed attempts. Wait {minutes} minutes, or ask the desk.")
    try:
        return act()
    except DomainError as refusal:
        if isinstance(refusal, CodeNotAccepted | WrongPassword):
            count_failure(request, name)
        raise
