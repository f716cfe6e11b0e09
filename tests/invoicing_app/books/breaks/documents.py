"""Breaks of deposits, payments, transfers and their receipts."""
# ruff: noqa: S608 - statements of our own, for throw-away databases

from collections.abc import Mapping, Sequence

from tests.invoicing_app.books.breaks.words import (
    A_DEPOSIT,
    A_LINE,
    A_PAYMENT,
    A_RECEIPT,
    A_TRANSFER,
    AN_ENTRY,
    AN_ITEM,
    BY_CASH,
    BY_WALLET,
    COUNTER,
    DEPOSIT,
    ENTRY,
    ITEM,
    ITS_ENTRY,
    ITS_TRANSFER,
    KEPT,
    LINE,
    OF_A_PAYMENT,
    PAID,
    PAID_DRUG,
    PAYMENT,
    POSTING,
    REVERSING,
    TRANSFER,
    UNDONE,
    UNPAID_DRUG,
    change,
    remove,
)

BREAKS: Mapping[str, Sequence[str]] = {
    "deposits-match-entries": [
        *(
            change(DEPOSIT, wrong, KEPT, A_DEPOSIT)
            for wrong in (
                "amount = amount + 1",
                "payment_method = 'CARD'",
                "wallet_id = gen_random_uuid()",
                "balance_after = balance_after + 1",
                "business_date = business_date - 1",
                "taken_by_id = taken_by_id + 1",
                "created_at = created_at + interval '1 second'",
                "receipt_number = 'DEP-0000-000000'",
                "entry_id = entry_id + 1000",
            )
        ),
    ],
    "reversals-mirror-deposits": [
        change(POSTING, "account_id = 'BANK'", f"{REVERSING} AND wallet_id IS NULL", ITS_ENTRY),
        change(POSTING, "amount = amount + 1", REVERSING, ITS_ENTRY),
        change(ENTRY, "reverses_id = NULL", "kind = 'REVERSAL'", AN_ENTRY),
        change(
            ENTRY,
            f"reverses_id = (SELECT entry_id FROM {DEPOSIT} WHERE {UNDONE})",
            f"id = (SELECT entry_id FROM {DEPOSIT} WHERE {KEPT})",
            AN_ENTRY,
        ),
        *(
            change(DEPOSIT, wrong, UNDONE, A_DEPOSIT)
            for wrong in (
                "reversed_by_id = taken_by_id",
                "reversed_at = reversed_at + interval '1 second'",
                "entry_id = entry_id + 1000",
                "reversal_id = entry_id",
            )
        ),
    ],
    "payments-match-entries": [
        *(
            change(PAYMENT, wrong, BY_WALLET, A_PAYMENT)
            for wrong in (
                "entry_id = NULL",
                "business_date = business_date - 1",
                "taken_by_id = taken_by_id + 1",
                "created_at = created_at + interval '1 second'",
                "receipt_number = 'PAY-0000-000000'",
                "entry_id = entry_id + 1000",
                "consultation_id = (SELECT min(id) FROM smcapp1_consultation)",
            )
        ),
    ],
    "transfers-match-entries": [
        *(
            change(TRANSFER, wrong, "true", A_TRANSFER)
            for wrong in (
                "id = gen_random_uuid()",
                "from_wallet_id = to_wallet_id",
                "to_wallet_id = from_wallet_id",
                "amount = amount + 1",
                "requested_by_id = requested_by_id + 1",
                "created_at = created_at + interval '1 second'",
                "entry_id = entry_id + 1000",
            )
        ),
        *(
            change(
                POSTING,
                wrong,
                f"entry_id = (SELECT entry_id FROM {TRANSFER}) AND side = '{side}'",
                ITS_TRANSFER,
            )
            for side in ("DEBIT", "CREDIT")
            for wrong in (
                "amount = amount + 1",
                "account_id = 'BANK'",
                "wallet_id = gen_random_uuid()",
            )
        ),
    ],
    "paid-items-have-one-line": [
        change(ITEM, "status = 'UNPAID', receipt_number = ''", PAID, AN_ITEM),
        change(ITEM, "status = 'PAID', receipt_number = '1'", UNPAID_DRUG, AN_ITEM),
        change(ITEM, "receipt_number = '1'", UNPAID_DRUG, AN_ITEM),
        change(ITEM, "receipt_number = '1'", PAID, AN_ITEM),
        change(ITEM, "line_total = line_total + 1", PAID, AN_ITEM),
        change(ITEM, "consultation_id = consultation_id + 1", PAID, AN_ITEM),
        change(LINE, "amount = amount + 1", f"bill_item_{PAID}", A_LINE),
        change(
            PAYMENT,
            "department = 'OTHER'",
            BY_CASH,
            f"""
        (SELECT 'bill item ' || min(bill_item_id) FROM {LINE} WHERE payment_id = {PAYMENT}.id)""",
        ),
        remove(LINE, f"bill_item_{PAID}", A_LINE),
        remove(ITEM, PAID, AN_ITEM),
        (
            f"INSERT INTO {LINE} (payment_id, bill_item_id, amount)"
            f" SELECT payment_id, bill_item_id, amount FROM {LINE} LIMIT 1 RETURNING {A_LINE}"
        ),
    ],
    "payments-equal-lines": [
        change(LINE, "amount = amount + 1", f"bill_item_{PAID}", "'payment ' || payment_id"),
        remove(LINE, f"bill_item_{PAID}", "'payment ' || payment_id"),
        change(PAYMENT, "total_due = total_due + 1", BY_CASH, A_PAYMENT),
        (
            f"UPDATE {POSTING} SET account_id = 'REVENUE-LABORATORY' WHERE {OF_A_PAYMENT}"
            " AND side = 'CREDIT'"
            f" RETURNING (SELECT 'payment ' || id FROM {PAYMENT} WHERE {BY_WALLET})"
        ),
    ],
    "revenue-equals-paid-items": [
        change(ITEM, "line_total = line_total + 1", PAID, "'department PROCEDURE'"),
        change(
            "invoicing_app_refundline",
            "amount = amount + 1",
            "refund_id IN (SELECT id FROM invoicing_app_refund WHERE status = 'PAID')",
            "'department LABORATORY'",
        ),
        change(LINE, "amount = amount - 1", f"bill_item_{PAID_DRUG}", "'department PHARMACY'"),
        change(
            POSTING,
            "amount = amount + 1",
            f"{OF_A_PAYMENT} AND account_id = 'REVENUE-PROCEDURE'",
            "'department ALL'",
        ),
        change(
            POSTING,
            "account_id = 'REVENUE-NOWHERE'",
            f"{OF_A_PAYMENT} AND account_id = 'REVENUE-PROCEDURE'",
            "'department NOWHERE'",
        ),
    ],
    "receipt-numbers-unique": [
        change(
            DEPOSIT,
            f"receipt_number = (SELECT receipt_number FROM {PAYMENT} WHERE {BY_CASH})",
            KEPT,
            A_RECEIPT,
        ),
    ],
    "receipt-numbers-have-no-gap": [
        change(
            COUNTER,
            "last_number = last_number + 1",
            "series = 'PAY'",
            "'counter PAY of user ' || cashier_id",
        ),
        remove(DEPOSIT, "receipt_number LIKE '%2'", A_RECEIPT),
        change(PAYMENT, "taken_by_id = 1000", BY_CASH, A_RECEIPT),
        *(
            change(PAYMENT, f"receipt_number = {wrong}", BY_CASH, A_RECEIPT)
            for wrong in (
                "replace(receipt_number, 'PAY', 'DEP')",
                "replace(receipt_number, '-00', '-000')",
                "'PAY-1'",
                "receipt_number || '9'",
            )
        ),
    ],
}
