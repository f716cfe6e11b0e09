"""Checks of claims: on payment lines, in batches, and against what payers' accounts say."""

from collections.abc import Sequence

from client_wallet import ledger
from invoicing_app.books.findings import Check
from invoicing_app.books.wording import differences

_CLAIM = differences(
    {
        "amount": ("claim.amount", "nullif(line.payer_amount, 0)"),
        "consultation": ("claim.consultation_id", "payment.consultation_id"),
        "department": ("claim.department_id", "item.department_id"),
        "business day": ("claim.business_date", "payment.business_date"),
        "payer": ("claim.payer_id", "cover.payer_id"),
        "patient": ("cover.patient_id", "consultation.patient_id"),
        "days of the cover": (
            "(claim.business_date BETWEEN cover.valid_from"
            " AND coalesce(cover.valid_until, 'infinity'))",
            "true",
        ),
    }
)
_CLAIMS_MATCH_PAYMENT_LINES = f"""
    SELECT 'claim ' || id, format('differs from its payment line and cover in its %s', wrong)
      FROM (SELECT claim.id, {_CLAIM} AS wrong
              FROM invoicing_app_claim claim
              LEFT JOIN invoicing_app_paymentline line ON line.id = claim.payment_line_id
              LEFT JOIN invoicing_app_depositreceiving payment ON payment.id = line.payment_id
              LEFT JOIN invoicing_app_billitem item ON item.id = line.bill_item_id
              LEFT JOIN smcapp1_consultation consultation
                     ON consultation.id = payment.consultation_id
              LEFT JOIN invoicing_app_patientcover cover ON cover.id = claim.cover_id) AS compared
     WHERE wrong <> ''
    UNION ALL
    SELECT 'payment line ' || line.id,
           format('has a payer''s part of %s and %s claims', line.payer_amount, count(claim.id))
      FROM invoicing_app_paymentline line
      LEFT JOIN invoicing_app_claim claim ON claim.payment_line_id = line.id
     WHERE line.payer_amount > 0
     GROUP BY line.id, line.payer_amount HAVING count(claim.id) <> 1
"""  # noqa: S608 - our own text
_CLAIMS_EQUAL_SETTLEMENTS = """
    SELECT 'claim ' || coalesce(claim.id, parts.claim_id),
           format('of %s says that %s is settled, its settlements add up to %s',
                  claim.amount, claim.settled_amount, coalesce(parts.total, 0))
      FROM invoicing_app_claim claim
      FULL JOIN (SELECT claim_id, sum(amount) AS total
                   FROM invoicing_app_claimsettlement GROUP BY 1) AS parts
                ON parts.claim_id = claim.id
     WHERE (claim.settled_amount = coalesce(parts.total, 0)
            AND claim.settled_amount <= claim.amount) IS NOT TRUE
"""
_PAYERS_OWE_WHAT_IS_OPEN = f"""
    SELECT 'account ' || coalesce(account.code, claims.code),
           format('says %s, open claims are %s', coalesce(account.total, 0),
                  coalesce(claims.total, 0))
      FROM (SELECT account_id AS code,
                   sum(CASE side WHEN 'DEBIT' THEN amount ELSE -amount END) AS total
              FROM client_wallet_posting WHERE account_id LIKE '{ledger.RECEIVABLE}-%'
             GROUP BY 1) AS account
      FULL JOIN (SELECT '{ledger.RECEIVABLE}-' || coalesce(payer.code, 'nobody') AS code,
                        sum(claim.amount - coalesce(parts.total, 0)) AS total
                   FROM invoicing_app_claim claim
                   LEFT JOIN invoicing_app_payer payer ON payer.id = claim.payer_id
                   LEFT JOIN (SELECT claim_id, sum(amount) AS total
                                FROM invoicing_app_claimsettlement GROUP BY 1) AS parts
                          ON parts.claim_id = claim.id
                  GROUP BY 1) AS claims ON claims.code = account.code
     WHERE coalesce(account.total, 0) <> coalesce(claims.total, 0)
"""  # noqa: S608 - our own text
_LINES = f"""
              LEFT JOIN client_wallet_posting debit
                     ON debit.entry_id = entry.id AND debit.side = 'DEBIT'
              LEFT JOIN client_wallet_posting credit
                     ON credit.entry_id = entry.id AND credit.side = 'CREDIT'
                    AND credit.account_id LIKE '{ledger.RECEIVABLE}-%'"""
