"""One column of many rows, each with a value of its own, in one short statement."""

from collections.abc import Mapping
from typing import Any

from django.db import connection, models


def update_column(model: type[models.Model], column: str, values: Mapping[int, Any]) -> None:
    """
    Set the column of each row to the value under its id. One statement, however many rows.

    Django's ``bulk_update`` says the same with a CASE of as many branches as rows: writing that
    took longer than all the rest of a payment of 200 items.
    """
    field: Any = model._meta.get_field(column)  # noqa: SLF001 - Django's documented _meta
    table, name = connection.ops.quote_name(model._meta.db_table), field.column  # noqa: SLF001
    changed = f"unnest(%s::bigint[], %s::{field.rel_db_type(connection)}[]) AS changed (id, value)"
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE {table} SET "{name}" = changed.value FROM {changed}'  # noqa: S608 - names of the model
            f" WHERE {table}.id = changed.id",
            [list(values), list(values.values())],
        )
