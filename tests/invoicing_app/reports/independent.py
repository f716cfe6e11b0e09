"""The figures of the reports, asked for in plain SQL of the documents, and not of the journal."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection

from invoicing_app.reports.period import Period

MONEY_IN = """
    SELECT payment_method AS method, taken_by_id AS taker, amount, business_date AS day,
           'Deposits into wallets' AS department, 'Deposits' AS kind
    FROM client_wallet_walletdeposit
    UNION ALL
    SELECT deposit.payment_method, deposit.taken_by_id, -deposit.amount, entry.business_date,
           'Deposits into wallets', 'Given back'
    FROM client_wallet_walletdeposit deposit
    JOIN client_wallet_journalentry entry ON entry.id = deposit.reversal_id
    UNION ALL
    SELECT tender.payment_method, payment.taken_by_id, tender.amount, payment.business_date,
           NULL, 'Payments'
    FROM invoicing_app_paymenttender tender
    JOIN invoicing_app_depositreceiving payment ON payment.id = tender.payment_id
"""
PAID = """
    SELECT CASE WHEN ways.number > 1 THEN 'SEVERAL' ELSE ways.one END AS method,
           payment.taken_by_id AS taker, line.amount + line.payer_amount AS amount,
           payment.business_date AS day, department.name AS department, 'Payments' AS kind
    FROM invoicing_app_paymentline line
    JOIN invoicing_app_depositreceiving payment ON payment.id = line.payment_id
    JOIN invoicing_app_billitem item ON item.id = line.bill_item_id
    JOIN smcapp1_department department ON department.id = item.department_id
    JOIN (SELECT payment_id, count(DISTINCT way) AS number, min(way) AS one
          FROM (SELECT payment_id, payment_method AS way FROM invoicing_app_paymenttender
                UNION ALL SELECT payment_id, 'PAYER' FROM invoicing_app_paymentline
                WHERE payer_amount > 0) AS way GROUP BY 1) AS ways
         ON ways.payment_id = payment.id
"""
# What came in at the tills, by what it was for: whole bills, less what others paid of them.
FOR = f"""
    SELECT department, amount, day FROM ({MONEY_IN}) moved
    WHERE department IS NOT NULL AND method <> 'WALLET'
    UNION ALL
    SELECT what, amount, business_date
    FROM (SELECT payment_id, department.name AS what, amount + payer_amount AS amount
          FROM invoicing_app_paymentline line
          JOIN invoicing_app_billitem item ON item.id = line.bill_item_id
          JOIN smcapp1_department department ON department.id = item.department_id
          UNION ALL
          SELECT payment_id, 'Less what payers owe of it', -payer_amount
          FROM invoicing_app_paymentline WHERE payer_amount > 0
          UNION ALL
          SELECT payment_id, 'Less what wallets paid of it', -amount
          FROM invoicing_app_paymenttender WHERE payment_method = 'WALLET'
          UNION ALL
          SELECT id, 'Cash rounding', rounding FROM invoicing_app_depositreceiving
          WHERE rounding <> 0) AS part
    JOIN invoicing_app_depositreceiving payment ON payment.id = part.payment_id
    WHERE EXISTS (SELECT FROM invoicing_app_paymenttender tender
                  WHERE tender.payment_id = payment.id AND tender.payment_method <> 'WALLET')
"""  # noqa: S608 - words of ours
WAIVED = """
    SELECT 'WAIVED' AS method, waiver.decided_by_id AS taker, line.amount * side AS amount,
           CASE side WHEN 1 THEN waiver.business_date ELSE back.business_date END AS day,
           department.name AS department, 'Waived' AS kind, reason.name AS reason
    FROM invoicing_app_waiverline line
    JOIN invoicing_app_waiver waiver ON waiver.id = line.waiver_id AND waiver.entry_id IS NOT NULL
    JOIN invoicing_app_waiverreason reason ON reason.id = waiver.reason_id
    JOIN smcapp1_department department ON department.id = waiver.department_id
    LEFT JOIN invoicing_app_waivertakeback back ON back.id = line.taken_back_id
    CROSS JOIN (VALUES (1), (-1)) AS sides (side)
    WHERE side = 1 OR back.id IS NOT NULL
