"""How many requests a caller may make in a minute; counted in the database, for all processes."""

from __future__ import annotations

from random import random
from time import time
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from hospital.core.statements import Statement, run

if TYPE_CHECKING:  # the views load this module as their default
    from rest_framework.views import APIView

SECONDS = 60
KEPT_MINUTES = 60  # counts of callers that never came back
REQUESTS_MADE = "requests_this_minute"  # the attribute of a user who was counted when found
SWEEPS = 0.01  # of the requests that begin a caller's minute


COUNT_REQUEST = """
    INSERT INTO core_requestcount AS counted (caller, minute, requests)
    VALUES (%(caller)s::text, %(minute)s::bigint, 1)
    ON CONFLICT (caller) DO UPDATE
       SET minute = excluded.minute,
           requests = CASE WHEN counted.minute = excluded.minute
                           THEN counted.requests + 1 ELSE 1 END
    RETURNING requests"""
_COUNT = Statement("count_request", COUNT_REQUEST)


def count_request(caller: str) -> int:
    """Return how many requests the caller made in this minute, this one included. One statement."""
    row = run([_COUNT], count_values(caller))
    return counted(int(row[0]) if row else 0)


def count_values(caller: str) -> dict[str, str | int]:
    """Return the values of ``COUNT_REQUEST``, for a statement that counts besides what it does."""
    return {"caller": caller[:200], "minute": _minute()}


def counted(requests: int) -> int:
    """Return what was counted; now and then, old counts are forgotten."""
    if requests == 1 and random() < SWEEPS:  # noqa: S311 - no secret depends on it
        forget_old_counts()
    return requests


def forget_old_counts() -> None:
    """Forget callers that have not come for an hour: names can be made up without end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM core_requestcount WHERE minute < %s", [_minute() - KEPT_MINUTES]
        )


def forget_requests(caller: str) -> None:
    """Start the caller's count again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_requestcount SET requests = 0 WHERE caller = %s", [caller[:200]]
        )


def allowed_per_minute(scope: str) -> int:
    """Return the limit of a scope; the setting reads ``"12000/min"``."""
    rates: Any = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
    return int(rates[scope].partition("/")[0])


class CallerThrottle(BaseThrottle):
    """
    A signed-in user by id, anybody else by address.

    A view may name a ``bucket`` of its own, so that a flood elsewhere leaves it reachable.
    """

    def allow_request(self, request: Request, view: APIView) -> bool:
        if request.user.is_authenticated:
            # Whoever comes with a token was counted where the token's user was found.
            made = getattr(request.user, REQUESTS_MADE, None) or count_request(
                user_caller(request.user.pk)
            )
            return made <= allowed_per_minute("caller")
        caller = f"{getattr(view, 'bucket', 'public')}:{self.get_ident(request)}"
        return count_request(caller) <= allowed_per_minute("anonymous")

    def wait(self) -> float:
        return seconds_left()


def user_caller(user_id: int) -> str:
    """Return under which name the requests of somebody signed in are counted."""
    return f"user:{user_id}"


def sign_in_caller(request: Any, username: str) -> str:
    """
    Return under which name attempts to sign in as somebody are counted: address and username.

    Blanks around a username are ignored, as they are when it is looked up.
    """
    address = BaseThrottle().get_ident(request)
    return f"login:{address}:{username.replace(chr(0), '').strip()[:150]}"


def seconds_left() -> float:
    """Return how long this minute still lasts."""
    return SECONDS - time() % SECONDS


def _minute() -> int:
    return int(time()) // SECONDS
