"""The time by which a worker decides."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection


def _database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


@dataclass(frozen=True)
class Clock:
    """
    ``now`` is one for all workers, wherever they run: the database's. ``elapsed`` counts seconds
    and is never put back; by it a worker knows how much of its lease is left.
    """

    now: Callable[[], datetime] = _database_now
    elapsed: Callable[[], float] = time.monotonic
