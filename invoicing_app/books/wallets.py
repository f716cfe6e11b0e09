"""Checks of wallets: balances, running balances and what the wallet rows remember."""

from collections.abc import Sequence

from client_wallet import ledger
from invoicing_app.books.chain import broken_links
from invoicing_app.books.findings import Check
from invoicing_app.books.wording import differences

_WALLETS_EQUAL_POSTINGS = """
    SELECT 'wallet ' || coalesce(wallet.id, line.wallet_id),
           format('holds %s, its postings add up to %s',
                  coalesce(wallet.account_balance::text, 'nothing: it does not exist'),
                  coalesce(line.total, 0))
      FROM client_wallet_walletaccount wallet
      FULL JOIN (SELECT wallet_id,
                        sum(CASE side WHEN 'CREDIT' THEN amount ELSE -amount END) AS total
                   FROM client_wallet_posting WHERE wallet_id IS NOT NULL
                  GROUP BY wallet_id) AS line ON line.wallet_id = wallet.id
     WHERE wallet.account_balance IS DISTINCT FROM coalesce(line.total, 0)
"""
_WALLETS_EQUAL_LIABILITY = f"""
    SELECT 'account {ledger.WALLETS}',
           format('says %s, all wallets together hold %s', liability.total, held.total)
      FROM (SELECT coalesce(sum(CASE side WHEN 'CREDIT' THEN amount ELSE -amount END), 0) AS total
              FROM client_wallet_posting WHERE account_id = '{ledger.WALLETS}') AS liability,
           (SELECT coalesce(sum(account_balance), 0) AS total
              FROM client_wallet_walletaccount) AS held
     WHERE liability.total <> held.total
"""  # noqa: S608 - our own text
_WALLETS_NOT_NEGATIVE = """
    SELECT 'wallet ' || id, 'holds less than nothing: ' || account_balance
      FROM client_wallet_walletaccount WHERE account_balance < 0
    UNION ALL
    SELECT 'posting ' || id, format('left wallet %s with %s', wallet_id, balance_after)
      FROM client_wallet_posting WHERE balance_after < 0
"""
_RUNNING_BALANCES_HAVE_NO_GAP = """
    SELECT 'posting ' || id,
           format('of wallet %s does not follow the one before it in its %s', wallet_id, wrong)
      FROM (SELECT id, wallet_id, concat_ws(', ',
                   CASE WHEN wallet_sequence IS DISTINCT FROM lag(wallet_sequence, 1, 0::bigint)
                             OVER wallet + 1 THEN 'sequence' END,
                   CASE WHEN balance_after IS DISTINCT FROM lag(balance_after, 1, 0::numeric)
                             OVER wallet + change THEN 'balance' END,
                   CASE WHEN posted_at < lag(posted_at) OVER wallet THEN 'time' END) AS wrong
              FROM (SELECT line.id, line.wallet_id, line.wallet_sequence, line.balance_after,
                           CASE line.side WHEN 'CREDIT' THEN amount ELSE -amount END AS change,
                           entry.posted_at
                      FROM client_wallet_posting line
                      LEFT JOIN client_wallet_journalentry entry ON entry.id = line.entry_id
                     WHERE line.wallet_id IS NOT NULL) AS line
            WINDOW wallet AS (PARTITION BY wallet_id ORDER BY wallet_sequence, id)) AS followed
     WHERE wrong <> ''
"""
_LAST = differences(
    {
        "balance": ("wallet.account_balance", "coalesce(last.balance_after, 0)"),
        "sequence": ("wallet.last_sequence", "coalesce(last.wallet_sequence, 0)"),
        "chain head": ("wallet.chain_head", "coalesce(last.chain_hash, '')"),
        "time": ("wallet.last_posted_at", "last.posted_at"),
    }
)
_WALLET_ROWS_HOLD_THE_LAST_POSTING = f"""
    SELECT 'wallet ' || id, 'differs from its last posting in its ' || wrong
      FROM (SELECT wallet.id, {_LAST} AS wrong
              FROM client_wallet_walletaccount wallet
              LEFT JOIN LATERAL (
                   SELECT line.balance_after, line.wallet_sequence, line.chain_hash, entry.posted_at
                     FROM client_wallet_posting line
                     LEFT JOIN client_wallet_journalentry entry ON entry.id = line.entry_id
                    WHERE line.wallet_id = wallet.id
                    ORDER BY line.wallet_sequence DESC LIMIT 1) AS last ON true) AS compared
     WHERE wrong <> ''
"""  # noqa: S608 - our own text
_STATUS_IS_THE_LAST_CHANGE = """
    SELECT 'wallet ' || coalesce(wallet.id, last.wallet_id),
           format('is %s, its last change says %s', coalesce(wallet.status, 'gone'), last.status)
      FROM (SELECT DISTINCT ON (wallet_id) wallet_id, status
              FROM client_wallet_walletstatuschange
             ORDER BY wallet_id, id DESC) AS last
      LEFT JOIN client_wallet_walletaccount wallet ON wallet.id = last.wallet_id
     WHERE wallet.status IS DISTINCT FROM last.status
"""

_OF_WALLETS = "client_wallet_posting WHERE wallet_id IS NOT NULL"
CHECKS: Sequence[Check] = (
    Check(
        "wallets-equal-postings",
        "each wallet holds the sum of its postings",
        "client_wallet_walletaccount",
        _WALLETS_EQUAL_POSTINGS,
    ),
    Check(
        "wallets-equal-liability",
        "all wallets together hold what the hospital owes by the account WALLETS",
        "client_wallet_walletaccount",
        _WALLETS_EQUAL_LIABILITY,
    ),
    Check(
        "wallets-not-negative",
        "no wallet is, or ever was, below zero",
        "client_wallet_walletaccount",
        _WALLETS_NOT_NEGATIVE,
    ),
    Check(
        "running-balances-have-no-gap",
        "each wallet's postings are numbered 1, 2, 3, …, each balance follows from the one before,"
        " and time never runs backwards",
        _OF_WALLETS,
        _RUNNING_BALANCES_HAVE_NO_GAP,
    ),
    Check(
        "wallet-rows-hold-the-last-posting",
        "balance, sequence, chain head and time on each wallet are those of its last posting",
        "client_wallet_walletaccount",
        _WALLET_ROWS_HOLD_THE_LAST_POSTING,
    ),
    Check(
        "wallet-status-is-its-last-change",
        "each wallet that was ever frozen or unfrozen has the status of its last change",
        "client_wallet_walletstatuschange",
        _STATUS_IS_THE_LAST_CHANGE,
    ),
    Check(
        "hash-chains-hold",
        "each wallet's hash chain, computed again from the rows, is the one that was stored",
        _OF_WALLETS,
        broken_links,
    ),
)
