"""Breaks of shifts, hand-overs and Z reports."""
# ruff: noqa: S608 - statements of our own, for throw-away databases

from collections.abc import Mapping, Sequence

from tests.invoicing_app.books.breaks.words import (
    A_POSTING,
    AN_ENTRY,
    ENTRY,
    POSTING,
    change,
    remove,
)

SHIFT = "client_wallet_shift"
COUNT = "client_wallet_shiftcount"
PIECES = "client_wallet_shiftcountline"
OWN = "client_wallet_shiftposting"
GIVEN = "client_wallet_handover"
Z = "client_wallet_zreport"
Z_COUNTER = "client_wallet_seriescounter"

A_SHIFT = "'shift ' || id"
ITS_SHIFT = "'shift ' || shift_id"
A_COUNT = "'count ' || id"
ITS_COUNT = "'count ' || count_id"
A_HAND_OVER = "'hand-over ' || id"
A_Z = "'Z report ' || number"
IN_TRANSIT = "'account CASH_IN_TRANSIT'"

IN_A_DRAWER = f"id = (SELECT min(id) FROM {POSTING} WHERE account_id LIKE 'CASH-%')"
BY_CARD = f"id = (SELECT min(entry_id) FROM {POSTING} WHERE account_id = 'CARD_CLEARING')"
FROM_WALLETS = f"id = (SELECT min(id) FROM {ENTRY} WHERE kind = 'TRANSFER')"
AN_OPEN_ONE = f"id = (SELECT min(id) FROM {SHIFT} WHERE status = 'OPEN')"
FIRST_CLOSED = f"id = (SELECT min(id) FROM {SHIFT} WHERE status = 'CLOSED')"
OF_FIRST_CLOSED = f"shift_id = (SELECT min(id) FROM {SHIFT} WHERE status = 'CLOSED')"
FIRST_COUNT = f"id = (SELECT min(id) FROM {COUNT})"
FIRST = "number = 1"
LAST = f"number = (SELECT max(number) FROM {Z})"
RECEIVED = f"id = (SELECT min(id) FROM {GIVEN} WHERE status = 'RECEIVED')"
REJECTED = "status = 'REJECTED'"
TO_CASHIER = "target = 'CASHIER'"
UNDER_WAY = f"id = (SELECT min(id) FROM {GIVEN} WHERE status = 'GIVEN')"
FLOAT_ENTRY = f"entry_id = (SELECT entry_id FROM {OWN} WHERE purpose = 'FLOAT')"


def z_of(entry: str) -> str:
    """Return a change of an entry of the first Z report's shift, whose hash must not hold then."""
    of_first = f"id = (SELECT min(id) FROM {ENTRY} WHERE {OF_FIRST_CLOSED})"
    return f"WITH wrong AS (UPDATE {ENTRY} SET {entry} WHERE {of_first}) SELECT 'Z report 1'"


