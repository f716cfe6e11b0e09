"""What the database refuses to write in the journal, asked for in raw SQL as the application."""

import io
from typing import Any

import psycopg2
import pytest
from django.db import connection

from client_wallet.models import Posting
from tests.client_wallet.journal import (
    LATE,
    UNBALANCED,
    WITHOUT_LINES,
    WRITE_ENTRY,
    WRITE_LATE_LINE,
    WRITE_LATE_PAIR,
    WRITE_LINES,
    credit,
    debit,
    refusal_of,
    refusal_of_entry,
    run,
    wallet_credit,
    write_entry,
)
from tests.factories import make_wallet

pytestmark = pytest.mark.django_db


def test_an_entry_arrives_with_its_lines(cashier):
    entry_id = write_entry(cashier, debit("CASH", "5.00"), credit("BANK", "5.00"))

    lines = Posting.objects.filter(entry_id=entry_id).order_by("pk")
    assert [str(line) for line in lines] == ["DEBIT 5.00", "CREDIT 5.00"]


def test_an_entry_without_lines_is_refused(cashier):
    assert refusal_of(WRITE_ENTRY, [cashier.pk, None]) == WITHOUT_LINES


def test_lines_that_follow_in_the_same_transaction_come_too_late(cashier):
    announced = run("SELECT nextval('client_wallet_journalentry_id_seq')") + 1
    in_two_steps = f"{WRITE_ENTRY}; {WRITE_LATE_PAIR}"

    assert refusal_of(in_two_steps, [cashier.pk, None, announced, announced]) == WITHOUT_LINES


def test_of_two_entries_in_one_statement_each_needs_lines(cashier):
    statement = f"""
        WITH one AS ({WRITE_ENTRY}), other AS ({WRITE_ENTRY})
        {WRITE_LINES} SELECT one.id, account, NULL, side, 5.00, NULL, NULL, ''
          FROM one, (VALUES ('CASH', 'DEBIT'), ('BANK', 'CREDIT')) AS line (account, side)"""  # noqa: S608 - no input in it

    assert refusal_of(statement, [cashier.pk, None] * 2) == WITHOUT_LINES


@pytest.mark.parametrize(
    "lines",
    [
        [debit("CASH", "5.00")],
        [credit("BANK", "5.00")],
        [debit("CASH", "5.00"), debit("BANK", "5.00")],
        [debit("CASH", "5.00"), credit("BANK", "4.99")],
        [debit("CASH", "5.00"), credit("BANK", "2.00"), credit("CARD_CLEARING", "3.01")],
    ],
    ids=["one debit", "one credit", "two debits", "a cent short", "a cent over"],
)
def test_an_entry_that_does_not_balance_is_refused(lines, cashier):
    assert refusal_of_entry(cashier, *lines) == UNBALANCED


def test_two_entries_that_balance_only_together_are_refused(cashier):
    statement = f"""
        WITH one AS ({WRITE_ENTRY}), other AS ({WRITE_ENTRY})
        {WRITE_LINES}
        SELECT id, 'CASH', NULL, side, 5.00, NULL, NULL, ''
          FROM (SELECT id, 'DEBIT' AS side FROM one UNION ALL
                SELECT id, 'DEBIT' FROM one UNION ALL
                SELECT id, 'CREDIT' FROM other UNION ALL
                SELECT id, 'CREDIT' FROM other) AS line"""  # noqa: S608 - no input in it

    assert refusal_of(statement, [cashier.pk, None] * 2) == UNBALANCED


@pytest.mark.parametrize("amount", ["0.00", "-5.00", "0.004"])
def test_a_line_of_nothing_or_less_is_refused(amount, cashier):
    refusal = refusal_of_entry(cashier, debit("CASH", amount), credit("BANK", amount))

    assert refusal == ("23514", "posting_above_zero")


def test_a_line_stands_on_the_debit_or_the_credit_side(cashier):
    sideways = ("CASH", None, "LEFT", "5.00", None, None, "")

    refusal = refusal_of_entry(cashier, sideways, credit("BANK", "5.00"))

    assert refusal == ("23514", "posting_side_is_known")


