"""Days as commands read them."""

from argparse import ArgumentTypeError
from datetime import date


def business_day(text: str) -> date:
    """Return a day written ``2026-01-31``: the ``type`` of a command's argument."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no day; write one like 2026-01-31") from None
