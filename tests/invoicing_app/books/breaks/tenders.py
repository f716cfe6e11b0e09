"""Breaks of what payments were settled by."""
# ruff: noqa: S608 - statements of our own, for throw-away databases

from collections.abc import Mapping, Sequence

from tests.invoicing_app.books.breaks.words import (
    A_PAYMENT,
    BY_CASH,
    BY_WALLET,
    PAYMENT,
    POSTING,
    change,
    remove,
)

TENDER = "invoicing_app_paymenttender"
ITS_PAYMENT = "'payment ' || payment_id"
SPLIT = f"id = (SELECT min(id) FROM {PAYMENT} WHERE payment_method = 'SPLIT')"
ROUNDED = f"id = (SELECT min(id) FROM {PAYMENT} WHERE rounding <> 0)"
OF_NOTHING = f"id = (SELECT min(id) FROM {PAYMENT} WHERE payment_method = 'NONE')"


def of(payment: str) -> str:
    return f"payment_{payment}"


def line_of(payment: str, account: str) -> str:
    return (
        f"account_id LIKE '{account}'"
        f" AND entry_id = (SELECT entry_id FROM {PAYMENT} WHERE {payment})"
    )


OF_THE_ENTRY = (
    f"(SELECT 'payment ' || id FROM {PAYMENT} WHERE {PAYMENT}.entry_id = {POSTING}.entry_id)"
)
BREAKS: Mapping[str, Sequence[str]] = {
    "tenders-make-up-payments": [
        *(
            change(PAYMENT, wrong, BY_WALLET, A_PAYMENT)
            for wrong in (
                "total_due = total_due + 1",
                "payment_method = 'CASH'",
                "payment_method = 'SPLIT'",
                "wallet_id = NULL",
                "rounding = 0.01",
                "amount_paid = amount_paid + 1",
            )
        ),
        change(PAYMENT, "change_given = change_given + 1", BY_CASH, A_PAYMENT),
        change(PAYMENT, "payment_method = 'CASH'", OF_NOTHING, A_PAYMENT),
        *(
            change(TENDER, wrong, of(BY_WALLET), ITS_PAYMENT)
            for wrong in (
                "amount = amount + 1",
                "tendered = tendered + 1",
                "change_given = 1",
                "payment_method = 'CARD'",
                "wallet_id = gen_random_uuid()",
                "payment_id = 0",
            )
        ),
        remove(TENDER, of(BY_CASH), ITS_PAYMENT),
        remove(TENDER, f"{of(SPLIT)} AND payment_method = 'CASH'", ITS_PAYMENT),
    ],
    "entries-have-the-tenders": [
        *(
            change(TENDER, wrong, f"{of(SPLIT)} AND payment_method = 'CASH'", ITS_PAYMENT)
            for wrong in ("amount = amount + 1", "payment_method = 'CARD'")
        ),
        change(PAYMENT, "rounding = rounding + 1", ROUNDED, A_PAYMENT),
        change(PAYMENT, "taken_by_id = taken_by_id + 1", BY_CASH, A_PAYMENT),
        change(POSTING, "amount = amount + 1", line_of(ROUNDED, "CASH_ROUNDING"), OF_THE_ENTRY),
        change(POSTING, "account_id = 'BANK'", line_of(SPLIT, "CASH-%"), OF_THE_ENTRY),
        change(POSTING, "wallet_id = gen_random_uuid()", line_of(SPLIT, "WALLETS"), OF_THE_ENTRY),
        change(
            POSTING,
            "account_id = 'BANK'",
            "account_id LIKE 'RECEIVABLE-%' AND entry_id = (SELECT min(entry.id)"
            " FROM client_wallet_journalentry entry JOIN client_wallet_posting line"
            " ON line.entry_id = entry.id WHERE entry.kind = 'PAYMENT'"
            " AND line.account_id LIKE 'RECEIVABLE-%')",
            OF_THE_ENTRY,
        ),
    ],
}
