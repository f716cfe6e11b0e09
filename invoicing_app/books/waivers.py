"""Checks of waivers: what was granted = what was posted = what is waived of the items."""

from collections.abc import Sequence

from client_wallet import ledger
from invoicing_app.books.findings import Check
from invoicing_app.books.wording import differences

_GRANTED = differences(
    {
        "account": ("debit.account_id", f"'{ledger.WAIVERS}'"),
        "department": ("credit.account_id", f"'{ledger.REVENUE}-' || department.code"),
        "amount": ("debit.amount", "waiver.amount"),
        "revenue": ("credit.amount", "waiver.amount"),
        "business day": ("entry.business_date", "waiver.business_date"),
        "actor": ("entry.actor_id", "waiver.decided_by_id"),
        "time": ("entry.posted_at", "waiver.decided_at"),
    }
)
_TAKEN_BACK = differences(
    {
        "account": ("credit.account_id", f"'{ledger.WAIVERS}'"),
        "amount": ("credit.amount", "back.amount"),
        "business day": ("entry.business_date", "back.business_date"),
        "actor": ("entry.actor_id", "back.taken_back_by_id"),
        "time": ("entry.posted_at", "back.taken_back_at"),
        "reason": ("entry.memo", "back.reason"),
    }
)
_WAIVERS_MATCH_ENTRIES = f"""
    SELECT DISTINCT 'waiver ' || id,
           format('differs from journal entry %s in its %s', entry, wrong)
      FROM (SELECT waiver.id, waiver.entry_id AS entry, {_GRANTED} AS wrong
              FROM invoicing_app_waiver waiver
              LEFT JOIN smcapp1_department department ON department.id = waiver.department_id
              LEFT JOIN client_wallet_journalentry entry ON entry.id = waiver.entry_id
              LEFT JOIN client_wallet_posting debit
                     ON debit.entry_id = entry.id AND debit.side = 'DEBIT'
              LEFT JOIN client_wallet_posting credit
                     ON credit.entry_id = entry.id AND credit.side = 'CREDIT'
             WHERE waiver.status IN ('GRANTED', 'TAKEN_BACK')) AS compared
     WHERE wrong <> ''
    UNION ALL
    SELECT DISTINCT 'waiver taken back ' || id,
           format('differs from journal entry %s in its %s', entry, wrong)
      FROM (SELECT back.id, back.entry_id AS entry, {_TAKEN_BACK} AS wrong
              FROM invoicing_app_waivertakeback back
              LEFT JOIN client_wallet_journalentry entry ON entry.id = back.entry_id
              LEFT JOIN client_wallet_posting credit
                     ON credit.entry_id = entry.id AND credit.side = 'CREDIT') AS compared
     WHERE wrong <> ''
    UNION ALL
    SELECT DISTINCT 'waiver taken back ' || back_id,
           format('%s: its lines add up to %s, its entry debits %s', account,
                  coalesce(due.amount, 0), coalesce(debited.amount, 0))
      FROM (SELECT line.taken_back_id AS back_id,
                   '{ledger.REVENUE}-' || department.code AS account, sum(line.amount) AS amount
              FROM invoicing_app_waiverline line
              LEFT JOIN invoicing_app_billitem item ON item.id = line.bill_item_id
              LEFT JOIN smcapp1_department department ON department.id = item.department_id
             WHERE line.taken_back_id IS NOT NULL GROUP BY 1, 2) AS due
      FULL JOIN (SELECT back.id AS back_id, debit.account_id AS account,
                        sum(debit.amount) AS amount
                   FROM invoicing_app_waivertakeback back
                   JOIN client_wallet_posting debit
                        ON debit.entry_id = back.entry_id AND debit.side = 'DEBIT'
                  GROUP BY 1, 2) AS debited USING (back_id, account)
     WHERE due.amount IS DISTINCT FROM debited.amount
"""  # noqa: S608 - our own text
_WAIVERS_EQUAL_LINES = """
    SELECT 'waiver ' || coalesce(waiver.id, line.waiver_id),
           format('is of %s, its lines add up to %s', waiver.amount, coalesce(line.amount, 0))
      FROM invoicing_app_waiver waiver
      FULL JOIN (SELECT waiver_id, sum(amount) AS amount
                   FROM invoicing_app_waiverline GROUP BY 1) AS line ON line.waiver_id = waiver.id
     WHERE waiver.amount IS DISTINCT FROM line.amount
    UNION ALL
    SELECT DISTINCT 'waiver ' || waiver.id, 'has a line of an item that it is not about'
      FROM invoicing_app_waiver waiver
      JOIN invoicing_app_waiverline line ON line.waiver_id = waiver.id
      LEFT JOIN invoicing_app_billitem item ON item.id = line.bill_item_id
     WHERE (item.consultation_id = waiver.consultation_id
            AND item.department_id = waiver.department_id
            AND item.id = coalesce(waiver.bill_item_id, item.id)) IS NOT TRUE
    UNION ALL
    SELECT 'waiver ' || waiver.id,
           format('is %s, and %s of its lines are taken back', waiver.status,
                  CASE WHEN every.is_back THEN 'all' WHEN every.any_back THEN 'some'
                       ELSE 'none' END)
      FROM invoicing_app_waiver waiver
      JOIN (SELECT waiver_id, bool_and(taken_back_id IS NOT NULL) AS is_back,
                   bool_or(taken_back_id IS NOT NULL) AS any_back
              FROM invoicing_app_waiverline GROUP BY 1) AS every ON every.waiver_id = waiver.id
     WHERE CASE waiver.status WHEN 'TAKEN_BACK' THEN NOT every.is_back
                              WHEN 'GRANTED' THEN every.is_back ELSE every.any_back END
"""
_ITEMS_WAIVED_EQUAL_WAIVERS = f"""
    SELECT 'bill item ' || coalesce(item.id, granted.bill_item_id),
           format('%s of it is waived, waivers in force say %s', coalesce(item.waived, 0),
                  coalesce(granted.amount, 0))
      FROM invoicing_app_billitem item
      FULL JOIN (SELECT line.bill_item_id, sum(line.amount) AS amount
                   FROM invoicing_app_waiverline line
                   JOIN invoicing_app_waiver waiver ON waiver.id = line.waiver_id
                  WHERE waiver.status = 'GRANTED' AND line.taken_back_id IS NULL
                  GROUP BY 1) AS granted ON granted.bill_item_id = item.id
     WHERE coalesce(item.waived, 0) <> coalesce(granted.amount, 0)
    UNION ALL
    SELECT 'bill item ' || id, format('is %s and %s of it is waived', status, waived)
      FROM invoicing_app_billitem
     WHERE waived > line_total OR waived < 0 OR status = 'VOID' AND waived <> 0
    UNION ALL
    SELECT 'account {ledger.WAIVERS}',
           format('holds %s, items are waived %s', posted.amount, items.amount)
      FROM (SELECT coalesce(sum(CASE side WHEN 'DEBIT' THEN amount ELSE -amount END), 0) AS amount
              FROM client_wallet_posting WHERE account_id = '{ledger.WAIVERS}') AS posted,
           (SELECT coalesce(sum(waived), 0) AS amount FROM invoicing_app_billitem) AS items
     WHERE posted.amount <> items.amount
"""  # noqa: S608 - our own text
_WAIVERS_WERE_ALLOWED = """
    SELECT 'waiver ' || id,
           CASE WHEN approved_hash <> request_hash THEN 'is not what was asked for'
                ELSE format('of %s was granted by who asked, who had used %s of %s that day',
                            amount, day_used, day_limit) END
      FROM invoicing_app_waiver
     WHERE status IN ('GRANTED', 'TAKEN_BACK')
       AND (approved_hash <> request_hash
            OR requested_by_id = decided_by_id AND day_used + amount > day_limit)
    UNION ALL
    SELECT 'waiver ' || id, 'was rejected by who asked for it'
      FROM invoicing_app_waiver WHERE status = 'REJECTED' AND requested_by_id = decided_by_id
"""

CHECKS: Sequence[Check] = (
    Check(
        "waivers-match-entries",
        "each waiver that was granted, and each that was taken back, has the amount, department,"
        " day, actor and time of its entry",
        "invoicing_app_waiver WHERE entry_id IS NOT NULL",
        _WAIVERS_MATCH_ENTRIES,
    ),
    Check(
        "waivers-equal-lines",
        "each waiver is the sum of its lines, and is taken back when all of them are",
        "invoicing_app_waiverline",
        _WAIVERS_EQUAL_LINES,
    ),
    Check(
        "items-waived-equal-waivers",
        "what is waived of each item is what waivers in force say, and the account WAIVERS holds"
        " all of it",
        "invoicing_app_billitem WHERE waived > 0",
        _ITEMS_WAIVED_EQUAL_WAIVERS,
    ),
    Check(
        "waivers-were-allowed",
        "each waiver was granted as it was asked for, within the limit of the day or by somebody"
        " else",
        "invoicing_app_waiver",
        _WAIVERS_WERE_ALLOWED,
    ),
)
