"""Checks of bills: paid items = payments' lines = revenue postings."""

from collections.abc import Sequence

from client_wallet import ledger
from invoicing_app.books.findings import Check
from invoicing_app.books.wording import differences
from invoicing_app.models import ALL_DEPARTMENTS

_ITEM = differences(
    {
        "payment line": ("line.id IS NOT NULL", "item.is_paid"),
        "amount": (
            "line.amount + line.payer_amount + line.waived",
            "CASE WHEN item.is_paid THEN item.line_total END",
        ),
        "waived amount": ("line.waived", "CASE WHEN item.is_paid THEN item.waived END"),
        "receipt number": ("coalesce(payment.receipt_number, '')", "item.receipt_number"),
        "consultation": (
            "payment.consultation_id",
            "CASE WHEN item.is_paid THEN item.consultation_id END",
        ),
        "department": (
            f"nullif(payment.department, '{ALL_DEPARTMENTS}')",
            "CASE WHEN payment.department <> 'ALL' THEN item.department END",
        ),
    }
)
_PAID_ITEMS_HAVE_ONE_LINE = f"""
    SELECT 'bill item ' || id,
           format('is %s and disagrees with its payment about: %s', coalesce(status, 'gone'), wrong)
      FROM (SELECT coalesce(item.id, line.bill_item_id) AS id, item.status, {_ITEM} AS wrong
              FROM (SELECT item.*, department.code AS department,
                           item.status IN ('PAID', 'REFUNDED') AS is_paid
                      FROM invoicing_app_billitem item
                      LEFT JOIN smcapp1_department department
                             ON department.id = item.department_id) AS item
              FULL JOIN invoicing_app_paymentline line ON line.bill_item_id = item.id
              LEFT JOIN invoicing_app_depositreceiving payment
                     ON payment.id = line.payment_id) AS compared
     WHERE wrong <> ''
    UNION ALL
    SELECT 'bill item ' || bill_item_id, format('was paid %s times', count(*))
      FROM invoicing_app_paymentline GROUP BY bill_item_id HAVING count(*) > 1
"""  # noqa: S608 - our own text
_PAYMENTS_EQUAL_LINES = f"""
    WITH due AS (
         SELECT line.payment_id, '{ledger.REVENUE}-' || department.code AS account,
                sum(line.amount + line.payer_amount) AS amount
           FROM invoicing_app_paymentline line
           JOIN invoicing_app_billitem item ON item.id = line.bill_item_id
           JOIN smcapp1_department department ON department.id = item.department_id
          GROUP BY 1, 2 HAVING sum(line.amount + line.payer_amount) <> 0),
         credited AS (
         SELECT payment.id AS payment_id, line.account_id AS account, sum(line.amount) AS amount
           FROM invoicing_app_depositreceiving payment
           JOIN client_wallet_posting line
                ON line.entry_id = payment.entry_id AND line.side = 'CREDIT'
                   AND line.account_id LIKE '{ledger.REVENUE}-%'
          GROUP BY 1, 2)
    SELECT 'payment ' || payment_id,
           format('%s: its lines add up to %s, its entry credits %s', account,
                  coalesce(due.amount, 0), coalesce(credited.amount, 0))
      FROM due FULL JOIN credited USING (payment_id, account)
     WHERE due.amount IS DISTINCT FROM credited.amount
    UNION ALL
    SELECT 'payment ' || coalesce(payment.id, line.payment_id),
           format('is of %s, its lines add up to %s', payment.total_due, coalesce(line.total, 0))
      FROM invoicing_app_depositreceiving payment
      FULL JOIN (SELECT payment_id, sum(amount) AS total
                   FROM invoicing_app_paymentline GROUP BY 1) AS line
                ON line.payment_id = payment.id
     WHERE payment.total_due IS DISTINCT FROM line.total
"""  # noqa: S608 - our own text
_REVENUE_EQUALS_PAID_ITEMS = f"""
    WITH amounts (department, settled, kept, paid, credited, net) AS (
         SELECT department.code,
                coalesce(sum(line_total - waived) FILTER (
                    WHERE item.status IN ('PAID', 'REFUNDED')), 0),
                sum(CASE WHEN item.status IN ('PAID', 'REFUNDED') THEN line_total
                         ELSE waived END), 0, 0, 0
           FROM invoicing_app_billitem item
           LEFT JOIN smcapp1_department department ON department.id = item.department_id
          GROUP BY 1
         UNION ALL
         SELECT department.code, 0, -sum(part.amount), 0, 0, 0
           FROM invoicing_app_claimsettlement part
           JOIN invoicing_app_claim claim ON claim.id = part.claim_id
           LEFT JOIN smcapp1_department department ON department.id = claim.department_id
          WHERE part.kind = 'BILLED_BACK' GROUP BY 1
         UNION ALL
         SELECT department.code, 0, -sum(part.amount + part.payer_amount), 0, 0, 0
           FROM invoicing_app_refundline part
           JOIN invoicing_app_refund refund
                ON refund.id = part.refund_id AND refund.version = part.version
           LEFT JOIN invoicing_app_paymentline line ON line.id = part.payment_line_id
           LEFT JOIN invoicing_app_billitem item ON item.id = line.bill_item_id
           LEFT JOIN smcapp1_department department ON department.id = item.department_id
          WHERE refund.status = 'PAID' GROUP BY 1
         UNION ALL
         SELECT department.code, 0, 0, sum(line.amount + line.payer_amount), 0, 0
           FROM invoicing_app_paymentline line
           LEFT JOIN invoicing_app_billitem item ON item.id = line.bill_item_id
           LEFT JOIN smcapp1_department department ON department.id = item.department_id
          GROUP BY 1
         UNION ALL
         SELECT regexp_replace(line.account_id, '^{ledger.REVENUE}-', ''), 0, 0, 0,
                coalesce(sum(amount) FILTER (WHERE side = 'CREDIT' AND entry.kind = 'PAYMENT'), 0),
                sum(CASE side WHEN 'CREDIT' THEN amount ELSE -amount END)
           FROM client_wallet_posting line
           LEFT JOIN client_wallet_journalentry entry ON entry.id = line.entry_id
          WHERE line.account_id LIKE '{ledger.REVENUE}-%' GROUP BY 1)
    SELECT 'department ' || coalesce(department, '{ALL_DEPARTMENTS}'),
           format('items ever paid %s, payments'' lines %s, revenue from payments %s;'
                  ' items paid or waived, less refunds %s, revenue in all %s',
                  sum(settled), sum(paid), sum(credited), sum(kept), sum(net))
      FROM amounts GROUP BY ROLLUP (department)
    HAVING sum(settled) <> sum(paid) OR sum(paid) <> sum(credited) OR sum(kept) <> sum(net)
"""  # noqa: S608 - our own text

CHECKS: Sequence[Check] = (
    Check(
        "paid-items-have-one-line",
        "each paid or refunded item has one payment line, of its amount and with its receipt"
        " number; unpaid and void ones have none",
        "invoicing_app_billitem",
        _PAID_ITEMS_HAVE_ONE_LINE,
    ),
    Check(
        "payments-equal-lines",
        "each payment is the sum of the patient's parts of its lines, and its entry credits each"
        " department with theirs and the payer's",
        "invoicing_app_paymentline",
        _PAYMENTS_EQUAL_LINES,
    ),
    Check(
        "revenue-equals-paid-items",
        "paid items = payments' lines = revenue postings, and with what is waived, less what was"
        " refunded or billed back to patients, all revenue, in each department and in all",
        "invoicing_app_billitem WHERE status IN ('PAID', 'REFUNDED') OR waived > 0",
        _REVENUE_EQUALS_PAID_ITEMS,
    ),
)
