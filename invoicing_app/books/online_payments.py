"""Checks of online payments: each deposit of one, and what gateways still hold."""

from collections.abc import Sequence

from client_wallet import ledger
from invoicing_app.books.findings import Check
from invoicing_app.books.wording import differences

_CREDITED = differences(
    {
        "status": ("payment.status", "'CREDITED'"),
        "wallet": ("deposit.wallet_id", "payment.wallet_id"),
        "amount": ("deposit.amount", "payment.amount"),
        "method": ("deposit.payment_method", "'ONLINE'"),
    }
)
_ONLINE_PAYMENTS_MATCH_DEPOSITS = f"""
    SELECT 'online payment ' || id, format('differs from deposit %s in its %s', deposit_id, wrong)
      FROM (SELECT payment.id, payment.deposit_id, {_CREDITED} AS wrong
              FROM client_wallet_onlinepayment payment
              LEFT JOIN client_wallet_walletdeposit deposit ON deposit.id = payment.deposit_id
             WHERE payment.deposit_id IS NOT NULL) AS compared
     WHERE wrong <> ''
    UNION ALL
    SELECT 'online payment ' || id, 'is in the wallet by no deposit'
      FROM client_wallet_onlinepayment WHERE status = 'CREDITED' AND deposit_id IS NULL
    UNION ALL
    SELECT 'deposit ' || deposit.id, 'was taken online, and nobody asked for it'
      FROM client_wallet_walletdeposit deposit
     WHERE deposit.payment_method = 'ONLINE'
       AND NOT EXISTS (SELECT FROM client_wallet_onlinepayment payment
                        WHERE payment.deposit_id = deposit.id)
"""  # noqa: S608 - our own text
_CREDITED_ON_THE_GATEWAYS_WORD = """
    SELECT 'online payment ' || payment.id, 'is in the wallet, and no gateway said that it arrived'
      FROM client_wallet_onlinepayment payment
     WHERE payment.status = 'CREDITED'
       AND NOT EXISTS (SELECT FROM client_wallet_gatewayevent event
                        WHERE event.payment_id = payment.id AND event.state = 'PAID'
                          AND event.outcome = 'CREDITED' AND event.amount = payment.amount
                          AND event.currency = payment.currency)
"""
_CLEARING_EQUALS_CREDITED_LESS_PAID_OUT = f"""
    SELECT 'account {ledger.GATEWAY_CLEARING}',
           format('says %s, credited less given back and paid out is %s', account.total, due.total)
      FROM (SELECT coalesce(sum(CASE side WHEN 'DEBIT' THEN amount ELSE -amount END), 0) AS total
              FROM client_wallet_posting
             WHERE account_id = '{ledger.GATEWAY_CLEARING}') AS account,
           (SELECT (SELECT coalesce(sum(amount), 0) FROM client_wallet_walletdeposit
                     WHERE payment_method = 'ONLINE' AND reversal_id IS NULL)
                 - (SELECT coalesce(sum(amount + fee_amount), 0)
                      FROM client_wallet_gatewaypayout) AS total) AS due
     WHERE account.total <> due.total
"""  # noqa: S608 - our own text
_PAYOUT = differences(
    {
        "amount at the bank": ("bank.amount", "payout.amount"),
        "fee": ("coalesce(fee.amount, 0)", "payout.fee_amount"),
        "clearing": ("clearing.amount", "payout.amount + payout.fee_amount"),
        "reference": ("entry.memo", "payout.reference"),
    }
)
_LINES = "".join(
    f"""
              LEFT JOIN client_wallet_posting {name} ON {name}.entry_id = entry.id
                    AND {name}.account_id = '{account}' AND {name}.side = '{side}'"""
    for name, account, side in (
        ("bank", ledger.BANK, "DEBIT"),
        ("fee", ledger.GATEWAY_FEES, "DEBIT"),
        ("clearing", ledger.GATEWAY_CLEARING, "CREDIT"),
    )
)
_PAYOUTS_MATCH_ENTRIES = f"""
    SELECT 'gateway payout ' || id,
           format('differs from journal entry %s in its %s', entry_id, wrong)
      FROM (SELECT payout.id, payout.entry_id, {_PAYOUT} AS wrong
              FROM client_wallet_gatewaypayout payout
              LEFT JOIN client_wallet_journalentry entry ON entry.id = payout.entry_id{_LINES}
           ) AS compared
     WHERE wrong <> ''
"""  # noqa: S608 - our own text

CHECKS: Sequence[Check] = (
    Check(
        "online-payments-match-deposits",
        "each online payment in a wallet has a deposit of its wallet and amount, and no other is"
        " online",
        "client_wallet_onlinepayment",
        _ONLINE_PAYMENTS_MATCH_DEPOSITS,
    ),
    Check(
        "credited-on-the-gateways-word",
        "of each online payment in a wallet a gateway said that just this amount arrived",
        "client_wallet_onlinepayment WHERE status = 'CREDITED'",
        _CREDITED_ON_THE_GATEWAYS_WORD,
    ),
    Check(
        "clearing-equals-credited-less-paid-out",
        "what gateways hold is what was credited, less what was given back and paid out",
        "client_wallet_gatewaypayout",
        _CLEARING_EQUALS_CREDITED_LESS_PAID_OUT,
    ),
    Check(
        "payouts-match-entries",
        "each payout of a gateway has the amounts, fee and reference of its entry",
        "client_wallet_gatewaypayout",
        _PAYOUTS_MATCH_ENTRIES,
    ),
)
