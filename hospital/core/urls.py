"""Addresses whose trailing slash is optional."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, re_path

_PARTS = {"int": r"[0-9]{1,18}", "uuid": r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"}


def address(route: str, view: Callable[..., Any], *, name: str | None = None) -> URLPattern:
    """
    Return a pattern for ``"wallets/<uuid:wallet_id>/deposit"``, with or without a slash behind.
    """
    pattern = ""
    for part in route.split("/"):
        if part.startswith("<"):
            kind, _, argument = part.strip("<>").partition(":")
            part = f"(?P<{argument}>{_PARTS[kind]})"
        pattern += f"{part}/"
    return re_path(f"^{pattern.rstrip('/')}/?$", view, name=name)
