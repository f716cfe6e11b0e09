"""Failed sign-ins lock a name at the address that they came from; django-axes counts them."""

from datetime import timedelta
from ipaddress import ip_address, ip_network
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.utils import timezone
from rest_framework.throttling import BaseThrottle

from hospital.core.models import FailedSignIn

LONGEST_NAME = 150
UNKNOWN = "0.0.0.0"  # noqa: S104 - stands for any address that cannot be read


def is_locked(request: Any, username: str) -> bool:
    """Return whether this name may not sign in from this address, rightly or wrongly."""
    return bool(AxesProxyHandler.is_locked(request, {"username": username}))


def seconds_locked(request: Any, username: str) -> int:
    """Return how long a lock still lasts; each failure before it began it anew."""
    failures = FailedSignIn.objects.filter(
        username=name_of(request, {"username": username}), ip_address=address_of(request)
    )
    last = failures.order_by("-attempt_time").values_list("attempt_time", flat=True).first()
    ends = (last or timezone.now()) + settings.AXES_COOLOFF_TIME
    return max(int((ends - timezone.now()) / timedelta(seconds=1)), 1)


def keep_answer(request: Any, answer: Any, credentials: Any = None) -> Any:
    """Let the form, which says what is locked, be the answer of a locked sign-in."""
    return answer


def count_failure(request: Any, username: str) -> None:
    """Count what was wrong although the password was right: a code, above all."""
    user_login_failed.send(sender=__name__, credentials={"username": username}, request=request)


def forget_failures(request: Any, username: str) -> None:
    """Begin to count anew, after a success; signing in by session does so by itself."""
    AxesProxyHandler.reset_attempts(
        ip_address=address_of(request), username=name_of(request, {"username": username})
    )


def name_of(request: Any, credentials: Any) -> str:
    """Return the name that failures are counted under: blanks around it are nothing."""
    given = (credentials or {}).get("username") or ""
    return str(given).replace("\0", "").strip()[:LONGEST_NAME]


def address_of(request: Any) -> str:
    """
    Return where a request comes from, by the rule of TRUSTED_PROXIES.

    Whoever has one IPv6 address has a whole /64 of them, which counts as one.
    """
    try:
        address = ip_address(BaseThrottle().get_ident(request))
    except ValueError:  # a socket, or a proxy that adds a port
        return UNKNOWN
    if address.version == 6:
        return str(ip_network(f"{address}/64", strict=False).network_address)
    return str(address)
