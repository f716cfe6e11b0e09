"""Breaks of refunds."""
# ruff: noqa: S608 - statements of our own, for throw-away databases

from collections.abc import Mapping, Sequence

from tests.invoicing_app.books.breaks.words import POSTING, change, remove

REFUND = "invoicing_app_refund"
LINE = "invoicing_app_refundline"
TENDER = "invoicing_app_refundtender"
STOCK = "invoicing_app_refundedstock"
SETTLEMENT = "invoicing_app_claimsettlement"

A_REFUND = "'refund ' || id"
ITS_REFUND = "'refund ' || refund_id"
PAID = f"id = (SELECT min(id) FROM {REFUND} WHERE status = 'PAID')"
OF_PAID = f"refund_id = (SELECT min(id) FROM {REFUND} WHERE status = 'PAID')"
A_LINE = f"id = (SELECT min(id) FROM {LINE} WHERE {OF_PAID})"
A_TENDER = f"id = (SELECT min(id) FROM {TENDER} WHERE {OF_PAID})"
A_PORTION = f"id = (SELECT min(id) FROM {STOCK})"

BREAKS: Mapping[str, Sequence[str]] = {
    "refunds-stay-within-payments": [
        change(LINE, "quantity = 900", A_LINE, "'payment line ' || payment_line_id"),
        change(LINE, "amount = 9000", A_LINE, "'payment line ' || payment_line_id"),
        change(LINE, "payer_amount = 9000", A_LINE, "'payment line ' || payment_line_id"),
        change(TENDER, "amount = 9000", A_TENDER, "'tender ' || tender_id"),
        change(
            "invoicing_app_billitem", "status = 'PAID'", "status = 'REFUNDED'", "'bill item ' || id"
        ),
    ],
    "refunds-are-as-approved": [
        change(LINE, "amount = amount + 1", A_LINE, ITS_REFUND),
        change(TENDER, "amount = amount - 1", A_TENDER, ITS_REFUND),
        change(TENDER, "goes_to = 'CARD'", "goes_to = 'WALLET'", ITS_REFUND),
        change(REFUND, "approved_hash = ''", PAID, A_REFUND),
        change(REFUND, "decided_by_id = requested_by_id", PAID, A_REFUND),
        change(REFUND, "version = 9", PAID, A_REFUND),
    ],
    "refunds-match-entries": [
        change(LINE, "amount = amount - 1", A_LINE, ITS_REFUND),
        change(TENDER, "amount = amount - 1", A_TENDER, ITS_REFUND),
        change(REFUND, "paid_at = paid_at + interval '1 minute'", PAID, A_REFUND),
        change(REFUND, "paid_by_id = requested_by_id", PAID, A_REFUND),
        change(REFUND, "business_date = business_date - 1", PAID, A_REFUND),
        change(REFUND, "receipt_number = 'REF-0001-999999'", PAID, A_REFUND),
        (
            f"WITH moved AS (UPDATE {POSTING} SET account_id = 'SAFE' WHERE side = 'DEBIT'"
            f" AND entry_id = (SELECT entry_id FROM {REFUND} WHERE {PAID}))"
            f" SELECT {A_REFUND} FROM {REFUND} WHERE {PAID}"
        ),
        remove(SETTLEMENT, "kind = 'REFUNDED'", "'claim ' || claim_id"),
    ],
    "refunded-drugs-came-back": [
        change(STOCK, "quantity = quantity + 1", A_PORTION, "'refund line ' || line_id"),
        change(STOCK, "movement_id = 1", A_PORTION, "'refunded stock ' || id"),
        remove(STOCK, A_PORTION, "'dispensed stock ' || dispensed_id"),
        remove(STOCK, A_PORTION, "'movement ' || movement_id"),
        change(STOCK, "write_off_id = NULL", "write_off_id > 0", "'refunded stock ' || id"),
    ],
}
