"""The outermost edge of an act: retries of conflicts, and locks that are not to be had."""

import random
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connection

from hospital.core.errors import Busy, DatabaseAway

P = ParamSpec("P")
R = TypeVar("R")

SERIALIZATION_FAILURE = "40001"
DEADLOCK_DETECTED = "40P01"
CONFLICTS = {SERIALIZATION_FAILURE, DEADLOCK_DETECTED}
LOCK_NOT_AVAILABLE = "55P03"
ATTEMPTS = 4
FIRST_PAUSE_SECONDS = 0.02
_JOB_LOCKS = 0x4A4F_4253  # "JOBS": the class of the advisory locks on jobs


class TransactionConflict(Exception):
    """Two acts met in a way that one of them must be run again from its start."""


def retry_conflicts(act: Callable[P, R]) -> Callable[P, R]:
    """
    Decorate an edge (view, command, worker) so that it runs its act again after a conflict.

    Only for code whose whole effect is inside transactions that the conflict has rolled back.

    :raises Busy: if a lock was not to be had within ``lock_timeout``, or the conflicts did not end
    :raises DatabaseAway: if the database does not answer
    """

    @wraps(act)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(ATTEMPTS):
            try:
                return act(*args, **kwargs)
            except (TransactionConflict, OperationalError, InterfaceError) as conflict:
                if not _worth_repeating(conflict):
                    raise refusal_of(conflict) from conflict
            jitter = 0.5 + random.random()  # noqa: S311 - no secret depends on it
            time.sleep(FIRST_PAUSE_SECONDS * 2**attempt * jitter)
        raise Busy

    return run


def hold_job(name: str) -> None:
    """
    Keep every other run of this job waiting until the transaction ends.

    For imports and the like, that look what is there before they write. The wait is bounded by
    ``lock_timeout``; ``retry_conflicts`` turns its end into ``Busy``.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_JOB_LOCKS, name])


def refusal_of(error: Exception) -> Busy:
    """Return what an error of the database means for whoever asked: only some undo for certain."""
    return Busy() if _code(error) in {LOCK_NOT_AVAILABLE, *CONFLICTS} else DatabaseAway()


def _worth_repeating(conflict: Exception) -> bool:
    return isinstance(conflict, TransactionConflict) or _code(conflict) in CONFLICTS


def _code(error: Exception) -> str | None:
    code: str | None = getattr(error.__cause__, "pgcode", None)
    return code