_REMITTANCE = differences(
    {
        "account debited": ("debit.account_id", f"'{ledger.BANK}'"),
        "account credited": ("credit.account_id", f"'{ledger.RECEIVABLE}-' || payer.code"),
        "amount debited": ("debit.amount", "remittance.amount"),
        "amount credited": ("credit.amount", "remittance.amount"),
        "amount allocated": ("parts.total", "remittance.amount"),
        "payer of its claims": ("parts.payers", "ARRAY[remittance.payer_id]"),
        "entry of its parts": ("parts.entries", "ARRAY[remittance.entry_id]"),
        "reference": ("entry.memo", "remittance.reference"),
        "actor": ("entry.actor_id", "remittance.recorded_by_id"),
        "time": ("entry.posted_at", "remittance.recorded_at"),
    }
)
_REMITTANCES_MATCH_ENTRIES = f"""
    SELECT DISTINCT 'remittance ' || id,
           format('differs from its claims or journal entry %s in its %s', entry_id, wrong)
      FROM (SELECT remittance.id, remittance.entry_id, {_REMITTANCE} AS wrong
              FROM invoicing_app_remittance remittance
              LEFT JOIN invoicing_app_payer payer ON payer.id = remittance.payer_id
              LEFT JOIN client_wallet_journalentry entry ON entry.id = remittance.entry_id{_LINES}
              LEFT JOIN (SELECT part.remittance_id, sum(part.amount) AS total,
                                array_agg(DISTINCT claim.payer_id) AS payers,
                                array_agg(DISTINCT part.entry_id) AS entries
                           FROM invoicing_app_claimsettlement part
                           LEFT JOIN invoicing_app_claim claim ON claim.id = part.claim_id
                          GROUP BY 1) AS parts ON parts.remittance_id = remittance.id
           ) AS compared
     WHERE wrong <> ''
"""  # noqa: S608 - our own text
_SHORT = differences(
    {
        "settlement": ("part.id IS NOT NULL", "short.status = 'APPROVED'"),
        "claim": ("coalesce(part.claim_id, short.claim_id)", "short.claim_id"),
        "amount": ("coalesce(part.amount, short.amount)", "short.amount"),
        "account debited": (
            "debit.account_id",
            "CASE WHEN part.id IS NOT NULL THEN CASE short.outcome"
            f" WHEN 'WRITE_OFF' THEN '{ledger.WRITE_OFFS}'"
            f" ELSE '{ledger.REVENUE}-' || department.code END END",
        ),
        "account credited": (
            "credit.account_id",
            f"CASE WHEN part.id IS NOT NULL THEN '{ledger.RECEIVABLE}-' || payer.code END",
        ),
        "amount posted": ("debit.amount", "part.amount"),
        "item billed": (
            "item.line_total",
            "CASE short.outcome WHEN 'BILL_PATIENT' THEN short.amount END",
        ),
        "bill": (
            "item.consultation_id",
            "CASE short.outcome WHEN 'BILL_PATIENT' THEN claim.consultation_id END",
        ),
        "second person": (
            "(coalesce(short.decided_by_id, 0) <> short.requested_by_id"
            " AND (short.decided_by_id IS NOT NULL)"
            " = (short.outcome = 'WRITE_OFF' AND short.status <> 'REQUESTED'))",
            "true",
        ),
    }
)
_SHORT_PAYMENTS_MATCH_ENTRIES = f"""
    SELECT DISTINCT 'short payment ' || id, format('differs from what was done in its %s', wrong)
      FROM (SELECT short.id, {_SHORT} AS wrong
              FROM invoicing_app_shortpayment short
              LEFT JOIN invoicing_app_claim claim ON claim.id = short.claim_id
              LEFT JOIN invoicing_app_payer payer ON payer.id = claim.payer_id
              LEFT JOIN smcapp1_department department ON department.id = claim.department_id
              LEFT JOIN invoicing_app_billitem item ON item.id = short.bill_item_id
              LEFT JOIN invoicing_app_claimsettlement part ON part.short_payment_id = short.id
              LEFT JOIN client_wallet_journalentry entry ON entry.id = part.entry_id{_LINES}
           ) AS compared
     WHERE wrong <> ''
"""  # noqa: S608 - our own text
_BATCHES_ADD_UP = """
    SELECT 'claim batch ' || batch.id,
           format('of %s has claims of %s, %s of them of another payer or period',
                  batch.total_amount, coalesce(sum(claim.claimed_amount), 0),
                  count(*) FILTER (WHERE claim.payer_id <> batch.payer_id OR claim.business_date
                                   NOT BETWEEN batch.period_from AND batch.period_to))
      FROM invoicing_app_claimbatch batch
      LEFT JOIN invoicing_app_claim claim ON claim.batch_id = batch.id
     GROUP BY batch.id, batch.total_amount
    HAVING batch.total_amount <> coalesce(sum(claim.claimed_amount), 0)
        OR bool_or(claim.payer_id <> batch.payer_id OR claim.business_date
                   NOT BETWEEN batch.period_from AND batch.period_to)
    UNION ALL
    SELECT 'payer ' || payer_id,
           format('has %s claim batches, the last is number %s', count(*), max(number))
      FROM invoicing_app_claimbatch GROUP BY payer_id
    HAVING max(number) <> count(*) OR count(DISTINCT number) <> count(*)
"""
_COVERS_DO_NOT_OVERLAP = """
    SELECT 'patient cover ' || one.id, format('holds on days of patient cover %s', other.id)
      FROM invoicing_app_patientcover one
      JOIN invoicing_app_patientcover other
           ON other.patient_id = one.patient_id AND other.id > one.id
          AND other.valid_from <= coalesce(one.valid_until, 'infinity')
          AND one.valid_from <= coalesce(other.valid_until, 'infinity')
     WHERE coalesce(one.valid_until, 'infinity') >= one.valid_from
       AND coalesce(other.valid_until, 'infinity') >= other.valid_from
"""

