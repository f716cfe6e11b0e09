"""What the database refuses of shifts and drawers, asked for in raw SQL as the application."""

import re
from typing import Any

import pytest
from django.db import connection

from client_wallet.models import HandOver, Shift
from tests.client_wallet.journal import Refusal, refusal_of, run
from tests.client_wallet.shifts.desk import count, give, hand_over_of, make_shift, shift_of
from tests.factories import UserFactory
from tests.rows import rule_that_refuses

pytestmark = pytest.mark.django_db

NOT_PERMITTED: Refusal = ("42501", None)
WRITE = """
    WITH entry AS (
        INSERT INTO client_wallet_journalentry
               (uid, kind, posted_at, business_date, actor_id, memo, shift_id)
        SELECT gen_random_uuid(), 'DEPOSIT', now(), current_date, id, '', %s::bigint
          FROM core_user LIMIT 1
        RETURNING id)
    INSERT INTO client_wallet_posting (entry_id, account_id, side, amount, chain_hash)
    SELECT entry.id, account, side, 5.00, ''
      FROM entry, (VALUES (%s, 'DEBIT'), ('BANK', 'CREDIT')) AS line (account, side)"""


def refused(constraint: str) -> Refusal:
    return ("23514", constraint)


@pytest.fixture
def shift(cashier: Any) -> Shift:
    return make_shift(cashier, holding="50.00")


def test_a_drawer_moves_in_an_open_shift_of_its_own(shift):
    run(WRITE, [shift.pk, shift.drawer_id])

    assert shift.entries.count() == 2


def test_a_drawer_does_not_move_outside_of_its_shifts(shift):
    other = make_shift()

    for wrong in (None, other.pk):
        assert refusal_of(WRITE, [wrong, shift.drawer_id]) == refused("drawer_moves_in_its_shift")


@pytest.mark.parametrize("account", ["drawer", "CARD_CLEARING"])
def test_nothing_is_posted_into_a_closed_shift(account, shift):
    count(shift, "50.00")

    wrong = shift.drawer_id if account == "drawer" else account
    assert refusal_of(WRITE, [shift.pk, wrong]) == refused("closed_shift_takes_no_entry")


def test_the_database_keeps_the_moves_of_the_code():
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'client_wallet_shift_moves'")
        (source,) = cursor.fetchone()

    moves = {(before, after) for before, afters in Shift.MOVES.items() for after in afters}
    assert set(re.findall(r"\('([A-Z_]+)', '([A-Z_]+)'\)", source)) == moves


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ("status = 'COUNTED'", "shift_is_counted_by_somebody"),
        ("counted_by_id = cashier_id", "shift_is_counted_by_somebody"),
        ("status = 'CLOSED', counted_by_id = cashier_id", "shift_close_is_whole"),
        (
            "status = 'COUNTED', counted_by_id = cashier_id, accepted_by_id = opened_by_id",
            "shift_acceptance_is_whole",
        ),
    ],
)
def test_a_shift_ends_as_a_whole(wrong, rule, shift):
    update = f"UPDATE client_wallet_shift SET {wrong} WHERE id = %s"  # noqa: S608 - words of ours

    assert refusal_of(update, [shift.pk]) == refused(rule)


@pytest.mark.parametrize("who", ["cashier", "counter"])
def test_who_had_the_drawer_or_counted_it_cannot_accept(who, shift, supervisor):
    update = (
        "UPDATE client_wallet_shift SET status = 'CLOSED', closed_at = now(), closed_by_id = %s,"
        " counted_by_id = %s, accepted_by_id = %s, acceptance_reason = 'mine'"
    )
    accepts = shift.cashier if who == "cashier" else supervisor

    refusal = refusal_of(update, [supervisor.pk, supervisor.pk, accepts.pk])

    assert refusal == refused("shift_accepted_by_somebody_else")


def test_a_closed_shift_is_final(shift):
    count(shift, "50.00")

    update = "UPDATE client_wallet_shift SET status = 'COUNTED' WHERE id = %s"
    assert refusal_of(update, [shift.pk]) == refused("shift_is_final")


def test_a_cashier_has_one_open_shift_and_only_at_the_own_drawer(shift):
    again = (
        "INSERT INTO client_wallet_shift (cashier_id, drawer_id, status, opened_at, opened_by_id,"
        " opening_float, acceptance_reason)"
        " SELECT cashier_id + %s, drawer_id, %s, now(), opened_by_id, 0, ''"
        "   FROM client_wallet_shift"
    )

    assert refusal_of(again, [0, "OPEN"]) == ("23505", "one_open_shift_per_cashier")
    assert refusal_of(again, [0, "COUNTED"]) == refused("shift_moves")
    assert refusal_of(again, [1, "OPEN"]) == refused("shift_is_at_its_cashiers_drawer")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE client_wallet_shift SET opening_float = 1",
        "UPDATE client_wallet_shiftcount SET counted_amount = 1",
        "UPDATE client_wallet_shiftcountline SET pieces = 1",
        "UPDATE client_wallet_shiftposting SET purpose = 'FLOAT'",
        "UPDATE client_wallet_handover SET amount = 1",
        "UPDATE client_wallet_zreport SET content = ''",
        "DELETE FROM client_wallet_shift",
        "DELETE FROM client_wallet_handover",
        "DELETE FROM client_wallet_zreport",
    ],
)
def test_what_was_written_stays(statement):
    assert refusal_of(statement) == NOT_PERMITTED


def hand_over(shift: Shift, **wanted: Any) -> HandOver:
    """Return the shift's hand-over once more, with something else about it."""
    given = hand_over_of(shift)
    given.pk = None
    given.entry_id = shift.entries.earliest("pk").pk
    for name, value in wanted.items():
        setattr(given, name, value)
    return given


@pytest.mark.parametrize(
    ("wanted", "rule"),
    [
        ({"amount": 0}, "hand_over_above_zero"),
        ({"target": "CASHIER"}, "hand_over_names_its_cashier"),
        ({"target": "THIEF"}, "hand_over_names_its_cashier"),
        ({"status": "RECEIVED"}, "hand_over_moves"),
        ({"rejection_reason": "none"}, "hand_over_end_is_whole"),
    ],
)
def test_a_hand_over_is_whole(wanted, rule, shift):
    give(shift.cashier, "5.00")

    assert rule_that_refuses(hand_over(shift, **wanted).save) == rule


def test_nobody_hands_over_to_themselves(shift):
    give(shift.cashier, "5.00")
    own = {"target": "CASHIER", "to_cashier": shift.cashier}

    assert rule_that_refuses(hand_over(shift, **own).save) == "hand_over_to_somebody_else"


def test_who_gave_cash_does_not_end_its_way(shift):
    give(shift.cashier, "5.00")
    update = (
        "UPDATE client_wallet_handover SET status = 'RECEIVED', ended_by_id = %s,"
        " ended_at = now(), end_entry_id = entry_id"
    )

    assert refusal_of(update, [shift.cashier_id]) == refused("hand_over_ended_by_somebody_else")
    run(update, [UserFactory().pk])
    assert refusal_of(update, [UserFactory().pk]) == refused("hand_over_is_final")
    assert shift_of(shift.cashier) == shift
