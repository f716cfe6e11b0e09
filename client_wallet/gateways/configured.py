"""The gateway that the settings name."""

from collections.abc import Callable, Mapping

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from client_wallet.gateways.calling import Caller
from client_wallet.gateways.interface import Gateway
from client_wallet.gateways.razorpay import Razorpay
from client_wallet.gateways.sandbox import SandboxGateway

_ADAPTERS: Mapping[str, Callable[[], Gateway]] = {
    "sandbox": lambda: SandboxGateway(_caller(), settings.GATEWAY_WEBHOOK_SECRET),
    "razorpay": lambda: Razorpay(
        _caller(), settings.GATEWAY_WEBHOOK_SECRET, settings.GATEWAY_KEY_ID
    ),
}


def configured_gateway() -> Gateway | None:
    """
    Return the gateway that ``GATEWAY`` names, or None where there is none.

    :raises ImproperlyConfigured: if there is no such gateway, or a setting of it is missing
    """
    if not settings.GATEWAY:
        return None
    adapter = _ADAPTERS.get(settings.GATEWAY)
    if adapter is None:
        raise ImproperlyConfigured(f"GATEWAY must be one of {', '.join(_ADAPTERS)}, or empty.")
    for name in ("GATEWAY_URL", "GATEWAY_KEY_SECRET", "GATEWAY_WEBHOOK_SECRET"):
        if not getattr(settings, name):
            raise ImproperlyConfigured(f"{name} is not set: the gateway needs it.")
    return adapter()


def _caller() -> Caller:
    return Caller(
        settings.GATEWAY_URL,
        settings.GATEWAY_KEY_ID,
        settings.GATEWAY_KEY_SECRET,
        settings.GATEWAY_DEADLINE_SECONDS,
    )
