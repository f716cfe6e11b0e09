"""Checks of refunds: no more than was paid, as approved, as posted; drugs where they went."""

from collections.abc import Sequence

from client_wallet import ledger
from invoicing_app.books.findings import Check
from invoicing_app.books.wording import account_of_method, differences

_IN_FORCE = "refund.id = part.refund_id AND refund.version = part.version"
_LINES_ADD_UP = f"""
    SELECT 'payment line ' || line.id,
           format('of %s at %s (payers: %s), refunds of %s at %s (payers: %s)', item.quantity,
                  line.amount, line.payer_amount, back.quantity, back.amount, back.payer_amount)
      FROM (SELECT part.payment_line_id, sum(part.quantity) AS quantity,
                   sum(part.amount) AS amount, sum(part.payer_amount) AS payer_amount
              FROM invoicing_app_refundline part
              JOIN invoicing_app_refund refund ON {_IN_FORCE}
             WHERE refund.status NOT IN ('REJECTED', 'WITHDRAWN') GROUP BY 1) AS back
      LEFT JOIN invoicing_app_paymentline line ON line.id = back.payment_line_id
      LEFT JOIN invoicing_app_billitem item ON item.id = line.bill_item_id
     WHERE (back.quantity <= item.quantity AND back.amount <= line.amount
            AND back.payer_amount <= line.payer_amount) IS NOT TRUE
    UNION ALL
    SELECT 'tender ' || tender.id,
           format('brought in %s, %s goes back of it', tender.amount, sum(part.amount))
      FROM invoicing_app_refundtender part
      JOIN invoicing_app_refund refund ON {_IN_FORCE}
      LEFT JOIN invoicing_app_paymenttender tender ON tender.id = part.tender_id
     WHERE refund.status NOT IN ('REJECTED', 'WITHDRAWN')
     GROUP BY tender.id, tender.amount HAVING (sum(part.amount) <= tender.amount) IS NOT TRUE
    UNION ALL
    SELECT 'bill item ' || coalesce(item.id, gone.id),
           format('is %s of %s, %s of it are refunded', item.status, item.quantity,
                  coalesce(gone.quantity, 0))
      FROM invoicing_app_billitem item
      FULL JOIN (SELECT line.bill_item_id AS id, sum(part.quantity) AS quantity
                   FROM invoicing_app_refundline part
                   JOIN invoicing_app_refund refund ON {_IN_FORCE}
                   LEFT JOIN invoicing_app_paymentline line ON line.id = part.payment_line_id
                  WHERE refund.status = 'PAID' GROUP BY 1) AS gone ON gone.id = item.id
     WHERE (coalesce(item.status, '') = 'REFUNDED')
           IS DISTINCT FROM (coalesce(gone.quantity, 0) = coalesce(item.quantity, -1))
"""  # noqa: S608 - our own text
_SUMS = differences(
    {
        "patient part": ("lines.amount", "refund.amount"),
        "payer part": ("lines.payer_amount", "refund.payer_amount"),
        "amount that goes back": ("coalesce(parts.amount, 0)", "refund.amount + refund.rounding"),
        "payment": ("(lines.is_of_it AND coalesce(parts.is_of_it, true))", "true"),
        "approval": (
            "(refund.status NOT IN ('APPROVED', 'PAID')"
            " OR refund.approved_hash = refund.request_hash"
            " AND refund.decided_by_id <> refund.requested_by_id)",
            "true",
        ),
    }
)
_REFUNDS_ARE_WHOLE = f"""
    SELECT 'refund ' || id, format('differs from what was asked or approved in its %s', wrong)
      FROM (SELECT refund.id, {_SUMS} AS wrong
              FROM invoicing_app_refund refund
              LEFT JOIN (SELECT part.refund_id, part.version, sum(part.amount) AS amount,
                                sum(part.payer_amount) AS payer_amount,
                                bool_and(paid.payment_id = refund.payment_id) AS is_of_it
                           FROM invoicing_app_refundline part
                           JOIN invoicing_app_refund refund ON refund.id = part.refund_id
                           LEFT JOIN invoicing_app_paymentline paid
                                  ON paid.id = part.payment_line_id
                          GROUP BY 1, 2) AS lines
                     ON lines.refund_id = refund.id AND lines.version = refund.version
              LEFT JOIN (SELECT part.refund_id, part.version, sum(part.amount) AS amount,
                                bool_and(paid.payment_id = refund.payment_id
                                         AND paid.payment_method = part.payment_method
                                         AND (part.goes_to = part.payment_method
                                              OR part.payment_method = 'CASH'
                                              AND part.goes_to = 'WALLET')) AS is_of_it
                           FROM invoicing_app_refundtender part
                           JOIN invoicing_app_refund refund ON refund.id = part.refund_id
                           LEFT JOIN invoicing_app_paymenttender paid ON paid.id = part.tender_id
                          GROUP BY 1, 2) AS parts
                     ON parts.refund_id = refund.id AND parts.version = refund.version) AS compared
     WHERE wrong <> ''
"""  # noqa: S608 - our own text
_ENTRY = differences(
    {
        "receipt number": ("entry.memo", "refund.receipt_number"),
        "business day": ("entry.business_date", "refund.business_date"),
        "actor": ("entry.actor_id", "refund.paid_by_id"),
        "time": ("entry.posted_at", "refund.paid_at"),
    }
)
_REFUNDS_MATCH_ENTRIES = f"""
    WITH due (refund_id, account, wallet, amount) AS (
         SELECT refund.id, '{ledger.REVENUE}-' || department.code, NULL::uuid,
                part.amount + part.payer_amount
           FROM invoicing_app_refundline part
           JOIN invoicing_app_refund refund ON {_IN_FORCE}
           LEFT JOIN invoicing_app_paymentline line ON line.id = part.payment_line_id
           LEFT JOIN invoicing_app_billitem item ON item.id = line.bill_item_id
           LEFT JOIN smcapp1_department department ON department.id = item.department_id
          WHERE refund.status = 'PAID'
         UNION ALL
         SELECT refund.id, '{ledger.RECEIVABLE}-' || payer.code, NULL, -part.payer_amount
           FROM invoicing_app_refundline part
           JOIN invoicing_app_refund refund ON {_IN_FORCE}
           LEFT JOIN invoicing_app_claim claim ON claim.payment_line_id = part.payment_line_id
           LEFT JOIN invoicing_app_payer payer ON payer.id = claim.payer_id
          WHERE refund.status = 'PAID' AND part.payer_amount <> 0
         UNION ALL
         SELECT refund.id, {account_of_method("part.goes_to", "refund.paid_by_id")},
                wallet.id, -part.amount
           FROM invoicing_app_refundtender part
           JOIN invoicing_app_refund refund ON {_IN_FORCE}
           LEFT JOIN client_wallet_journalentry entry ON entry.id = refund.entry_id
           LEFT JOIN invoicing_app_depositreceiving payment ON payment.id = refund.payment_id
           LEFT JOIN smcapp1_consultation visit ON visit.id = payment.consultation_id
           LEFT JOIN client_wallet_walletaccount wallet
                  ON wallet.patient_id = visit.patient_id AND part.goes_to = 'WALLET'
          WHERE refund.status = 'PAID'
         UNION ALL
         SELECT id, '{ledger.CASH_ROUNDING}', NULL, rounding
           FROM invoicing_app_refund WHERE status = 'PAID' AND rounding <> 0),
         said (refund_id, account, wallet, amount) AS (
         SELECT refund.id, line.account_id, line.wallet_id,
                CASE line.side WHEN 'DEBIT' THEN line.amount ELSE -line.amount END
           FROM invoicing_app_refund refund
           JOIN client_wallet_posting line ON line.entry_id = refund.entry_id),
         compared AS (
         SELECT refund_id, account, wallet, sum(due) AS due, sum(said) AS said
           FROM (SELECT refund_id, account, wallet, amount AS due, 0 AS said FROM due
                 UNION ALL SELECT refund_id, account, wallet, 0, amount FROM said) AS both_sides
          GROUP BY 1, 2, 3)
    SELECT 'refund ' || refund_id,
           format('%s: its lines and tenders come to %s, its entry says %s', account, due, said)
      FROM compared WHERE due <> said
    UNION ALL
    SELECT 'refund ' || id, format('differs from its journal entry in its %s', wrong)
      FROM (SELECT refund.id, {_ENTRY} AS wrong
              FROM invoicing_app_refund refund
              JOIN client_wallet_journalentry entry ON entry.id = refund.entry_id) AS facts
     WHERE wrong <> ''
    UNION ALL
    SELECT 'claim ' || coalesce(taken.claim_id, back.claim_id, 0),
           format('was lessened by %s with refunds, which give back %s of it',
                  coalesce(taken.amount, 0), coalesce(back.amount, 0))
      FROM (SELECT claim_id, sum(amount) AS amount FROM invoicing_app_claimsettlement
             WHERE kind = 'REFUNDED' GROUP BY 1) AS taken
      FULL JOIN (SELECT claim.id AS claim_id, sum(part.payer_amount) AS amount
                   FROM invoicing_app_refundline part
                   JOIN invoicing_app_refund refund ON {_IN_FORCE}
                   LEFT JOIN invoicing_app_claim claim
                          ON claim.payment_line_id = part.payment_line_id
                  WHERE refund.status = 'PAID' AND part.payer_amount <> 0
                  GROUP BY 1) AS back ON back.claim_id = taken.claim_id
     WHERE taken.amount IS DISTINCT FROM back.amount
"""  # noqa: S608 - our own text
_REFUNDED_DRUGS_CAME_BACK = f"""
    SELECT 'refund line ' || part.id,
           format('of %s of a drug, %s came back', part.quantity, coalesce(stock.quantity, 0))
      FROM invoicing_app_refundline part
      JOIN invoicing_app_refund refund ON {_IN_FORCE} AND refund.status = 'PAID'
      JOIN invoicing_app_paymentline line ON line.id = part.payment_line_id
      JOIN invoicing_app_billitem item ON item.id = line.bill_item_id
      JOIN smcapp1_department department ON department.id = item.department_id
      LEFT JOIN (SELECT line_id, sum(quantity) AS quantity
                   FROM invoicing_app_refundedstock GROUP BY 1) AS stock ON stock.line_id = part.id
     WHERE (department.kind = 'PHARMACY' AND stock.quantity IS DISTINCT FROM part.quantity)
        OR (department.kind <> 'PHARMACY' AND stock.quantity IS NOT NULL)
    UNION ALL
    SELECT 'dispensed stock ' || link.id,
           format('%s taken back and %s brought back, in refunds %s and %s', link.taken_back,
                  link.brought_back, coalesce(back.taken, 0), coalesce(back.brought, 0))
      FROM invoicing_app_dispensedstock link
      LEFT JOIN (SELECT dispensed_id, sum(quantity) FILTER (WHERE NOT was_handed_out) AS taken,
                        sum(quantity) FILTER (WHERE was_handed_out) AS brought
                   FROM invoicing_app_refundedstock GROUP BY 1) AS back
             ON back.dispensed_id = link.id
     WHERE (link.taken_back, link.brought_back)
           <> (coalesce(back.taken, 0), coalesce(back.brought, 0))
    UNION ALL
    SELECT 'refunded stock ' || stock.id, 'moved something else than came back'
      FROM invoicing_app_refundedstock stock
      LEFT JOIN smcapp1_stockmovement movement ON movement.id = stock.movement_id
      LEFT JOIN smcapp1_stockmovement spoilt ON spoilt.id = stock.write_off_id
      LEFT JOIN invoicing_app_refundline part ON part.id = stock.line_id
      LEFT JOIN invoicing_app_dispensedstock link ON link.id = stock.dispensed_id
      LEFT JOIN smcapp1_stockmovement first ON first.id = link.movement_id
     WHERE ((movement.kind, movement.quantity, movement.batch_id)
            = ('RETURNED', stock.quantity, first.batch_id)) IS NOT TRUE
        OR (stock.write_off_id IS NOT NULL)
           IS DISTINCT FROM (stock.was_handed_out AND NOT part.sellable)
        OR stock.write_off_id IS NOT NULL
           AND ((spoilt.kind, spoilt.quantity, spoilt.batch_id)
                = ('WRITTEN_OFF', stock.quantity, first.batch_id)) IS NOT TRUE
    UNION ALL
    SELECT 'movement ' || movement.id, 'is a return that no refund made'
      FROM smcapp1_stockmovement movement
      LEFT JOIN invoicing_app_refundedstock stock ON stock.movement_id = movement.id
     WHERE movement.kind = 'RETURNED' AND stock.id IS NULL
"""  # noqa: S608 - our own text

CHECKS: Sequence[Check] = (
    Check(
        "refunds-stay-within-payments",
        "of no item and no tender more is refunded than was paid, and items refunded whole say so",
        "invoicing_app_refundline",
        _LINES_ADD_UP,
    ),
    Check(
        "refunds-are-as-approved",
        "each refund is the sum of its lines and tenders, of its payment, and was approved by"
        " somebody else as it was asked for",
        "invoicing_app_refund",
        _REFUNDS_ARE_WHOLE,
    ),
    Check(
        "refunds-match-entries",
        "each refund that was paid out took from departments and gave to tills, wallets and payers"
        " what its lines and tenders say",
        "invoicing_app_refund WHERE status = 'PAID'",
        _REFUNDS_MATCH_ENTRIES,
    ),
    Check(
        "refunded-drugs-came-back",
        "each refunded drug went back into its batch, or was written off there",
        "invoicing_app_refundedstock",
        _REFUNDED_DRUGS_CAME_BACK,
    ),
)