"""
EARNED = (
    f"{PAID} UNION ALL"  # noqa: S608 - words of ours
    f" SELECT method, taker, amount, day, department, kind FROM ({WAIVED}) w"
)
METHODS = {
    "CASH": "Cash",
    "CARD": "Card",
    "TRANSFER": "Bank transfer",
    "ONLINE": "Online payment",
    "WALLET": "Wallet",
    "PAYER": "Payers",
    "WAIVED": "Waived",
    "SEVERAL": "Several ways",
}
AGES = """
    CASE WHEN %(day)s - (ordered_at AT TIME ZONE %(zone)s)::date = 0 THEN 'The same day'
         WHEN %(day)s - (ordered_at AT TIME ZONE %(zone)s)::date <= 7 THEN '1 to 7 days before'
         WHEN %(day)s - (ordered_at AT TIME ZONE %(zone)s)::date <= 30 THEN '8 to 30 days before'
         WHEN %(day)s - (ordered_at AT TIME ZONE %(zone)s)::date <= 60 THEN '31 to 60 days before'
         WHEN %(day)s - (ordered_at AT TIME ZONE %(zone)s)::date <= 90 THEN '61 to 90 days before'
         ELSE 'Earlier' END
"""
OWED = """
    line_total - coalesce((
        SELECT sum(waived.amount) FROM invoicing_app_waiverline waived
        JOIN invoicing_app_waiver waiver ON waiver.id = waived.waiver_id
        LEFT JOIN invoicing_app_waivertakeback back ON back.id = waived.taken_back_id
        WHERE waived.bill_item_id = item.id AND waiver.business_date <= %(day)s
          AND (back.id IS NULL OR back.business_date > %(day)s)), 0)
"""
UNPAID = """
    FROM invoicing_app_billitem item
    JOIN smcapp1_department department ON department.id = item.department_id
    LEFT JOIN invoicing_app_paymentline line ON line.bill_item_id = item.id
    LEFT JOIN invoicing_app_depositreceiving payment ON payment.id = line.payment_id
    WHERE (ordered_at AT TIME ZONE %(zone)s)::date <= %(day)s
      AND (payment.id IS NULL OR payment.business_date > %(day)s)
      AND (voided_at IS NULL OR (voided_at AT TIME ZONE %(zone)s)::date > %(day)s)
"""


def received(period: Period, by: str) -> Mapping[Any, Decimal]:
    """Return what came in by ``method``, ``department``, ``taker``, ``kind`` or ``day``."""
    if by == "department":
        return _sums(
            f"SELECT department, sum(amount) FROM ({FOR}) moved"  # noqa: S608 - words of ours
            " WHERE day BETWEEN %(first)s AND %(last)s GROUP BY 1 HAVING sum(amount) <> 0",
            period,
        )
    return _sums(
        f"SELECT {by}, sum(amount) FROM ({MONEY_IN}) moved"  # noqa: S608 - words of ours
        " WHERE method <> 'WALLET' AND day BETWEEN %(first)s AND %(last)s GROUP BY 1",
        period,
    )


def earned(period: Period, by: str) -> Mapping[Any, Decimal]:
    """Return what departments earned by ``method`` or ``department``, what was waived included."""
    return _sums(
        f"SELECT {by}, sum(amount) FROM ({EARNED}) moved"  # noqa: S608 - words of ours
        " WHERE kind IN ('Payments', 'Waived') AND day BETWEEN %(first)s AND %(last)s GROUP BY 1",
        period,
    )


def waived(period: Period, by: str) -> Mapping[Any, Decimal]:
    """Return what was waived and not taken back, by ``reason`` or ``person``."""
    return _sums(
        f"SELECT {by}, sum(amount) FROM ({WAIVED}) moved"  # noqa: S608 - words of ours
        " WHERE day BETWEEN %(first)s AND %(last)s GROUP BY 1 HAVING sum(amount) <> 0",
        period,
    )


def from_wallets(period: Period) -> Mapping[Any, Decimal]:
    """Return what was paid from wallets, by who took the payment."""
    return _sums(
        "SELECT taken_by_id, sum(tender.amount) FROM invoicing_app_paymenttender tender"
        " JOIN invoicing_app_depositreceiving payment ON payment.id = tender.payment_id"
        " WHERE tender.payment_method = 'WALLET'"
        " AND business_date BETWEEN %(first)s AND %(last)s GROUP BY 1",
        period,
    )


def held(day: date) -> Decimal:
    """Return what the wallets' movements up to a day add up to."""
    (amount,) = _rows(
        """
        SELECT coalesce(sum(CASE side WHEN 'CREDIT' THEN amount ELSE -amount END), 0)
        FROM client_wallet_posting posting
        JOIN client_wallet_journalentry entry ON entry.id = posting.entry_id
        WHERE wallet_id IS NOT NULL AND business_date <= %(last)s
        """,
        Period(day, day),
    )
    return Decimal(amount[0])


