"""
What the application's database role may do; granted after each migration, by the owner.

An app's config may name ``guarded_tables``: model name → columns that may be updated. Such a table
can be read and added to, never deleted from, and only those columns change. To models that are
``written_by_the_database`` its triggers alone add rows.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections, transaction
from psycopg2 import sql

OWNER = "owner"  # the alias of the owner's connection
JOURNAL_TABLES = ("client_wallet_journalentry", "client_wallet_posting")
CHANGES = ("UPDATE", "DELETE", "TRUNCATE", "TRIGGER")  # a trigger can change what is inserted


def grant_to_application(*, using: str) -> None:
    """
    Give the role of ``DATABASE_URL`` its rights on all tables, in one transaction: the guarded ones
    are open at no moment. Nothing to do where it is the owner.
    """
    owner = connections[using]
    role = settings.DATABASES["default"]["USER"]
    if not role or role == owner.settings_dict["USER"]:
        return
    with transaction.atomic(using=using), owner.cursor() as cursor:
        for statement in _grants(sql.Identifier(role), _tables_there_are(cursor)):
            cursor.execute(statement)


def guarded_tables() -> dict[str, tuple[str, ...]]:
    """Return table → the columns that the application may update, for each guarded table."""
    return {
        config.get_model(model)._meta.db_table: columns  # noqa: SLF001 - Django's documented _meta
        for config in apps.get_app_configs()
        for model, columns in getattr(config, "guarded_tables", {}).items()
    }


def written_by_the_database() -> set[str]:
    """Return the tables that the application only reads."""
    return {
        config.get_model(model)._meta.db_table  # noqa: SLF001 - Django's documented _meta
        for config in apps.get_app_configs()
        for model in getattr(config, "written_by_the_database", ())
    }


def changeable_journal_tables() -> list[str]:
    """
    Return the journal tables that the application's role could change: none where all is well.
    """
    with connections["default"].cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT name
              FROM unnest(%s) AS name, unnest(%s) AS change,
                   unnest(ARRAY[current_user, session_user]) AS role
             WHERE has_table_privilege(role, name, change)
                OR has_any_column_privilege(role, name, 'UPDATE')
             ORDER BY name
            """,
            [list(JOURNAL_TABLES), list(CHANGES)],
        )
        return [name for (name,) in cursor.fetchall()]


def _tables_there_are(cursor: Any) -> Mapping[str, Collection[str]]:
    """Return table → its columns; a migration back leaves some of what the code knows behind."""
    cursor.execute(
        """
        SELECT table_name, array_agg(column_name::text)
          FROM information_schema.columns WHERE table_schema = 'public' GROUP BY table_name
        """
    )
    return dict(cursor.fetchall())


def _grants(
    role: sql.Identifier, tables: Mapping[str, Collection[str]]
) -> Iterator[sql.Composable]:
    yield sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role)
    yield sql.SQL(
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}"
    ).format(role)
    yield sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(role)
    guarded = {"django_migrations": (), **guarded_tables()}
    for table in guarded.keys() & tables.keys():
        name = sql.Identifier(table)
        yield sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(name, role)
        if columns := [column for column in guarded[table] if column in tables[table]]:
            listed = sql.SQL(", ").join(map(sql.Identifier, columns))
            yield sql.SQL("GRANT UPDATE ({}) ON {} TO {}").format(listed, name, role)
    for table in written_by_the_database() & tables.keys():
        yield sql.SQL("REVOKE INSERT ON {} FROM {}").format(sql.Identifier(table), role)