@pytest.mark.parametrize("statement", [WRITE_LATE_LINE, WRITE_LATE_PAIR], ids=["one", "a pair"])
def test_a_line_that_comes_later_is_refused(statement, entry_id):
    assert refusal_of(statement, [entry_id] * statement.count("%s")) == LATE


def test_a_late_line_cannot_hide_beside_a_whole_entry(entry_id, cashier):
    statement = f"""
        WITH entry AS ({WRITE_ENTRY})
        {WRITE_LINES}
        SELECT id, account, NULL, side, 5.00, NULL, NULL, ''
          FROM (SELECT id, 'CASH' AS account, 'DEBIT' AS side FROM entry UNION ALL
                SELECT id, 'BANK', 'CREDIT' FROM entry UNION ALL
                SELECT %s, 'CASH', 'DEBIT' UNION ALL
                SELECT %s, 'BANK', 'CREDIT') AS line"""  # noqa: S608 - no input in it

    assert refusal_of(statement, [cashier.pk, None, entry_id, entry_id]) == LATE


def test_a_late_line_cannot_be_copied_in(entry_id):
    columns = "entry_id, account_id, side, amount, chain_hash"
    rows = io.StringIO(f'{entry_id},CASH,DEBIT,5.00,""\n')

    copy = f"COPY client_wallet_posting ({columns}) FROM STDIN (FORMAT csv)"

    with connection.cursor() as cursor, pytest.raises(psycopg2.Error) as caught:
        cursor.copy_expert(copy, rows)

    assert (caught.value.pgcode, caught.value.diag.constraint_name) == LATE


def test_a_temporary_table_cannot_lend_an_entry_its_lines(cashier):
    run("CREATE TEMPORARY TABLE client_wallet_posting (entry_id bigint, side text, amount numeric)")
    run(
        "INSERT INTO pg_temp.client_wallet_posting"
        " SELECT entry, 'DEBIT', 5 FROM generate_series(1, 1000) AS entry"
    )

    assert refusal_of(WRITE_ENTRY, [cashier.pk, None]) == WITHOUT_LINES


def test_a_temporary_table_cannot_hide_the_lines_an_entry_has(entry_id):
    run("CREATE TEMPORARY TABLE client_wallet_posting (entry_id bigint, side text, amount numeric)")
    run(
        "INSERT INTO pg_temp.client_wallet_posting VALUES (%s, 'DEBIT', 5), (%s, 'CREDIT', 5)",
        [entry_id, entry_id],
    )

    late_pair = WRITE_LATE_PAIR.replace("INTO client", "INTO public.client")
    assert refusal_of(late_pair, [entry_id, entry_id]) == LATE


def test_an_entry_is_reversed_once(entry_id, cashier):
    write_entry(cashier, debit("BANK", "100.00"), credit("CASH", "100.00"), reverses=entry_id)

    refusal = refusal_of_entry(
        cashier, debit("BANK", "100.00"), credit("CASH", "100.00"), reverses=entry_id
    )

    assert refusal == ("23505", "client_wallet_journalentry_reverses_id_key")


def test_no_wallet_falls_below_zero():
    make_wallet(holding="100.00")

    refusal = refusal_of("UPDATE client_wallet_walletaccount SET account_balance = -0.01")

    assert refusal == ("23514", "wallet_balance_not_negative")


def test_a_sequence_number_of_a_wallet_is_used_once(cashier):
    wallet = make_wallet(holding="100.00")

    refusal = refusal_of_entry(
        cashier, debit("CASH", "5.00"), wallet_credit(wallet, "5.00", sequence=1)
    )

    assert refusal == ("23505", "wallet_sequence_is_used_once")


@pytest.mark.parametrize(
    "missing",
    [
        {"sequence": None},
        {"sequence": 0},
        {"balance_after": None},
        {"balance_after": "-0.01"},
        {"chain_hash": ""},
    ],
    ids=str,
)
def test_a_line_on_a_wallet_is_a_link_of_its_chain(missing, cashier):
    wallet = make_wallet()

    refusal = refusal_of_entry(
        cashier, debit("CASH", "5.00"), wallet_credit(wallet, "5.00", **missing)
    )

    assert refusal == ("23514", "posting_of_a_wallet_is_chained")


