"""Breaks of closed days and their seals."""
# ruff: noqa: S608 - statements of our own, for throw-away databases

from collections.abc import Mapping, Sequence

from tests.invoicing_app.books.breaks.words import (
    A_DAY,
    AN_ENTRY,
    CLOSURE,
    ENTRY,
    FIRST_CLOSED,
    ITS_DAY,
    LAST_CLOSED,
    POSTING,
    REPORT,
    TOTAL,
    change,
    remove,
)

FIRST_REPORT = f"closure_id = (SELECT min(closure_id) FROM {REPORT})"
LAST_REPORT = f"closure_id = (SELECT max(closure_id) FROM {REPORT})"
A_TOTAL = f"id = (SELECT min(id) FROM {TOTAL})"
OF_THE_FIRST = f"entry_id = (SELECT max(id) FROM {ENTRY} WHERE {FIRST_CLOSED})"


def say(files: str, where: str) -> str:
    """Let a stored report say something else, with its hash made again if need be."""
    return change(REPORT, f"files = ({files})::jsonb", where, ITS_DAY)


BREAKS: Mapping[str, Sequence[str]] = {
    "closed-days-follow-one-another": [
        remove(CLOSURE, FIRST_CLOSED, "'business day ' || business_date + 1"),
        change(CLOSURE, "previous_seal = ''", LAST_CLOSED, A_DAY),
        change(CLOSURE, "previous_seal = repeat('0', 64)", FIRST_CLOSED, A_DAY),
        change(
            CLOSURE,
            "business_date = business_date + 7",
            LAST_CLOSED,
            A_DAY,
        ),
        change(ENTRY, "business_date = business_date - 7", FIRST_CLOSED, AN_ENTRY),
    ],
    "closed-days-equal-postings": [
        change(TOTAL, "debits = debits + 1", A_TOTAL, ITS_DAY),
        change(TOTAL, "credits = credits + 1", A_TOTAL, ITS_DAY),
        change(TOTAL, "line_count = line_count + 1", A_TOTAL, ITS_DAY),
        change(TOTAL, "kind = 'TRANSFER'", A_TOTAL, ITS_DAY),
        remove(TOTAL, A_TOTAL, ITS_DAY),
        (
            f"WITH changed AS (UPDATE {POSTING} SET amount = amount + 1 WHERE {OF_THE_FIRST})"
            f" SELECT {A_DAY} FROM {CLOSURE} WHERE {FIRST_CLOSED}"
        ),
    ],
    "seals-hold": [
        change(CLOSURE, "seal = repeat('0', 64)", LAST_CLOSED, A_DAY),
        change(CLOSURE, "entries_hash = repeat('0', 64)", FIRST_CLOSED, A_DAY),
        change(CLOSURE, "entry_count = entry_count + 1", FIRST_CLOSED, A_DAY),
        change(CLOSURE, "previous_seal = repeat('0', 64)", LAST_CLOSED, A_DAY),
        change(TOTAL, "actor_name = 'somebody else'", A_TOTAL, ITS_DAY),
        change(ENTRY, "memo = ''", FIRST_CLOSED, A_DAY),
        change(ENTRY, "actor_id = actor_id + 1", FIRST_CLOSED, A_DAY),
        (
            f"WITH gone AS (DELETE FROM {ENTRY} WHERE {FIRST_CLOSED} RETURNING business_date)"
            f" SELECT {A_DAY} FROM gone"
        ),
        (
            f"WITH changed AS (UPDATE {POSTING} SET account_id = 'BANK' WHERE {OF_THE_FIRST}"
            " AND side = 'DEBIT')"
            f" SELECT {A_DAY} FROM {CLOSURE} WHERE {FIRST_CLOSED}"
        ),
    ],
    "reports-of-closed-days-stay": [
        change(REPORT, 'files = files || \'{"wallets.csv": ""}\'', LAST_REPORT, ITS_DAY),
        change(REPORT, "files = '{}'", LAST_REPORT, ITS_DAY),
        change(REPORT, "files_hash = repeat('0', 64)", LAST_REPORT, ITS_DAY),
        remove(REPORT, LAST_REPORT, ITS_DAY),
    ],
    "reports-of-closed-days-add-up": [
        say("replace(files::text, ',7.00', ',8.00')", LAST_REPORT),
        say("regexp_replace(files::text, '(Held.*?)0.00', '\\11.00')", FIRST_REPORT),
        change(REPORT, "files = '{}'", LAST_REPORT, ITS_DAY),
        (
            f"WITH changed AS (UPDATE {POSTING} SET amount = amount + 1 WHERE {OF_THE_FIRST}"
            f" AND wallet_id IS NOT NULL) SELECT {A_DAY} FROM {CLOSURE} WHERE {FIRST_CLOSED}"
        ),
    ],
}