BREAKS: Mapping[str, Sequence[str]] = {
    "money-at-the-desk-is-in-shifts": [
        change(
            POSTING,
            f"account_id = (SELECT max(drawer_id) FROM {SHIFT})",
            IN_A_DRAWER,
            A_POSTING,
        ),
        change(ENTRY, "shift_id = NULL", BY_CARD, AN_ENTRY),
        change(ENTRY, f"shift_id = (SELECT min(id) FROM {SHIFT})", FROM_WALLETS, AN_ENTRY),
        change(SHIFT, "cashier_id = cashier_id + 1000", AN_OPEN_ONE, A_SHIFT),
    ],
    "shift-counts-add-up": [
        change(COUNT, "counted_amount = counted_amount + 1", FIRST_COUNT, A_COUNT),
        change(COUNT, "expected_amount = expected_amount + 1", FIRST_COUNT, A_COUNT),
        change(COUNT, "card_expected_amount = 1", FIRST_COUNT, A_COUNT),
        change(COUNT, "transfer_expected_amount = 1", FIRST_COUNT, A_COUNT),
        change(PIECES, "pieces = pieces + 1", f"id = (SELECT min(id) FROM {PIECES})", ITS_COUNT),
        remove(COUNT, OF_FIRST_CLOSED, ITS_SHIFT),
        change(SHIFT, "status = 'OPEN'", FIRST_CLOSED, A_SHIFT),
        (
            f"UPDATE {POSTING} SET amount = amount + 1 WHERE entry_id ="
            f" (SELECT entry_id FROM {OWN} WHERE {OF_FIRST_CLOSED} AND purpose = 'VARIANCE')"
            f" RETURNING (SELECT {A_SHIFT} FROM {SHIFT} WHERE {FIRST_CLOSED})"
        ),
        (
            f"UPDATE {POSTING} SET amount = amount + 1 WHERE entry_id ="
            f" (SELECT entry_id FROM {GIVEN} WHERE {OF_FIRST_CLOSED} AND is_at_close)"
            f" RETURNING (SELECT {A_SHIFT} FROM {SHIFT} WHERE {FIRST_CLOSED})"
        ),
    ],
    "shifts-match-entries": [
        change(SHIFT, "opening_float = opening_float + 1", FIRST_CLOSED, A_SHIFT),
        change(OWN, "purpose = 'VARIANCE'", "purpose = 'FLOAT'", ITS_SHIFT),
        change(OWN, "shift_id = shift_id + 1", "purpose = 'FLOAT'", ITS_SHIFT),
        remove(OWN, "purpose = 'FLOAT'", ITS_SHIFT),
        (
            f"UPDATE {POSTING} SET account_id = 'BANK' WHERE {FLOAT_ENTRY} AND side = 'CREDIT'"
            f" RETURNING (SELECT {ITS_SHIFT} FROM {OWN} WHERE purpose = 'FLOAT')"
        ),
    ],
    "hand-overs-match-entries": [
        *(
            change(GIVEN, wrong, UNDER_WAY, A_HAND_OVER)
            for wrong in (
                "amount = amount + 1",
                "given_by_id = given_by_id + 1",
                "from_cashier_id = from_cashier_id + 1",
                "given_at = given_at + interval '1 second'",
                "shift_id = shift_id + 1",
                "status = 'RECEIVED'",
            )
        ),
        *(
            change(GIVEN, wrong, RECEIVED, A_HAND_OVER)
            for wrong in (
                "ended_by_id = given_by_id",
                "ended_at = ended_at + interval '1 second'",
                "status = 'REJECTED'",
                "target = 'BANK'",
            )
        ),
        change(GIVEN, "status = 'RECEIVED'", REJECTED, A_HAND_OVER),
        change(GIVEN, "to_cashier_id = to_cashier_id + 100", TO_CASHIER, A_HAND_OVER),
    ],
    "cash-in-transit-is-under-way": [
        remove(GIVEN, UNDER_WAY, IN_TRANSIT),
        change(POSTING, "amount = amount + 1", "account_id = 'CASH_IN_TRANSIT'", IN_TRANSIT),
    ],
    "z-reports-have-no-gap": [
        change(Z, "number = number + 1", LAST, A_Z),
        change(Z, "previous_seal = ''", LAST, A_Z),
        change(Z_COUNTER, "last_number = last_number + 1", "series = 'Z'", "'counter Z'"),
        remove(Z, FIRST, ITS_SHIFT),
        change(SHIFT, "status = 'CLOSED'", AN_OPEN_ONE, A_SHIFT),
    ],
    "z-reports-hold": [
        change(Z, "content = replace(content, 'CLOSED', 'OPENED')", FIRST, A_Z),
        change(Z, "seal = repeat('0', 64)", FIRST, A_Z),
        change(Z, "entries_hash = repeat('0', 64)", FIRST, A_Z),
        change(Z, "entry_count = entry_count + 1", FIRST, A_Z),
        z_of("memo = 'other'"),
        z_of("shift_id = NULL"),
        (
            f"WITH wrong AS (UPDATE {SHIFT} SET acceptance_reason = 'Other' WHERE {FIRST_CLOSED})"
            f" SELECT {A_Z} FROM {Z} WHERE {FIRST}"
        ),
    ],
}
