"""Instants on the wire: RFC 3339 in UTC."""

from datetime import UTC, datetime

_WIRE_FORMAT = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'


def wire_time(instant: datetime) -> str:
    """Return the instant as ``2026-01-31T09:30:00.123456Z``."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def wire_time_sql(column: str) -> str:
    """Return the SQL for the instant in a column, as ``wire_time`` writes it."""
    return f"to_char({column} AT TIME ZONE 'UTC', '{_WIRE_FORMAT}')"
