"""Names of those who took money."""

from collections.abc import Iterable, Mapping
from typing import Any

from hospital.core.models import User


def person_name(user: Any) -> str:
    return str(user.get_full_name() or user.get_username())


def names_of(user_ids: Iterable[int]) -> Mapping[int, str]:
    """Return the name of each user, in the names' order. One query."""
    users = User.objects.filter(pk__in=list(user_ids))
    named = {user.pk: person_name(user) for user in users}
    return dict(sorted(named.items(), key=lambda one: (one[1].lower(), one[0])))