def unpaid_by_age(day: date) -> Mapping[str, Decimal]:
    query = f"SELECT {AGES}, sum({OWED}) {UNPAID} GROUP BY 1"
    return _sums(query, Period(day, day))


def unpaid_by_department(day: date) -> Mapping[str, Decimal]:
    query = f"SELECT department.name, sum({OWED}) {UNPAID} GROUP BY 1"
    return _sums(query, Period(day, day))


def stock(day: date) -> Mapping[str, Decimal]:
    """Return the value of what is on the shelf by life, from the movements alone."""
    return _sums(
        """
        SELECT CASE WHEN expires_on < %(day)s THEN 'Expired'
                    WHEN expires_on <= %(day)s + %(near)s THEN 'Near expiry'
                    ELSE 'Expires later' END, sum(units * unit_cost)
        FROM (
            SELECT batch_id, sum(CASE WHEN kind IN ('RECEIVED', 'RETURNED', 'FOUND') THEN quantity
                                      ELSE -quantity END) AS units
            FROM smcapp1_stockmovement
            WHERE (moved_at AT TIME ZONE %(zone)s)::date <= %(day)s GROUP BY 1
        ) moved
        JOIN smcapp1_stockbatch batch ON batch.id = batch_id
        WHERE units > 0 GROUP BY 1
        """,
        Period(day, day),
    )


def withdrawals(period: Period) -> Mapping[str, Decimal]:
    """Return the amounts of withdrawals that ended in a period, or are under way, by state."""
    return _sums(
        """
        SELECT status, sum(amount) FROM client_wallet_withdrawal
        WHERE ended_at IS NULL
           OR (ended_at AT TIME ZONE %(zone)s)::date BETWEEN %(first)s AND %(last)s
        GROUP BY 1
        """,
        period,
    )


def leaked(day: date) -> Mapping[str, Decimal]:
    """Return what was paid so long ago and not delivered, by what it is."""
    return _sums(
        """
        SELECT CASE department.kind WHEN 'LABORATORY' THEN 'not-resulted'
                                    ELSE 'not-handed-out' END,
               sum(line_total - coalesce(given.quantity, 0) * unit_price)
        FROM invoicing_app_billitem item
        JOIN smcapp1_department department ON department.id = item.department_id
        JOIN invoicing_app_paymentline line ON line.bill_item_id = item.id
        JOIN invoicing_app_depositreceiving payment ON payment.id = line.payment_id
        LEFT JOIN smcapp1_labresult result ON result.id = item.lab_result_id
        LEFT JOIN (SELECT bill_item_id, sum(quantity) AS quantity FROM invoicing_app_drughandout
                   GROUP BY 1) AS given ON given.bill_item_id = item.id
        WHERE item.status = 'PAID' AND payment.business_date <= %(day)s - %(late)s
          AND (department.kind = 'LABORATORY' AND result.resulted_at IS NULL
               OR department.kind = 'PHARMACY'
                  AND coalesce(given.quantity, 0) < item.quantity)
        GROUP BY 1
        """,
        Period(day, day),
    )


def journal(period: Period) -> Mapping[str, Decimal]:
    """Return what the days' entries moved on every account, debits above zero."""
    return _sums(
        """
        SELECT account_id, sum(CASE side WHEN 'DEBIT' THEN amount ELSE -amount END)
        FROM client_wallet_posting posting
        JOIN client_wallet_journalentry entry ON entry.id = posting.entry_id
        WHERE business_date BETWEEN %(first)s AND %(last)s
          AND kind NOT IN ('WITHDRAWAL_SETTLED', 'GATEWAY_PAYOUT')
        GROUP BY 1
        """,
        period,
    )


def _sums(query: str, period: Period) -> dict[Any, Decimal]:
    return {key: Decimal(amount) for key, amount in _rows(query, period) if amount}


def _rows(query: str, period: Period) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            query,
            {
                "first": period.first,
                "last": period.last,
                "day": period.last,
                "zone": settings.TIME_ZONE,
                "near": settings.NEAR_EXPIRY_DAYS,
                "late": settings.LEAKAGE_DAYS,
            },
        )
        rows: list[Any] = cursor.fetchall()
        return rows
