"""Names for rows that nobody can guess, in about the order in which they were given."""

from secrets import randbits
from time import time_ns
from uuid import UUID

_RANDOM_BITS = 74


def new_uid() -> str:
    """
    Return a UUID of version 7 (RFC 9562, section 5.7) as text: milliseconds, then chance.

    Wholly random ones touch another page of their index each time, and what touches a page first
    after a checkpoint writes all of it to PostgreSQL's log.
    """
    milliseconds, chance = time_ns() // 1_000_000, randbits(_RANDOM_BITS)
    upper, lower = chance >> 62, chance & (2**62 - 1)
    return str(UUID(int=milliseconds << 80 | 7 << 76 | upper << 64 | 2 << 62 | lower))
