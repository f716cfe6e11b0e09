"""What the database refuses of the journal even to its owner."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from psycopg2 import sql

from client_wallet.models import JournalEntry
from client_wallet.services import deposit_to_wallet
from hospital.core.acts import Act
from hospital.core.database_roles import changeable_journal_tables
from hospital.core.money import CENT
from tests.client_wallet.journal import (
    APPEND_ONLY,
    LATE,
    WITHOUT_LINES,
    WRITE_ENTRY,
    WRITE_LATE_PAIR,
    Refusal,
)
from tests.databases import owner_cursor
from tests.factories import PatientFactory, UserFactory

CHANGES = [
    "UPDATE client_wallet_journalentry SET memo = 'another story'",
    "DELETE FROM client_wallet_journalentry",
    "TRUNCATE client_wallet_journalentry CASCADE",
    "UPDATE client_wallet_posting SET amount = 1",
    "DELETE FROM client_wallet_posting",
    "TRUNCATE client_wallet_posting",
    "UPDATE client_wallet_businessdayclosure SET seal = ''",
    "DELETE FROM client_wallet_businessdayclosure",
    "TRUNCATE client_wallet_businessdayclosure CASCADE",
    "UPDATE client_wallet_businessdaytotal SET debits = 1",
    "DELETE FROM client_wallet_businessdaytotal",
    "TRUNCATE client_wallet_businessdaytotal",
    "UPDATE invoicing_app_closeddayreport SET files = '{}'",
    "DELETE FROM invoicing_app_closeddayreport",
    "TRUNCATE invoicing_app_closeddayreport",
    "UPDATE core_idempotencykey SET answer = '{}'",
    "DELETE FROM core_idempotencykey",
    "TRUNCATE core_idempotencykey",
]


def refusal_of(cursor: Any, statement: str, parameters: Sequence[Any] = ()) -> Refusal:
    """Run a statement that has to be refused, and return how it was."""
    with pytest.raises(psycopg2.Error) as caught:
        cursor.execute(statement, parameters or None)
    return caught.value.pgcode, caught.value.diag.constraint_name


@pytest.fixture
def books(real_commits: str) -> str:
    """A database that holds one deposit, taken under a key; its name."""
    deposit_to_wallet(
        patient_id=PatientFactory().pk, amount=CENT, act=Act(UserFactory(), "the key")
    )
    return real_commits


@pytest.mark.parametrize("session", ["origin", "replica"])
def test_the_owner_cannot_change_what_was_written(session, books):
    with owner_cursor(books) as cursor:
        with suppress(psycopg2.errors.InsufficientPrivilege):  # only a superuser may set it
            cursor.execute(f"SET session_replication_role = {session}")
        refusals = {change: refusal_of(cursor, change) for change in CHANGES}

    assert refusals == dict.fromkeys(CHANGES, APPEND_ONLY)


def test_the_owner_cannot_write_half_an_entry(books):
    actor_id = JournalEntry.objects.get().actor_id

    with owner_cursor(books) as cursor:
        refusal = refusal_of(cursor, WRITE_ENTRY, [actor_id, None])

    assert refusal == WITHOUT_LINES


def test_the_owner_cannot_add_a_line(books):
    entry_id = JournalEntry.objects.get().pk

    with owner_cursor(books) as cursor:
        refusal = refusal_of(cursor, WRITE_LATE_PAIR, [entry_id, entry_id])

    assert refusal == LATE


@pytest.mark.parametrize(
    ("privilege", "changeable"),
    [
        ("UPDATE (memo) ON client_wallet_journalentry", ["client_wallet_journalentry"]),
        ("TRUNCATE ON client_wallet_posting", ["client_wallet_posting"]),
        ("TRIGGER ON client_wallet_posting", ["client_wallet_posting"]),
        (
            "DELETE ON client_wallet_journalentry, client_wallet_posting",
            ["client_wallet_journalentry", "client_wallet_posting"],
        ),
        ("SELECT ON client_wallet_posting", []),
    ],
)
def test_a_grant_that_opens_the_journal_is_noticed(privilege, changeable, real_commits):
    role = sql.Identifier(settings.DATABASES["default"]["USER"])

    with owner_cursor(real_commits) as cursor:
        cursor.execute(sql.SQL("GRANT " + privilege + " TO {}").format(role))

    assert changeable_journal_tables() == changeable


def test_a_grant_to_everybody_is_noticed(real_commits):
    with owner_cursor(real_commits) as cursor:
        cursor.execute("GRANT UPDATE ON client_wallet_posting TO PUBLIC")

    assert changeable_journal_tables() == ["client_wallet_posting"]
