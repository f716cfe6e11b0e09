"""Users that act for a command, and that nobody can sign in as."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password

from hospital.core.errors import InvalidRequest

DAY_CLOSING = "day-closing"
GATEWAY = "gateway"
ONLINE_ACCOUNTS = "online-accounts"  # acts for who is not signed in yet
PRICE_LIST_IMPORT = "price-list-import"
SYNTHEA_IMPORT = "synthea-import"
WITHDRAWALS = "withdrawals"
SYSTEM_USERS = frozenset(
    {DAY_CLOSING, GATEWAY, ONLINE_ACCOUNTS, PRICE_LIST_IMPORT, SYNTHEA_IMPORT, WITHDRAWALS}
)
NAMES_KEPT_FREE = SYSTEM_USERS | {"admin", "administrator", "root"}  # nobody signs up by these


def system_user(name: str) -> Any:
    """
    Return the system user of this name, one of ``SYSTEM_USERS``, made at first use.

    :raises ValueError: if it is none of them, so that somebody could sign up by it
    :raises InvalidRequest: if somebody can sign in as it, because a person took the name
    """
    if name not in SYSTEM_USERS:
        raise ValueError(f"{name!r} is not kept free for a system user")
    user, _ = get_user_model().objects.get_or_create(
        username=name, defaults={"password": make_password(None)}
    )
    if user.is_staff or user.has_usable_password():
        raise InvalidRequest("username", f"Somebody can sign in as {name}; rename that login.")
    return user
