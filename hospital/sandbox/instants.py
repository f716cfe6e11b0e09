"""Instants as whole microseconds since 1970, read and written as RFC 3339."""

import re
import time
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FORM = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


def now() -> int:
    return time.time_ns() // 1000


def read_instant(text: str) -> int:
    """
    Microseconds since 1970.

    :raises ValueError: unless it is an instant of RFC 3339 with six decimals of a second at most
    """
    if not _FORM.fullmatch(text):
        raise ValueError(text)
    try:
        instant = datetime.fromisoformat(text.upper()).astimezone(UTC)
    except OverflowError as beyond:
        raise ValueError(text) from beyond
    return (instant - _EPOCH) // _MICROSECOND


def write_instant(microseconds: int) -> str:
    instant = _EPOCH + timedelta(microseconds=microseconds)
    return instant.isoformat(timespec="microseconds").replace("+00:00", "Z")