CHECKS: Sequence[Check] = (
    Check(
        "claims-match-payment-lines",
        "each payer's part of a payment line has one claim of it, by a cover that held that day",
        "invoicing_app_claim",
        _CLAIMS_MATCH_PAYMENT_LINES,
    ),
    Check(
        "claims-equal-settlements",
        "what is settled of each claim is the sum of its settlements, and never more than it is of",
        "invoicing_app_claim",
        _CLAIMS_EQUAL_SETTLEMENTS,
    ),
    Check(
        "payers-owe-what-is-open",
        "each payer's account in the journal is what is open on its claims",
        "invoicing_app_payer",
        _PAYERS_OWE_WHAT_IS_OPEN,
    ),
    Check(
        "remittances-match-entries",
        "each remittance is the sum of what it settles, and its entry moves it to the bank",
        "invoicing_app_remittance",
        _REMITTANCES_MATCH_ENTRIES,
    ),
    Check(
        "short-payments-match-entries",
        "what payers left unpaid was billed to the patient or written off by two people, as posted",
        "invoicing_app_shortpayment",
        _SHORT_PAYMENTS_MATCH_ENTRIES,
    ),
    Check(
        "claim-batches-add-up",
        "each claim batch is the sum of its claims, of one payer and period, numbered without gap",
        "invoicing_app_claimbatch",
        _BATCHES_ADD_UP,
    ),
    Check(
        "covers-do-not-overlap",
        "no patient has two covers on one day",
        "invoicing_app_patientcover",
        _COVERS_DO_NOT_OVERLAP,
    ),
)
