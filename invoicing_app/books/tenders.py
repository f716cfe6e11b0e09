"""Checks of tenders: they make up their payment, and its entry has them on their accounts."""

from collections.abc import Sequence

from client_wallet import ledger
from invoicing_app.books.findings import Check
from invoicing_app.books.wording import account_of_method, differences
from invoicing_app.models import NOTHING, SPLIT

_SUM = differences(
    {
        "total": ("coalesce(tenders.amount, 0)", "payment.total_due + payment.rounding"),
        "amount handed over": ("coalesce(tenders.tendered, 0)", "payment.amount_paid"),
        "change": ("coalesce(tenders.change_given, 0)", "payment.change_given"),
        "wallet": ("tenders.wallet", "payment.wallet_id::text"),
        "method": (
            f"CASE coalesce(tenders.number, 0) WHEN 0 THEN '{NOTHING}' WHEN 1 THEN tenders.method"
            f" ELSE '{SPLIT}' END",
            "payment.payment_method",
        ),
    }
)
_TENDERS_MAKE_UP_PAYMENTS = f"""
    SELECT 'payment ' || id, format('differs from its tenders in its %s', wrong)
      FROM (SELECT coalesce(payment.id, tenders.payment_id) AS id, {_SUM} AS wrong
              FROM invoicing_app_depositreceiving payment
              FULL JOIN (SELECT payment_id, count(*) AS number, sum(amount) AS amount,
                                sum(tendered) AS tendered, sum(change_given) AS change_given,
                                min(payment_method) AS method, max(wallet_id::text) AS wallet
                           FROM invoicing_app_paymenttender GROUP BY 1) AS tenders
                     ON tenders.payment_id = payment.id) AS compared
     WHERE wrong <> ''
"""  # noqa: S608 - our own text
_ENTRIES_HAVE_THE_TENDERS = f"""
    WITH due (payment_id, account, wallet, amount) AS (
         SELECT payment.id, {account_of_method("tender.payment_method", "payment.taken_by_id")},
                tender.wallet_id, tender.amount
           FROM invoicing_app_paymenttender tender
           JOIN invoicing_app_depositreceiving payment ON payment.id = tender.payment_id
           LEFT JOIN client_wallet_journalentry entry ON entry.id = payment.entry_id
         UNION ALL
         SELECT id, '{ledger.CASH_ROUNDING}', NULL, -rounding
           FROM invoicing_app_depositreceiving WHERE rounding <> 0
         UNION ALL
         SELECT line.payment_id, '{ledger.RECEIVABLE}-' || payer.code, NULL, line.payer_amount
           FROM invoicing_app_paymentline line
           LEFT JOIN invoicing_app_claim claim ON claim.payment_line_id = line.id
           LEFT JOIN invoicing_app_payer payer ON payer.id = claim.payer_id
          WHERE line.payer_amount <> 0),
         said (payment_id, account, wallet, amount) AS (
         SELECT payment.id, line.account_id, line.wallet_id,
                CASE line.side WHEN 'DEBIT' THEN line.amount ELSE -line.amount END
           FROM invoicing_app_depositreceiving payment
           JOIN client_wallet_posting line ON line.entry_id = payment.entry_id
          WHERE line.account_id NOT LIKE '{ledger.REVENUE}-%'),
         compared AS (
         SELECT payment_id, account, wallet, sum(due) AS due, sum(said) AS said
           FROM (SELECT payment_id, account, wallet, amount AS due, 0 AS said FROM due
                 UNION ALL SELECT payment_id, account, wallet, 0, amount FROM said) AS both_sides
          GROUP BY 1, 2, 3)
    SELECT 'payment ' || payment_id,
           format('%s: its tenders, payer and rounding come to %s, its entry debits %s',
                  account, due, said)
      FROM compared WHERE due <> said
"""  # noqa: S608 - our own text

CHECKS: Sequence[Check] = (
    Check(
        "tenders-make-up-payments",
        "each payment is the sum of its tenders and its rounding, by their method and wallet",
        "invoicing_app_paymenttender",
        _TENDERS_MAKE_UP_PAYMENTS,
    ),
    Check(
        "entries-have-the-tenders",
        "each payment's entry debits till, wallet and payer with what each of them pays, and the"
        " rounding account with the rest",
        "invoicing_app_paymenttender",
        _ENTRIES_HAVE_THE_TENDERS,
    ),
)
