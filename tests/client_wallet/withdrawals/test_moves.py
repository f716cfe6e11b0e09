"""The moves that there are, in the code and in the database, and no others."""

import re
from collections.abc import Iterator
from itertools import product

import pytest
from django.db import DatabaseError, connection, transaction

from client_wallet.models import Withdrawal
from client_wallet.withdrawals.moves import ForbiddenMove, move
from tests.client_wallet.journal import refusal_of
from tests.client_wallet.withdrawals.desk import make_withdrawal

pytestmark = pytest.mark.django_db

Status = Withdrawal.Status
MOVES = {(before, after) for before, afters in Withdrawal.MOVES.items() for after in afters}
FINAL = ("COMPLETED", "FAILED", "CANCELLED")
NOT_PERMITTED = ("42501", None)


def test_the_database_keeps_the_moves_of_the_code():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT prosrc FROM pg_proc WHERE proname = 'client_wallet_withdrawal_moves'"
        )
        (source,) = cursor.fetchone()

    assert set(re.findall(r"\('([A-Z_]+)', '([A-Z_]+)'\)", source)) == MOVES
    assert set(FINAL) == set(Status.values) - {before for before, _ in MOVES}


def forbidden() -> Iterator[tuple[str, str]]:
    for before, after in product(Status.values, Status.values):
        if before != after and (before, after) not in MOVES:
            yield before, after


@pytest.mark.parametrize(("before", "after"), list(forbidden()))
def test_a_move_that_there_is_not_is_refused_by_code_and_database(before, after):
    withdrawal = make_withdrawal()
    with connection.cursor() as cursor:
        reach(cursor, withdrawal, before)
    withdrawal.refresh_from_db()

    with pytest.raises(ForbiddenMove):
        move(withdrawal, Status(after))
    with (
        pytest.raises(DatabaseError) as caught,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE client_wallet_withdrawal SET status = %s WHERE id = %s", [after, withdrawal.pk]
        )
    refused: str = caught.value.__cause__.diag.constraint_name  # type: ignore[union-attr] # of psycopg
    assert refused == ("withdrawal_is_final" if before in FINAL else "withdrawal_moves")


WAYS = {  # each status, by moves that there are; the columns are those its CHECK asks for
    "SCHEDULED": [],
    "CANCELLED": ["status = 'CANCELLED'"],
    "FAILED": ["status = 'FAILED'"],
    "PROCESSING": ["status = 'PROCESSING', debit_id = {entry}"],
    "UNKNOWN": ["status = 'PROCESSING', debit_id = {entry}", "status = 'UNKNOWN'"],
    "NEEDS_REVIEW": [
        "status = 'PROCESSING', debit_id = {entry}",
        "status = 'UNKNOWN'",
        "status = 'NEEDS_REVIEW'",
    ],
    "COMPLETED": [
        "status = 'PROCESSING', debit_id = {entry}",
        "status = 'COMPLETED', settlement_id = {entry}",
    ],
}


def reach(cursor, withdrawal: Withdrawal, status: str) -> None:
    entry = "(SELECT min(id) FROM client_wallet_journalentry)"
    for step in WAYS[status]:
        cursor.execute(
            f"UPDATE client_wallet_withdrawal SET {step.format(entry=entry)} WHERE id = %s",  # noqa: S608 - our own text
            [withdrawal.pk],
        )


@pytest.mark.parametrize("status", [status for status in Status.values if status != "SCHEDULED"])
def test_a_withdrawal_begins_as_scheduled(status):
    make_withdrawal()
    columns = [str(field.column) for field in Withdrawal._meta.concrete_fields]  # noqa: SLF001 - Django's documented _meta
    copied = {
        "id": "gen_random_uuid()",
        "bank_reference": "'WD-2'",
        "status": f"'{status}'",
    }
    values = ", ".join(copied.get(column, column) for column in columns)

    refused = refusal_of(
        f"INSERT INTO client_wallet_withdrawal ({', '.join(columns)})"  # noqa: S608 - our own text
        f" SELECT {values} FROM client_wallet_withdrawal"
    )

    assert refused == ("23514", "withdrawal_moves")


@pytest.mark.parametrize(
    "facts",
    [
        "amount = amount + 1",
        "wallet_id = wallet_id",
        "account_number = '2'",
        "bank_reference = 'WD-2'",
        "requested_by_id = requested_by_id",
        "scheduled_for = now()",
    ],
)
def test_the_facts_of_a_withdrawal_stay_as_they_were_asked_for(facts):
    make_withdrawal()

    assert refusal_of(f"UPDATE client_wallet_withdrawal SET {facts}") == NOT_PERMITTED  # noqa: S608 - our own text


@pytest.mark.parametrize("table", ["withdrawal", "bankcall", "bankanswer"])
def test_nothing_of_it_can_be_deleted(table):
    assert refusal_of(f"DELETE FROM client_wallet_{table}") == NOT_PERMITTED  # noqa: S608 - our own text


@pytest.mark.parametrize("table", ["bankcall", "bankanswer"])
def test_calls_and_answers_cannot_be_changed(table):
    assert refusal_of(f"UPDATE client_wallet_{table} SET id = id") == NOT_PERMITTED  # noqa: S608 - our own text


@pytest.mark.parametrize(
    ("reached", "wrong", "constraint"),
    [
        ("PROCESSING", "debit_id = NULL", "withdrawal_keeps_its_past"),
        ("PROCESSING", "last_call = -1", "withdrawal_keeps_its_past"),
        ("PROCESSING", "status = 'COMPLETED'", "withdrawal_status_tells_where_the_money_is"),
        ("PROCESSING", "status = 'FAILED'", "withdrawal_status_tells_where_the_money_is"),
        ("PROCESSING", "refund_id = debit_id", "withdrawal_status_tells_where_the_money_is"),
        ("SCHEDULED", "status = 'PROCESSING'", "withdrawal_status_tells_where_the_money_is"),
        (
            "NEEDS_REVIEW",
            "status = 'FAILED', refund_id = debit_id",
            "withdrawal_is_reviewed_with_evidence",
        ),
        (
            "NEEDS_REVIEW",
            "status = 'FAILED', refund_id = debit_id, evidence = 'x',"
            " ended_by_id = requested_by_id",
            "withdrawal_reviewed_by_somebody_else",
        ),
        (
            "NEEDS_REVIEW",
            "status = 'FAILED', refund_id = debit_id, evidence = 'x'",
            "withdrawal_reviewed_by_somebody_else",
        ),
        ("COMPLETED", "attempts = 9", "withdrawal_is_final"),
        ("CANCELLED", "next_attempt_at = now()", "withdrawal_is_final"),
    ],
)
def test_the_database_refuses_what_no_code_should_do(reached, wrong, constraint):
    withdrawal = make_withdrawal()
    with connection.cursor() as cursor:
        reach(cursor, withdrawal, reached)

    refused = refusal_of(f"UPDATE client_wallet_withdrawal SET {wrong}")  # noqa: S608 - our own text

    assert refused == ("23514", constraint)
