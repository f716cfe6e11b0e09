"""Breaks of waivers."""
# ruff: noqa: S608 - statements of our own, for throw-away databases

from collections.abc import Mapping, Sequence

from tests.invoicing_app.books.breaks.words import AN_ITEM, ENTRY, ITEM, POSTING, change, remove

WAIVER = "invoicing_app_waiver"
BACK = "invoicing_app_waivertakeback"
WAIVED = "invoicing_app_waiverline"

A_WAIVER = "'waiver ' || id"
ITS_WAIVER = "'waiver ' || waiver_id"
A_RETURN = "'waiver taken back ' || id"
AN_ITEM_OF_IT = "'bill item ' || bill_item_id"
ACCOUNT = "'account WAIVERS'"

ALONE = f"id = (SELECT min(id) FROM {WAIVER} WHERE requested_by_id = decided_by_id)"
AGREED = f"id = (SELECT min(id) FROM {WAIVER} WHERE requested_by_id <> decided_by_id)"
OF_AGREED = f"entry_id = (SELECT entry_id FROM {WAIVER} WHERE {AGREED})"
IN_FORCE = (
    f"taken_back_id IS NULL AND waiver_id IN (SELECT id FROM {WAIVER} WHERE status = 'GRANTED')"
)

BREAKS: Mapping[str, Sequence[str]] = {
    "waivers-match-entries": [
        change(WAIVER, "amount = amount + 1", AGREED, A_WAIVER),
        change(WAIVER, "decided_by_id = requested_by_id", AGREED, A_WAIVER),
        change(WAIVER, "decided_at = decided_at + interval '1 minute'", AGREED, A_WAIVER),
        change(WAIVER, "business_date = business_date - 1", AGREED, A_WAIVER),
        change(WAIVER, "entry_id = NULL", AGREED, A_WAIVER),
        (
            f"WITH moved AS (UPDATE {POSTING} SET account_id = 'CASH'"
            f" WHERE {OF_AGREED} AND side = 'DEBIT')"
            f" SELECT {A_WAIVER} FROM {WAIVER} WHERE {AGREED}"
        ),
        (
            f"WITH moved AS (UPDATE {POSTING} SET account_id = 'REVENUE-PHARMACY'"
            f" WHERE {OF_AGREED} AND side = 'CREDIT')"
            f" SELECT {A_WAIVER} FROM {WAIVER} WHERE {AGREED}"
        ),
        change(BACK, "amount = amount + 1", "true", A_RETURN),
        change(BACK, "reason = 'Another'", "true", A_RETURN),
        (
            f"WITH moved AS (UPDATE {POSTING} SET account_id = 'REVENUE-PHARMACY'"
            f" WHERE entry_id IN (SELECT id FROM {ENTRY} WHERE kind = 'WAIVER_TAKEN_BACK')"
            f" AND side = 'DEBIT') SELECT {A_RETURN} FROM {BACK}"
        ),
    ],
    "waivers-equal-lines": [
        change(WAIVED, "amount = amount + 1", IN_FORCE, ITS_WAIVER),
        remove(WAIVED, IN_FORCE, ITS_WAIVER),
        change(WAIVER, "department_id = department_id + 1", ALONE, A_WAIVER),
        change(WAIVER, "consultation_id = consultation_id + 1", ALONE, A_WAIVER),
        change(WAIVER, "status = 'TAKEN_BACK'", "status = 'GRANTED'", A_WAIVER),
        change(WAIVER, "status = 'GRANTED'", "status = 'TAKEN_BACK'", A_WAIVER),
    ],
    "items-waived-equal-waivers": [
        change(ITEM, "waived = waived + 1", "waived > 0", AN_ITEM),
        change(ITEM, "waived = 1", "status = 'VOID'", AN_ITEM),
        change(WAIVED, "amount = amount - 1", IN_FORCE, AN_ITEM_OF_IT),
        (
            f"WITH gone AS (DELETE FROM {POSTING} WHERE account_id = 'WAIVERS' RETURNING id)"
            f" SELECT {ACCOUNT} FROM gone"
        ),
    ],
    "waivers-were-allowed": [
        change(WAIVER, "approved_hash = repeat('0', 64)", AGREED, A_WAIVER),
        change(WAIVER, "day_limit = 0", ALONE, A_WAIVER),
        change(WAIVER, "decided_by_id = requested_by_id", "status = 'REJECTED'", A_WAIVER),
    ],
}
