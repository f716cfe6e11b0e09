"""Checks of withdrawals: where their money is, the entries behind them, the calls to the bank."""

from collections.abc import Sequence

from client_wallet import ledger
from invoicing_app.books.findings import Check
from invoicing_app.books.wording import differences

_IN_FLIGHT = "status IN ('PROCESSING', 'UNKNOWN', 'NEEDS_REVIEW')"
_IN_TRANSIT_EQUALS_WITHDRAWALS = f"""
    SELECT 'account {ledger.IN_TRANSIT}',
           format('says %s, withdrawals in flight are %s', account.total, flying.total)
      FROM (SELECT coalesce(sum(CASE side WHEN 'CREDIT' THEN amount ELSE -amount END), 0) AS total
              FROM client_wallet_posting WHERE account_id = '{ledger.IN_TRANSIT}') AS account,
           (SELECT coalesce(sum(amount), 0) AS total
              FROM client_wallet_withdrawal WHERE {_IN_FLIGHT}) AS flying
     WHERE account.total <> flying.total
"""  # noqa: S608 - our own text
_STATUS_TELLS_WHERE_THE_MONEY_IS = f"""
    SELECT 'withdrawal ' || id,
           CASE WHEN settlement_id IS NOT NULL AND refund_id IS NOT NULL
                THEN 'was settled and refunded'
                ELSE format('is %s, and has %s', status, coalesce(nullif(concat_ws(' and ',
                            CASE WHEN debit_id IS NOT NULL THEN 'a debit' END,
                            CASE WHEN settlement_id IS NOT NULL THEN 'a settlement' END,
                            CASE WHEN refund_id IS NOT NULL THEN 'a refund' END), ''),
                            'no entry')) END
      FROM client_wallet_withdrawal
     WHERE (CASE WHEN status IN ('SCHEDULED', 'CANCELLED')
                 THEN debit_id IS NULL AND settlement_id IS NULL AND refund_id IS NULL
                 WHEN {_IN_FLIGHT}
                 THEN debit_id IS NOT NULL AND settlement_id IS NULL AND refund_id IS NULL
                 WHEN status = 'COMPLETED'
                 THEN debit_id IS NOT NULL AND settlement_id IS NOT NULL AND refund_id IS NULL
                 WHEN status = 'FAILED'
                 THEN settlement_id IS NULL AND (debit_id IS NULL) = (refund_id IS NULL)
            END) IS NOT TRUE
"""  # noqa: S608 - our own text
_ENTRY = differences(
    {
        "account debited": ("debit.account_id", "written.debited"),
        "account credited": ("credit.account_id", "written.credited"),
        "amount debited": ("debit.amount", "written.amount"),
        "amount credited": ("credit.amount", "written.amount"),
        "wallet": ("coalesce(debit.wallet_id, credit.wallet_id)", "written.wallet_id"),
        "reference": ("entry.memo", "written.bank_reference"),
    }
)
_ENTRIES: Sequence[tuple[str, str, str, str]] = (  # column, debited, credited, its wallet
    ("debit_id", ledger.WALLETS, ledger.IN_TRANSIT, "wallet_id"),
    ("settlement_id", ledger.IN_TRANSIT, ledger.BANK, "NULL"),
    ("refund_id", ledger.IN_TRANSIT, ledger.WALLETS, "wallet_id"),
)
_WRITTEN = " UNION ALL ".join(
    f"SELECT id, {column}, '{debited}', '{credited}', {wallet}, amount, bank_reference"  # noqa: S608 - our own text
    f" FROM client_wallet_withdrawal WHERE {column} IS NOT NULL"
    for column, debited, credited, wallet in _ENTRIES
)
_WITHDRAWALS_MATCH_ENTRIES = f"""
    SELECT DISTINCT 'withdrawal ' || id,
           format('differs from journal entry %s in its %s', entry_id, wrong)
      FROM (SELECT written.id, written.entry_id, {_ENTRY} AS wrong
              FROM ({_WRITTEN}) AS written
                   (id, entry_id, debited, credited, wallet_id, amount, bank_reference)
              LEFT JOIN client_wallet_journalentry entry ON entry.id = written.entry_id
              LEFT JOIN client_wallet_posting debit
                     ON debit.entry_id = entry.id AND debit.side = 'DEBIT'
              LEFT JOIN client_wallet_posting credit
                     ON credit.entry_id = entry.id AND credit.side = 'CREDIT') AS compared
     WHERE wrong <> ''
"""  # noqa: S608 - our own text
_CALLS_ARE_COUNTED = """
    SELECT 'withdrawal ' || withdrawal.id,
           format('counts %s calls and %s attempts; written down are %s up to number %s,'
                  ' %s of them attempts', withdrawal.last_call, withdrawal.attempts,
                  coalesce(made.calls, 0), coalesce(made.last, 0), coalesce(made.attempts, 0))
      FROM client_wallet_withdrawal withdrawal
      LEFT JOIN (SELECT withdrawal_id, count(*) AS calls, max(number) AS last,
                        count(*) FILTER (WHERE kind = 'SUBMIT') AS attempts
                   FROM client_wallet_bankcall GROUP BY 1) AS made
             ON made.withdrawal_id = withdrawal.id
     WHERE (withdrawal.last_call, withdrawal.last_call, withdrawal.attempts)
           IS DISTINCT FROM (coalesce(made.calls, 0), coalesce(made.last, 0),
                             coalesce(made.attempts, 0))
        OR (withdrawal.debit_id IS NULL) <> (withdrawal.attempts = 0)
    UNION ALL
    SELECT 'withdrawal ' || withdrawal.id,
           'was settled, and neither the bank nor a person said that it was paid'
      FROM client_wallet_withdrawal withdrawal
     WHERE withdrawal.status = 'COMPLETED' AND withdrawal.evidence = ''
       AND NOT EXISTS (SELECT FROM client_wallet_bankcall made
                         JOIN client_wallet_bankanswer answer ON answer.call_id = made.id
                        WHERE made.withdrawal_id = withdrawal.id AND answer.outcome = 'PAID')
"""

CHECKS: Sequence[Check] = (
    Check(
        "in-transit-equals-withdrawals",
        "what is in transit is the sum of all withdrawals in flight",
        f"client_wallet_withdrawal WHERE {_IN_FLIGHT}",
        _IN_TRANSIT_EQUALS_WITHDRAWALS,
    ),
    Check(
        "status-tells-where-the-money-is",
        "each withdrawal has the entries of its status, and none is settled and refunded",
        "client_wallet_withdrawal",
        _STATUS_TELLS_WHERE_THE_MONEY_IS,
    ),
    Check(
        "withdrawals-match-entries",
        "each withdrawal has the accounts, wallet, amount and reference of its entries",
        "client_wallet_withdrawal",
        _WITHDRAWALS_MATCH_ENTRIES,
    ),
    Check(
        "calls-are-counted",
        "each withdrawal counts the calls written down for it, and was settled on somebody's word",
        "client_wallet_bankcall",
        _CALLS_ARE_COUNTED,
    ),
)
