"""Breaks of stock, hand-outs and lab results."""
# ruff: noqa: S608 - statements of our own, for throw-away databases

from collections.abc import Mapping, Sequence

from tests.invoicing_app.books.breaks.words import (
    A_BATCH,
    A_COUNT_LINE,
    A_HAND_OUT,
    A_LINE,
    A_MOVEMENT,
    A_RESULT,
    A_STOCK,
    A_STOCK_COUNT,
    AN_ITEM,
    BATCH,
    COUNT_LINE,
    HAND_OUT,
    ITEM,
    ITS_BATCH,
    LINK,
    MOVEMENT,
    PAID,
    PAID_DRUG,
    PAID_TEST,
    PORTION,
    RESULT,
    STOCK_COUNT,
    UNPAID_DRUG,
    UNPAID_TEST,
    change,
    remove,
)

BREAKS: Mapping[str, Sequence[str]] = {
    "stock-equals-movements": [
        change(BATCH, "quantity_on_hand = quantity_on_hand + 1", "true", A_BATCH),
        change(MOVEMENT, "quantity = quantity + 1", "kind = 'DISPENSED'", ITS_BATCH),
        (
            f"WITH sold AS (UPDATE {BATCH} SET quantity_on_hand = quantity_on_hand - 1000)"
            f" UPDATE {MOVEMENT} SET quantity = quantity + 1000"
            f" WHERE id = (SELECT max(id) FROM {MOVEMENT}) RETURNING {ITS_BATCH}"
        ),
        remove(BATCH, "true", A_BATCH),
    ],
    "stock-runs-without-gap": [
        change(MOVEMENT, "quantity_after = quantity_after + 1", "kind = 'DISPENSED'", A_MOVEMENT),
        (
            f"WITH gone AS (DELETE FROM {MOVEMENT} WHERE kind = 'RECEIVED' RETURNING id, batch_id)"
            f" SELECT 'movement ' || min(later.id) FROM {MOVEMENT} later JOIN gone USING (batch_id)"
            " WHERE later.id > gone.id"
        ),
    ],
    "dispensed-equals-paid-drugs": [
        remove(LINK, f"bill_item_{PAID_DRUG}", A_LINE),
        remove(LINK, f"bill_item_{PAID_DRUG}", "'movement ' || movement_id"),
        change(
            LINK,
            f"bill_item_id = (SELECT id FROM {ITEM} WHERE {UNPAID_DRUG})",
            f"bill_item_{PAID_DRUG}",
            A_LINE,
        ),
        change(ITEM, "quantity = quantity + 1", PAID_DRUG, AN_ITEM),
        change(LINK, "quantity = quantity + 1", f"bill_item_{PAID_DRUG}", A_LINE),
        change(ITEM, "service_item_id = service_item_id + 1", PAID_DRUG, AN_ITEM),
        change(ITEM, "status = 'UNPAID'", PAID_DRUG, AN_ITEM),
        (
            f"UPDATE {MOVEMENT} moved SET kind = 'WRITTEN_OFF' FROM {LINK} link"
            f" WHERE link.movement_id = moved.id AND bill_item_{PAID_DRUG} RETURNING {A_LINE}"
        ),
    ],
    "handed-out-was-paid": [
        change(HAND_OUT, "quantity = quantity + 1000", "true", A_LINE),
        change(
            HAND_OUT,
            f"bill_item_id = (SELECT id FROM {ITEM} WHERE {UNPAID_DRUG})",
            "true",
            A_LINE,
        ),
        change(HAND_OUT, f"bill_item_id = (SELECT id FROM {ITEM} WHERE {PAID})", "true", A_LINE),
        change(HAND_OUT, "bill_item_id = 1000000", "true", A_LINE),
        (
            f"INSERT INTO {HAND_OUT} (bill_item_id, quantity, handed_out_by_id, handed_out_at)"
            f" SELECT bill_item_id, quantity, handed_out_by_id, handed_out_at FROM {HAND_OUT}"
            f" RETURNING {A_LINE}"
        ),
    ],
    "handed-out-was-dispensed": [
        remove(PORTION, "true", "'hand-out ' || hand_out_id"),
        change(PORTION, "quantity = quantity + 1", "true", "'hand-out ' || hand_out_id"),
        change(HAND_OUT, "quantity = quantity - 1", "true", A_HAND_OUT),
        change(HAND_OUT, "bill_item_id = bill_item_id + 1", "true", A_HAND_OUT),
        remove(HAND_OUT, "true", A_HAND_OUT),
    ],
    "owed-stock-adds-up": [
        change(LINK, "handed_out = 0", "handed_out > 0", A_STOCK),
        change(LINK, "handed_out = quantity", "handed_out = 0", A_STOCK),
        change(LINK, "taken_back = quantity + 1", "handed_out = 0", A_STOCK),
        change(LINK, "taken_back = 1 + quantity - handed_out", "handed_out > 0", A_STOCK),
        change(LINK, "brought_back = handed_out + 1", "true", A_STOCK),
        change(LINK, "taken_back = -1", "handed_out = 0", A_STOCK),
    ],
    "counted-stock-moved": [
        change(COUNT_LINE, "counted = counted + 1", "movement_id IS NOT NULL", A_COUNT_LINE),
        change(COUNT_LINE, "movement_id = NULL", "movement_id IS NOT NULL", A_COUNT_LINE),
        change(COUNT_LINE, "reason = 'Other'", "movement_id IS NOT NULL", A_COUNT_LINE),
        change(COUNT_LINE, "is_decided = NOT is_decided", "true", A_COUNT_LINE),
        change(COUNT_LINE, "count_id = 1000000", "true", A_COUNT_LINE),
        change(MOVEMENT, "kind = 'FOUND'", "kind = 'RECEIVED'", A_MOVEMENT),
        (
            f"WITH reopened AS (UPDATE {STOCK_COUNT} SET status = 'COUNTED'"
            " WHERE status = 'APPROVED' RETURNING id)"
            f" SELECT 'stock count line ' || line.id FROM {COUNT_LINE} line"
            " JOIN reopened ON reopened.id = line.count_id WHERE movement_id IS NOT NULL"
        ),
    ],
    "stock-counts-have-two-people": [
        change(STOCK_COUNT, "decided_by_id = counted_by_id", "status = 'APPROVED'", A_STOCK_COUNT),
        change(STOCK_COUNT, "decided_by_id = NULL", "status = 'APPROVED'", A_STOCK_COUNT),
        change(STOCK_COUNT, "opened_by_id = decided_by_id", "status = 'APPROVED'", A_STOCK_COUNT),
    ],
    "lab-results-equal-paid-tests": [
        remove(
            RESULT,
            "true",
            f"(SELECT 'bill item ' || id FROM {ITEM} WHERE lab_result_id = {RESULT}.id)",
        ),
        change(ITEM, "lab_result_id = NULL", PAID_TEST, AN_ITEM),
        change(ITEM, "status = 'REFUNDED'", PAID_TEST, AN_ITEM),
        change(ITEM, "status = 'PAID'", UNPAID_TEST, AN_ITEM),
        change(ITEM, "service_item_id = 1000", PAID_TEST, AN_ITEM),
        (
            f"UPDATE {ITEM} SET status = 'PAID', lab_result_id ="
            f" (SELECT lab_result_id FROM {ITEM} WHERE {PAID_TEST})"
            f" WHERE {UNPAID_TEST} RETURNING 'lab result ' || lab_result_id"
        ),
        (
            "INSERT INTO smcapp1_labresult (consultation_id, test_id, status, result, requested_at)"
            " SELECT consultation_id, test_id, status, result, requested_at FROM smcapp1_labresult"
            f" LIMIT 1 RETURNING {A_RESULT}"
        ),
    ],
}
