"""Breaks of covers, claims, batches, remittances and short payments."""
# ruff: noqa: S608 - statements of our own, for throw-away databases

from collections.abc import Mapping, Sequence

from tests.invoicing_app.books.breaks.words import ENTRY, ITEM, LINE, POSTING, change, remove

CLAIM = "invoicing_app_claim"
BATCH = "invoicing_app_claimbatch"
COVER = "invoicing_app_patientcover"
PART = "invoicing_app_claimsettlement"
REMITTANCE = "invoicing_app_remittance"
SHORT = "invoicing_app_shortpayment"
A_CLAIM = "'claim ' || id"
ITS_CLAIM = "'claim ' || claim_id"
A_SHORT = "'short payment ' || id"
ITS_SHORT = "'short payment ' || short_payment_id"
A_BATCH = "'claim batch ' || id"
A_REMITTANCE = "'remittance ' || id"
THE_REMITTANCE = f"(SELECT 'remittance ' || min(id) FROM {REMITTANCE})"
THE_BATCH = f"(SELECT 'claim batch ' || min(id) FROM {BATCH})"
FIRST_PART = f"id = (SELECT min(id) FROM {PART})"
REMITTED = f"entry_id = (SELECT entry_id FROM {REMITTANCE})"
OWED = "account_id = 'RECEIVABLE-AXA'"
WRITTEN_OFF = "outcome = 'WRITE_OFF' AND status = 'APPROVED'"
BILLED = "outcome = 'BILL_PATIENT'"

BREAKS: Mapping[str, Sequence[str]] = {
    "claims-match-payment-lines": [
        *(
            change(CLAIM, wrong, "true", A_CLAIM)
            for wrong in (
                "amount = amount + 1",
                "consultation_id = consultation_id + 1000",
                "department_id = department_id + 1000",
                "business_date = business_date - 1",
                "payer_id = payer_id + 1000",
                "cover_id = cover_id + 1000",
            )
        ),
        change(
            COVER,
            "valid_until = '2020-01-02'",
            f"id = (SELECT min(cover_id) FROM {CLAIM})",
            f"(SELECT 'claim ' || min(id) FROM {CLAIM} claim WHERE claim.cover_id = {COVER}.id)",
        ),
        change(
            LINE,
            "payer_amount = amount, amount = payer_amount",
            "payer_amount = 0 AND amount > 0",
            "'payment line ' || id",
        ),
        remove(CLAIM, "batch_id IS NULL", "'payment line ' || payment_line_id"),
    ],
    "claims-equal-settlements": [
        change(CLAIM, "settled_amount = settled_amount + 1", "true", A_CLAIM),
        change(CLAIM, "amount = 0.01", "settled_amount > 0", A_CLAIM),
        change(PART, "amount = amount - 1", "true", ITS_CLAIM),
        remove(PART, FIRST_PART, ITS_CLAIM),
    ],
    "payers-owe-what-is-open": [
        change(POSTING, "amount = amount + 1", OWED, "'account ' || account_id"),
        change(CLAIM, "amount = amount + 1", "true", "'account RECEIVABLE-AXA'"),
        change(PART, "amount = amount - 1", "true", "'account RECEIVABLE-AXA'"),
    ],
    "remittances-match-entries": [
        *(
            change(REMITTANCE, wrong, "true", A_REMITTANCE)
            for wrong in (
                "amount = amount + 1",
                "payer_id = payer_id + 1000",
                "reference = 'another'",
                "recorded_by_id = recorded_by_id + 1000",
                "recorded_at = recorded_at + interval '1 s'",
                "entry_id = entry_id + 1000",
            )
        ),
        change(POSTING, "account_id = 'CASH'", f"{REMITTED} AND side = 'DEBIT'", THE_REMITTANCE),
        change(POSTING, "account_id = 'WALLETS'", f"{REMITTED} AND {OWED}", THE_REMITTANCE),
        change(PART, "amount = amount - 1", "kind = 'REMITTED'", THE_REMITTANCE),
        change(PART, "entry_id = entry_id + 1", "kind = 'REMITTED'", THE_REMITTANCE),
        remove(PART, "kind = 'REMITTED'", THE_REMITTANCE),
    ],
    "short-payments-match-entries": [
        change(SHORT, "amount = amount + 1", WRITTEN_OFF, A_SHORT),
        change(SHORT, "claim_id = claim_id + 1000", WRITTEN_OFF, A_SHORT),
        change(SHORT, "status = 'REQUESTED'", WRITTEN_OFF, A_SHORT),
        change(SHORT, "decided_by_id = requested_by_id", WRITTEN_OFF, A_SHORT),
        change(SHORT, "decided_by_id = NULL", WRITTEN_OFF, A_SHORT),
        change(SHORT, "status = 'APPROVED'", "status = 'REJECTED'", A_SHORT),
        change(SHORT, "outcome = 'WRITE_OFF'", BILLED, A_SHORT),
        change(SHORT, "bill_item_id = NULL", BILLED, A_SHORT),
        change(
            ITEM,
            "line_total = line_total + 1",
            f"id = (SELECT bill_item_id FROM {SHORT} WHERE {BILLED})",
            f"(SELECT 'short payment ' || id FROM {SHORT} WHERE {BILLED})",
        ),
        change(PART, "amount = amount - 1", "kind = 'WRITTEN_OFF'", ITS_SHORT),
        remove(PART, "kind = 'WRITTEN_OFF'", ITS_SHORT),
        change(
            POSTING,
            "account_id = 'CASH'",
            "account_id = 'WRITE_OFFS'",
            f"(SELECT 'short payment ' || id FROM {SHORT} WHERE {WRITTEN_OFF})",
        ),
        remove(
            ENTRY,
            "kind = 'BILLED_BACK'",
            f"(SELECT 'short payment ' || id FROM {SHORT} WHERE {BILLED})",
        ),
    ],
    "claim-batches-add-up": [
        change(BATCH, "total_amount = total_amount + 1", "true", A_BATCH),
        change(BATCH, "payer_id = payer_id + 1000", "true", A_BATCH),
        change(BATCH, "period_to = period_to - 1", "true", A_BATCH),
        change(BATCH, "number = number + 1", "true", "'payer ' || payer_id"),
        change(CLAIM, "claimed_amount = claimed_amount - 1", "batch_id IS NOT NULL", THE_BATCH),
        change(CLAIM, "batch_id = NULL", "batch_id IS NOT NULL", THE_BATCH),
    ],
    "covers-do-not-overlap": [
        change(
            COVER,
            f"patient_id = (SELECT max(patient_id) FROM {COVER})",
            f"id = (SELECT min(id) FROM {COVER})",
            "'patient cover ' || id",
        ),
    ],
}
