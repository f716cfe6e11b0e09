"""What the whole database holds, how many statements an act takes, and what the tables refuse."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
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
    return len(statements_of(act))


def statements_of(act: Callable[[], Any]) -> list[str]:
    """Run the act and return the statements it sent, planned ones written out."""
    with CaptureQueriesContext(connection) as captured:
        act()
    return [written_out(query["sql"]) for query in captured]


def written_out(sql: str) -> str:
    """Return what is sent, followed by the texts of the planned statements that it runs."""
    names = re.findall(r"EXECUTE (\w+)", sql)
    if not names:
        return sql
    with connection.connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements WHERE name = ANY(%s)", [names])
        return " ".join([sql, *(text for (text,) in cursor.fetchall())])


def rule_that_refuses(write: Callable[[], Any]) -> str:
    """Return the name of the constraint that the write breaks; fail if it breaks none."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        write()
    cause: Any = refusal.value.__cause__
    return str(cause.diag.constraint_name)


def changeable_columns(table: str) -> set[str]:
    """Return the columns of a table that the application's role may update, found by trying."""
    with connection.cursor() as cursor:
        columns = [
            column.name for column in connection.introspection.get_table_description(cursor, table)
        ]
    return {column for column in columns if _may_update(table, column)}


def _may_update(table: str, column: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'UPDATE {table} SET "{column}" = "{column}" WHERE false')  # noqa: S608 - own tables
    except ProgrammingError as refusal:
        if "permission denied" not in str(refusal):
            raise
        return False
    return True


def _rows(cursor: Any, table: str) -> list[str]:
    name = connection.ops.quote_name(table)
    cursor.execute(f"SELECT held::text FROM {name} AS held ORDER BY 1")  # noqa: S608 - own tables
    return [row for (row,) in cursor.fetchall()]
