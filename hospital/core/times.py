"""Instants on the wire: RFC 3339 in UTC."""

from datetime import UTC, datetime


def wire_time(instant: datetime) -> str:
    """Return the instant as ``2026-01-31T09:30:00.123456Z``."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
