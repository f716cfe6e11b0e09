"""Users that act for a command, and that nobody can sign in as."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password

from hospital.core.errors import InvalidRequest

NAMES_KEPT_FREE = frozenset(  # nobody who signs up takes one of these first
    (
        "admin",
        "administrator",
        "gateways",
        "online-accounts",
        "online-payments",
        "price-list-import",
        "root",
        "synthea-import",
        "withdrawals",
    )
)


def system_user(name: str) -> Any:
    """
    Return the system user of this name, made at first use.

    :raises InvalidRequest: if somebody can sign in as it, because a person took the name
    """
    user, _ = get_user_model().objects.get_or_create(
        username=name, defaults={"password": make_password(None)}
    )
    if user.is_staff or user.has_usable_password():
        raise InvalidRequest("username", f"Somebody can sign in as {name}; rename that login.")
    return user
