"""What the application's role is permitted of the journal and of whatever else proves the money."""

import pytest
from django.db import connection

from hospital.core.database_roles import changeable_journal_tables
from tests.client_wallet.journal import NOT_PERMITTED, refusal_of, run

pytestmark = pytest.mark.django_db

CHANGES = [
    "UPDATE client_wallet_journalentry SET memo = 'another story'",
    "UPDATE client_wallet_journalentry SET posted_at = now()",
    "DELETE FROM client_wallet_journalentry",
    "TRUNCATE client_wallet_journalentry CASCADE",
    "UPDATE client_wallet_posting SET amount = 1",
    "UPDATE client_wallet_posting SET wallet_id = NULL",
    "DELETE FROM client_wallet_posting",
    "TRUNCATE client_wallet_posting",
    "MERGE INTO client_wallet_posting held USING (SELECT 1) AS one ON held.amount > 0"
    " WHEN MATCHED THEN DELETE",
    "INSERT INTO client_wallet_journalentry SELECT * FROM client_wallet_journalentry"
    " ON CONFLICT (id) DO UPDATE SET memo = 'another story'",
]
WAYS_ROUND = [
    "ALTER TABLE client_wallet_posting DISABLE TRIGGER ALL",
    "ALTER TABLE client_wallet_posting DROP CONSTRAINT posting_above_zero",
    "ALTER TABLE client_wallet_posting OWNER TO CURRENT_USER",
    "CREATE RULE forget AS ON INSERT TO client_wallet_posting DO INSTEAD NOTHING",
    "CREATE TRIGGER forget BEFORE INSERT ON client_wallet_posting"
    " FOR EACH ROW EXECUTE FUNCTION core_refuse_change()",
    "DROP TRIGGER entry_balances ON client_wallet_posting",
    "DROP TABLE client_wallet_posting",
    "DROP FUNCTION client_wallet_entry_balances() CASCADE",
    "CREATE OR REPLACE FUNCTION client_wallet_entry_balances() RETURNS trigger"
    " LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "CREATE FUNCTION public.forget() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE SCHEMA elsewhere",
    "SET session_replication_role = replica",
    "SET ROLE hospital_owner",
]


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_in_the_journal_can_be_changed(change, entry_id):
    assert refusal_of(change) == NOT_PERMITTED


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE client_wallet_businessdayclosure SET business_date = '2020-01-01'",
        "DELETE FROM client_wallet_businessdayclosure",
        "UPDATE client_wallet_businessdaytotal SET debits = 1",
        "DELETE FROM client_wallet_businessdaytotal",
        "UPDATE invoicing_app_closeddayreport SET files = '{}'",
        "DELETE FROM invoicing_app_closeddayreport",
        "UPDATE client_wallet_ledgeraccount SET kind = 'REVENUE'",
        "DELETE FROM client_wallet_ledgeraccount",
        "DELETE FROM client_wallet_walletaccount",
        "UPDATE client_wallet_walletaccount SET patient_id = 1",
        "DELETE FROM client_wallet_walletdeposit",
        "UPDATE client_wallet_walletdeposit SET amount = 1",
        "UPDATE client_wallet_walletdeposit SET taken_by_id = 1",
        "DELETE FROM client_wallet_receiptcounter",
        "UPDATE core_idempotencykey SET answer = '{}'",
        "DELETE FROM core_idempotencykey",
        "TRUNCATE core_idempotencykey",
    ],
)
def test_what_proves_the_money_can_neither_be_changed_nor_deleted(change):
    assert refusal_of(change) == NOT_PERMITTED


@pytest.mark.parametrize("way", WAYS_ROUND)
def test_there_is_no_way_round_the_rules(way):
    assert refusal_of(way) == NOT_PERMITTED


def test_the_application_may_read_and_add_to_the_journal_and_nothing_else():
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT name, privilege
              FROM unnest(ARRAY['client_wallet_journalentry', 'client_wallet_posting']) AS name,
                   unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES',
                                'TRIGGER']) AS privilege,
                   unnest(ARRAY[current_user, session_user, 'public']) AS role
             WHERE has_table_privilege(role, name, privilege)
             GROUP BY name, privilege
             ORDER BY name, privilege
            """
        )
        granted = cursor.fetchall()

    assert granted == [
        ("client_wallet_journalentry", "INSERT"),
        ("client_wallet_journalentry", "SELECT"),
        ("client_wallet_posting", "INSERT"),
        ("client_wallet_posting", "SELECT"),
    ]
    assert changeable_journal_tables() == []


def test_the_application_is_no_member_of_the_owning_role():
    assert not run(
        "SELECT pg_has_role(current_user, relowner, 'MEMBER') FROM pg_class"
        " WHERE oid = 'client_wallet_posting'::regclass"
    )
