"""Checks of deposits, reversals, payments and transfers against the entries they point at."""

from collections.abc import Sequence

from client_wallet import ledger
from invoicing_app.books.findings import Check
from invoicing_app.books.wording import account_of_method, differences
from invoicing_app.models import NOTHING


def _unlike_their_entries(
    kind: str, table: str, wrong: str, sides: Sequence[str] = ("debit", "credit")
) -> str:
    """Return SQL that finds each ``kind`` of ``table`` whose entry has ``wrong`` things in it."""
    lines = "".join(
        f"""
              LEFT JOIN client_wallet_posting {side}
                     ON {side}.entry_id = entry.id AND {side}.side = '{side.upper()}'"""
        for side in sides
    )
    return f"""
    SELECT DISTINCT '{kind} ' || id,
           format('differs from journal entry %s in its %s', entry, wrong)
      FROM (SELECT {kind}.id, {kind}.entry_id AS entry, {wrong} AS wrong
              FROM {table} {kind}
              LEFT JOIN client_wallet_journalentry entry ON entry.id = {kind}.entry_id{lines}
           ) AS compared
     WHERE wrong <> ''
"""  # noqa: S608 - our own text


_DEPOSIT = differences(
    {
        "till": (
            "debit.account_id",
            account_of_method("deposit.payment_method", "deposit.taken_by_id"),
        ),
        "amount": ("debit.amount", "deposit.amount"),
        "wallet account": ("credit.account_id", f"'{ledger.WALLETS}'"),
        "wallet": ("credit.wallet_id", "deposit.wallet_id"),
        "credited amount": ("credit.amount", "deposit.amount"),
        "balance": ("credit.balance_after", "deposit.balance_after"),
        "business day": ("entry.business_date", "deposit.business_date"),
        "actor": ("entry.actor_id", "deposit.taken_by_id"),
        "time": ("entry.posted_at", "deposit.created_at"),
        "receipt number": ("entry.memo", "deposit.receipt_number"),
    }
)
_DEPOSITS_MATCH_ENTRIES = _unlike_their_entries("deposit", "client_wallet_walletdeposit", _DEPOSIT)
_REVERSED = differences(
    {
        "deposit": ("reversal.reverses_id", "deposit.entry_id"),
        "actor": ("reversal.actor_id", "deposit.reversed_by_id"),
        "time": ("reversal.posted_at", "deposit.reversed_at"),
        "receipt number": ("reversal.memo", "deposit.receipt_number"),
    }
)
_TILL = (  # cash may be given back out of another drawer than the one that took it
    f"CASE WHEN line.account_id LIKE '{ledger.DRAWER}%' THEN '{ledger.CASH}'"
    " ELSE line.account_id END"
)
_REVERSALS_MIRROR_DEPOSITS = f"""
    WITH pair AS (SELECT id AS reversal_id, reverses_id AS original_id
                    FROM client_wallet_journalentry WHERE reverses_id IS NOT NULL),
         said AS (SELECT pair.reversal_id, {_TILL}, line.wallet_id, line.side, line.amount,
                         count(*) AS times
                    FROM pair JOIN client_wallet_posting line ON line.entry_id = pair.reversal_id
                   GROUP BY 1, 2, 3, 4, 5),
         due AS (SELECT pair.reversal_id, {_TILL}, line.wallet_id,
                        CASE line.side WHEN 'DEBIT' THEN 'CREDIT' ELSE 'DEBIT' END, line.amount,
                        count(*) AS times
                   FROM pair JOIN client_wallet_posting line ON line.entry_id = pair.original_id
                  GROUP BY 1, 2, 3, 4, 5)
    SELECT DISTINCT 'journal entry ' || reversal_id, 'does not mirror the entry that it reverses'
      FROM ((TABLE said EXCEPT TABLE due) UNION ALL (TABLE due EXCEPT TABLE said)) AS unmatched
    UNION ALL
    SELECT 'journal entry ' || id, 'is a reversal of nothing, or reverses and is none'
      FROM client_wallet_journalentry
     WHERE (kind = 'REVERSAL') IS DISTINCT FROM (reverses_id IS NOT NULL)
    UNION ALL
    SELECT 'deposit ' || id, format('differs from its reversal, entry %s, in its %s', entry, wrong)
      FROM (SELECT deposit.id, deposit.reversal_id AS entry, {_REVERSED} AS wrong
              FROM client_wallet_walletdeposit deposit
              LEFT JOIN client_wallet_journalentry reversal ON reversal.id = deposit.reversal_id
             WHERE deposit.reversal_id IS NOT NULL) AS compared
     WHERE wrong <> ''
"""  # noqa: S608 - our own text
_OF_NOTHING = f"payment.entry_id IS NULL AND payment.payment_method = '{NOTHING}'"
_PAYMENT = differences(
    {
        "business day": ("entry.business_date", "payment.business_date"),
        "actor": ("entry.actor_id", "payment.taken_by_id"),
        "time": ("entry.posted_at", "payment.created_at"),
        "receipt number": ("entry.memo", "payment.receipt_number"),
    }
)
_PAYMENT = f"CASE WHEN {_OF_NOTHING} THEN '' ELSE {_PAYMENT} END"
_PAYMENTS_MATCH_ENTRIES = f"""
    {_unlike_their_entries("payment", "invoicing_app_depositreceiving", _PAYMENT, sides=[])}
    UNION ALL
    SELECT 'payment ' || payment.id, 'was paid from another patient''s wallet'
      FROM invoicing_app_depositreceiving payment
      JOIN smcapp1_consultation consultation ON consultation.id = payment.consultation_id
      JOIN client_wallet_walletaccount wallet ON wallet.id = payment.wallet_id
     WHERE wallet.patient_id <> consultation.patient_id
"""  # noqa: S608 - our own text
_TRANSFER = differences(
    {
        "id": ("entry.uid", "transfer.id"),
        "account debited": ("debit.account_id", f"'{ledger.WALLETS}'"),
        "account credited": ("credit.account_id", f"'{ledger.WALLETS}'"),
        "sender": ("debit.wallet_id", "transfer.from_wallet_id"),
        "recipient": ("credit.wallet_id", "transfer.to_wallet_id"),
        "amount debited": ("debit.amount", "transfer.amount"),
        "amount credited": ("credit.amount", "transfer.amount"),
        "actor": ("entry.actor_id", "transfer.requested_by_id"),
        "time": ("entry.posted_at", "transfer.created_at"),
    }
)
_TRANSFERS_MATCH_ENTRIES = _unlike_their_entries("transfer", "client_wallet_transfer", _TRANSFER)

CHECKS: Sequence[Check] = (
    Check(
        "deposits-match-entries",
        "each deposit has the till, wallet, amount, balance, day, actor and time of its entry",
        "client_wallet_walletdeposit",
        _DEPOSITS_MATCH_ENTRIES,
    ),
    Check(
        "reversals-mirror-deposits",
        "each reversal has the lines of what it reverses with sides exchanged, once",
        "client_wallet_walletdeposit WHERE reversal_id IS NOT NULL",
        _REVERSALS_MIRROR_DEPOSITS,
    ),
    Check(
        "payments-match-entries",
        "each payment of money has the day, actor, time and receipt number of its entry",
        "invoicing_app_depositreceiving",
        _PAYMENTS_MATCH_ENTRIES,
    ),
    Check(
        "transfers-match-entries",
        "each transfer has sender, recipient, amount, actor and time of both lines of its entry",
        "client_wallet_transfer",
        _TRANSFERS_MATCH_ENTRIES,
    ),
)