@pytest.mark.parametrize(
    "line",
    [
        ("CASH", None, "DEBIT", "5.00", 1, None, ""),
        ("CASH", None, "DEBIT", "5.00", None, "5.00", ""),
        ("CASH", None, "DEBIT", "5.00", None, None, "0" * 64),
    ],
    ids=["sequence", "balance", "hash"],
)
def test_a_line_on_no_wallet_is_no_link_of_a_chain(line, cashier):
    refusal = refusal_of_entry(cashier, line, credit("BANK", "5.00"))

    assert refusal == ("23514", "posting_of_a_wallet_is_chained")


@pytest.mark.parametrize(
    ("account", "of_a_wallet"), [("WALLETS", False), ("CASH", True)], ids=["nobody's", "astray"]
)
def test_what_is_owed_to_patients_is_owed_to_one_of_them(account, of_a_wallet, cashier):
    line = wallet_credit(make_wallet(), "5.00") if of_a_wallet else credit(account, "5.00")

    refusal = refusal_of_entry(cashier, debit("BANK", "5.00"), (account, *line[1:]))

    assert refusal == ("23514", "posting_on_wallets_names_one")


@pytest.mark.parametrize("prelude", ["SELECT 1", "SET CONSTRAINTS ALL DEFERRED"])
@pytest.mark.parametrize(
    ("constraint", "line"),
    [
        ("account_id", debit("NOWHERE", "5.00")),
        (
            "wallet_id",
            ("WALLETS", "00000000-0000-4000-8000-000000000000", "DEBIT", "5.00", 1, "5.00", "0"),
        ),
    ],
)
def test_a_line_points_at_what_exists_and_is_checked_at_once(prelude, constraint, line, cashier):
    run(prelude)

    sqlstate, name = refusal_of_entry(cashier, line, credit("BANK", "5.00"))

    assert (sqlstate, constraint in str(name)) == ("23503", True)


def test_lines_of_an_entry_that_does_not_exist_are_refused_at_once():
    sqlstate, name = refusal_of(WRITE_LATE_PAIR, [999_999, 999_999])

    assert (sqlstate, "entry_id" in str(name)) == ("23503", True)


@pytest.mark.parametrize(
    ("constraint", "actor_id", "reverses"),
    [("actor_id", 999_999, None), ("reverses_id", None, 999_999)],
)
def test_an_entry_points_at_what_exists(constraint, actor_id, reverses, cashier):
    actor: Any = type(cashier)(pk=actor_id or cashier.pk)

    sqlstate, name = refusal_of_entry(
        actor, debit("CASH", "5.00"), credit("BANK", "5.00"), reverses=reverses
    )

    assert (sqlstate, constraint in str(name)) == ("23503", True)


def test_no_rule_of_the_journal_can_be_put_off():
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT conrelid::regclass::text, count(*), count(*) FILTER (WHERE condeferrable)
              FROM pg_constraint
             WHERE conrelid IN ('client_wallet_journalentry'::regclass,
                                'client_wallet_posting'::regclass)
               AND contype = 'f'
             GROUP BY 1 ORDER BY 1
            """
        )
        foreign_keys = cursor.fetchall()

    assert foreign_keys == [("client_wallet_journalentry", 3, 0), ("client_wallet_posting", 3, 0)]


def test_the_rules_hold_for_every_session():
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT tgrelid::regclass::text, tgname, tgenabled
              FROM pg_trigger
             WHERE NOT tgisinternal
               AND tgrelid IN ('client_wallet_journalentry'::regclass,
                               'client_wallet_posting'::regclass,
                               'core_idempotencykey'::regclass)
             ORDER BY 1, 2
            """
        )
        triggers = cursor.fetchall()

    always = "A"  # whatever session_replication_role says
    assert triggers == [
        ("client_wallet_journalentry", "append_only", always),
        ("client_wallet_journalentry", "entry_has_lines", always),
        ("client_wallet_posting", "append_only", always),
        ("client_wallet_posting", "entry_balances", always),
        ("core_idempotencykey", "append_only", always),
    ]
