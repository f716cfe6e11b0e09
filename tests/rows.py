"""What the whole database holds, and how many statements an act takes."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

Rows = dict[str, list[str]]  # table → its rows as text, sorted


def everything() -> Rows:
    """Return every row of every table: equal before and after means that nothing changed at all."""
    with connection.cursor() as cursor:
        return {
            table: _rows(cursor, table)
            for table in sorted(connection.introspection.table_names(cursor))
        }


def statements(act: Callable[[], Any]) -> int:
    """Run the act and return how many statements it sent, savepoints included."""
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def _rows(cursor: Any, table: str) -> list[str]:
    name = connection.ops.quote_name(table)
    cursor.execute(f"SELECT held::text FROM {name} AS held ORDER BY 1")  # noqa: S608 - own tables
    return [row for (row,) in cursor.fetchall()]
