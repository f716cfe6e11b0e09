"""Acts that are tried and taken back: whoever confirms one learns before what it leads to."""

from collections.abc import Callable
from typing import TypeVar

from django.db import transaction

from hospital.core.transactions import retry_conflicts

R = TypeVar("R")


def rehearse(act: Callable[[], R]) -> R:
    """
    Run an act in a transaction that is rolled back, and return what it answered.

    The rules stay the service's own: nothing is checked here, and nothing is kept.

    :raises DomainError: what the act raises, or ``Busy``
    """
    return retry_conflicts(_rolled_back)(act)


def _rolled_back(act: Callable[[], R]) -> R:
    with transaction.atomic():
        answer = act()
        transaction.set_rollback(True)
    return answer
