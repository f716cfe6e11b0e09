"""Breaks of withdrawals and the bank's answers."""
# ruff: noqa: S608 - statements of our own, for throw-away databases

from collections.abc import Mapping, Sequence

from tests.invoicing_app.books.breaks.words import (
    A_WITHDRAWAL,
    ANSWER,
    CALL,
    IN_TRANSIT,
    ITS_WITHDRAWAL,
    PAID_OUT,
    POSTING,
    RETURNED,
    UNKNOWN,
    WITHDRAWAL,
    change,
    remove,
)

BREAKS: Mapping[str, Sequence[str]] = {
    "in-transit-equals-withdrawals": [
        change(WITHDRAWAL, "amount = amount + 1", UNKNOWN, IN_TRANSIT),
        change(WITHDRAWAL, "status = 'CANCELLED'", UNKNOWN, IN_TRANSIT),
        change(
            POSTING,
            "amount = amount - 0.01",
            f"entry_id = (SELECT refund_id FROM {WITHDRAWAL} WHERE {RETURNED})",
            IN_TRANSIT,
        ),
    ],
    "status-tells-where-the-money-is": [
        change(WITHDRAWAL, "refund_id = debit_id", PAID_OUT, A_WITHDRAWAL),
        change(WITHDRAWAL, "settlement_id = NULL", PAID_OUT, A_WITHDRAWAL),
        change(WITHDRAWAL, "debit_id = NULL", PAID_OUT, A_WITHDRAWAL),
        change(WITHDRAWAL, "refund_id = NULL", RETURNED, A_WITHDRAWAL),
        change(WITHDRAWAL, "settlement_id = refund_id", RETURNED, A_WITHDRAWAL),
        change(WITHDRAWAL, "debit_id = NULL", UNKNOWN, A_WITHDRAWAL),
        change(WITHDRAWAL, "refund_id = debit_id", UNKNOWN, A_WITHDRAWAL),
        change(WITHDRAWAL, "status = 'SCHEDULED'", UNKNOWN, A_WITHDRAWAL),
        change(WITHDRAWAL, "status = 'PAID'", UNKNOWN, A_WITHDRAWAL),
    ],
    "withdrawals-match-entries": [
        *(
            change(WITHDRAWAL, wrong, PAID_OUT, A_WITHDRAWAL)
            for wrong in (
                "amount = amount + 1",
                "wallet_id = gen_random_uuid()",
                "bank_reference = 'WD-1'",
                "settlement_id = debit_id",
                "settlement_id = settlement_id + 1000",
            )
        ),
        change(WITHDRAWAL, "refund_id = debit_id", RETURNED, A_WITHDRAWAL),
        change(WITHDRAWAL, "wallet_id = gen_random_uuid()", UNKNOWN, A_WITHDRAWAL),
        *(
            (
                f"UPDATE {POSTING} line SET {wrong} FROM {WITHDRAWAL} withdrawal"
                f" WHERE line.entry_id = withdrawal.refund_id AND line.{where}"
                " RETURNING 'withdrawal ' || withdrawal.id"
            )
            for wrong, where in (
                ("account_id = 'BANK'", "side = 'DEBIT'"),
                ("account_id = 'CASH', wallet_id = NULL", "side = 'CREDIT'"),
            )
        ),
    ],
    "calls-are-counted": [
        change(WITHDRAWAL, "last_call = last_call + 1", UNKNOWN, A_WITHDRAWAL),
        change(WITHDRAWAL, "attempts = attempts + 1", UNKNOWN, A_WITHDRAWAL),
        change(CALL, "number = number + 1", "kind = 'FIND'", ITS_WITHDRAWAL),
        change(CALL, "kind = 'SUBMIT'", "kind = 'FIND'", ITS_WITHDRAWAL),
        remove(CALL, "kind = 'FIND'", ITS_WITHDRAWAL),
        (
            f"UPDATE {ANSWER} answer SET outcome = 'INCONCLUSIVE' FROM {CALL} call"
            " WHERE call.id = answer.call_id AND answer.outcome = 'PAID'"
            " RETURNING 'withdrawal ' || call.withdrawal_id"
        ),
    ],
}
