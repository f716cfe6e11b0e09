"""What tests ask of the record of changes, and how they change records behind the system's back."""

from typing import Any

from django.db import connection

from hospital.core.models import Change

Seen = tuple[str, str, dict[str, Any] | None, dict[str, Any]]


def newest() -> int:
    """Return where the record of changes ends now."""
    last = Change.objects.order_by("-pk").first()
    return last.pk if last else 0


def changes_since(start: int) -> list[Change]:
    return list(Change.objects.filter(pk__gt=start).order_by("pk"))


def seen_since(start: int, *columns: str) -> list[Seen]:
    """Return what was recorded: record, kind, what was before, and some columns as they became."""
    return [
        (
            change.record,
            change.kind,
            change.before,
            {column: (change.after or {}).get(column) for column in columns},
        )
        for change in changes_since(start)
    ]


def sql(statement: str, *values: Any) -> None:
    """Run a statement as the application's role, past the ORM."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
