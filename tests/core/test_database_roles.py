"""What the application's role may do, table by table."""

import pytest
from django.db import connection

from client_wallet.apps import ClientWalletConfig
from hospital.core.database_roles import (
    OWNER,
    changeable_journal_tables,
    grant_to_application,
    guarded_tables,
)
from tests.databases import pointing_at

GUARDED = {
    "client_wallet_businessdayclosure",
    "client_wallet_journalentry",
    "client_wallet_ledgeraccount",
    "client_wallet_posting",
    "client_wallet_receiptcounter",
    "client_wallet_walletaccount",
    "client_wallet_walletdeposit",
    "core_idempotencykey",
}


@pytest.mark.django_db
def test_of_a_guarded_table_only_the_columns_named_can_be_updated():
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT attrelid::regclass::text, attname
              FROM pg_attribute
             WHERE attrelid::regclass::text = ANY (%s) AND attnum > 0 AND NOT attisdropped
               AND has_column_privilege(attrelid, attname, 'UPDATE')
            """,
            [list(guarded_tables())],
        )
        updatable = {(table, column) for table, column in cursor.fetchall()}

    assert set(guarded_tables()) >= GUARDED
    assert updatable == {
        (table, column) for table, columns in guarded_tables().items() for column in columns
    }


@pytest.mark.django_db
def test_nothing_can_be_deleted_from_a_guarded_table_and_no_table_can_be_truncated():
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT oid::regclass::text,
                   has_table_privilege(oid, 'DELETE'), has_table_privilege(oid, 'TRUNCATE')
              FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
            """
        )
        rights = cursor.fetchall()

    undeletable = {table for table, may_delete, _ in rights if not may_delete}
    assert undeletable == {"django_migrations", *guarded_tables()}
    assert [table for table, _, may_truncate in rights if may_truncate] == []


def test_a_grant_that_fails_half_way_changes_no_right(real_commits, monkeypatch):
    monkeypatch.setitem(ClientWalletConfig.guarded_tables, "NoSuchModel", ())

    with pointing_at(real_commits, OWNER), pytest.raises(LookupError):
        grant_to_application(using=OWNER)

    assert changeable_journal_tables() == []
