"""Checks of the journal itself: entries, accounts, documents behind entries, closed days."""

from collections.abc import Mapping, Sequence

from client_wallet import ledger
from client_wallet.models import JournalEntry, LedgerAccount
from invoicing_app.books.findings import Check
from invoicing_app.books.wording import listed

# Each account's kind. REVENUE-<department> is opened with a department's first payment, CASH-<user>
# with a cashier's first shift.
CHART: Mapping[str, str] = {
    ledger.CASH: LedgerAccount.Kind.ASSET.value,
    ledger.CASH_ROUNDING: LedgerAccount.Kind.EXPENSE.value,
    ledger.SAFE: LedgerAccount.Kind.ASSET.value,
    ledger.CASH_IN_TRANSIT: LedgerAccount.Kind.ASSET.value,
    ledger.CASH_OVER_SHORT: LedgerAccount.Kind.EXPENSE.value,
    ledger.CARD_CLEARING: LedgerAccount.Kind.ASSET.value,
    ledger.BANK: LedgerAccount.Kind.ASSET.value,
    ledger.GATEWAY_CLEARING: LedgerAccount.Kind.ASSET.value,
    ledger.GATEWAY_FEES: LedgerAccount.Kind.EXPENSE.value,
    ledger.WALLETS: LedgerAccount.Kind.LIABILITY.value,
    ledger.IN_TRANSIT: LedgerAccount.Kind.LIABILITY.value,
    ledger.WAIVERS: LedgerAccount.Kind.REVENUE.value,
    ledger.WRITE_OFFS: LedgerAccount.Kind.EXPENSE.value,
}
# For each kind of entry the rows that must stand behind it: (kind, entry's id, what the row is).
# A kind that is not here has no documents, and no entry may be of it.
DOCUMENTS: Mapping[str, str] = {
    JournalEntry.Kind.DEPOSIT: (
        "SELECT 'DEPOSIT', entry_id, 'deposit ' || id FROM client_wallet_walletdeposit"
    ),
    JournalEntry.Kind.REVERSAL: (
        "SELECT 'REVERSAL', reversal_id, 'deposit ' || id FROM client_wallet_walletdeposit"
        " WHERE reversal_id IS NOT NULL"
    ),
    JournalEntry.Kind.PAYMENT: (
        "SELECT 'PAYMENT', entry_id, 'payment ' || id FROM invoicing_app_depositreceiving"
        " WHERE entry_id IS NOT NULL"
    ),
    JournalEntry.Kind.REFUND: (
        "SELECT 'REFUND', entry_id, 'refund ' || id FROM invoicing_app_refund"
        " WHERE entry_id IS NOT NULL"
    ),
    JournalEntry.Kind.TRANSFER: (
        "SELECT 'TRANSFER', entry_id, 'transfer ' || id FROM client_wallet_transfer"
    ),
    JournalEntry.Kind.WITHDRAWAL: (
        "SELECT 'WITHDRAWAL', debit_id, 'withdrawal ' || id FROM client_wallet_withdrawal"
        " WHERE debit_id IS NOT NULL"
    ),
    JournalEntry.Kind.WITHDRAWAL_SETTLED: (
        "SELECT 'WITHDRAWAL_SETTLED', settlement_id, 'withdrawal ' || id"
        " FROM client_wallet_withdrawal WHERE settlement_id IS NOT NULL"
    ),
    JournalEntry.Kind.WITHDRAWAL_RETURNED: (
        "SELECT 'WITHDRAWAL_RETURNED', refund_id, 'withdrawal ' || id"
        " FROM client_wallet_withdrawal WHERE refund_id IS NOT NULL"
    ),
    JournalEntry.Kind.GATEWAY_PAYOUT: (
        "SELECT 'GATEWAY_PAYOUT', entry_id, 'gateway payout ' || id"
        " FROM client_wallet_gatewaypayout"
    ),
    JournalEntry.Kind.SHIFT_FLOAT: (
        "SELECT 'SHIFT_FLOAT', entry_id, 'float of shift ' || shift_id"
        " FROM client_wallet_shiftposting WHERE purpose = 'FLOAT'"
    ),
    JournalEntry.Kind.SHIFT_VARIANCE: (
        "SELECT 'SHIFT_VARIANCE', entry_id, 'difference of shift ' || shift_id"
        " FROM client_wallet_shiftposting WHERE purpose = 'VARIANCE'"
    ),
    JournalEntry.Kind.HAND_OVER: (
        "SELECT 'HAND_OVER', entry_id, 'hand-over ' || id FROM client_wallet_handover"
    ),
    JournalEntry.Kind.HAND_OVER_RECEIVED: (
        "SELECT 'HAND_OVER_RECEIVED', end_entry_id, 'hand-over ' || id"
        " FROM client_wallet_handover WHERE status = 'RECEIVED'"
    ),
    JournalEntry.Kind.HAND_OVER_REJECTED: (
        "SELECT 'HAND_OVER_REJECTED', end_entry_id, 'hand-over ' || id"
        " FROM client_wallet_handover WHERE status = 'REJECTED'"
    ),
    JournalEntry.Kind.WAIVER: (
        "SELECT 'WAIVER', entry_id, 'waiver ' || id FROM invoicing_app_waiver"
        " WHERE entry_id IS NOT NULL"
    ),
    JournalEntry.Kind.WAIVER_TAKEN_BACK: (
        "SELECT 'WAIVER_TAKEN_BACK', entry_id, 'waiver taken back ' || id"
        " FROM invoicing_app_waivertakeback"
    ),
    JournalEntry.Kind.REMITTANCE: (
        "SELECT 'REMITTANCE', entry_id, 'remittance ' || id FROM invoicing_app_remittance"
    ),
    JournalEntry.Kind.BILLED_BACK: (
        "SELECT 'BILLED_BACK', entry_id, 'claim settlement ' || id"
        " FROM invoicing_app_claimsettlement WHERE kind = 'BILLED_BACK'"
    ),
    JournalEntry.Kind.WRITE_OFF: (
        "SELECT 'WRITE_OFF', entry_id, 'claim settlement ' || id"
        " FROM invoicing_app_claimsettlement WHERE kind = 'WRITTEN_OFF'"
    ),
}

_ENTRIES_BALANCE = """
    SELECT 'journal entry ' || coalesce(entry.id, line.entry_id),
           CASE WHEN entry.id IS NULL THEN 'does not exist, but has lines'
                WHEN line.lines < 2 OR line.lines IS NULL THEN 'has fewer than two lines'
                WHEN line.impossible THEN 'has a line of no side, or not above zero'
                ELSE format('debits %s, credits %s', line.debits, line.credits) END
      FROM client_wallet_journalentry entry
      FULL JOIN (SELECT entry_id, count(*) AS lines,
                        bool_or(amount <= 0 OR side NOT IN ('DEBIT', 'CREDIT')) AS impossible,
                        coalesce(sum(amount) FILTER (WHERE side = 'DEBIT'), 0) AS debits,
                        coalesce(sum(amount) FILTER (WHERE side = 'CREDIT'), 0) AS credits
                   FROM client_wallet_posting
                  GROUP BY entry_id) AS line ON line.entry_id = entry.id
     WHERE entry.id IS NULL OR line.lines IS NULL OR line.lines < 2 OR line.impossible
        OR line.debits <> line.credits
"""
_ACCOUNTS_ARE_KNOWN = f"""
    SELECT 'account ' || used.code,
           CASE WHEN account.code IS NULL THEN 'does not exist, but has postings'
                WHEN chart.kind IS NULL THEN 'is not in the chart of accounts, but has postings'
                ELSE format('is of kind %s instead of %s', account.kind, chart.kind) END
      FROM (SELECT DISTINCT account_id AS code FROM client_wallet_posting) AS used
      LEFT JOIN client_wallet_ledgeraccount account ON account.code = used.code
      LEFT JOIN (VALUES {listed(CHART)}
                 UNION ALL SELECT DISTINCT drawer_id, 'ASSET' FROM client_wallet_shift
                 UNION ALL SELECT '{ledger.REVENUE}-' || code, 'REVENUE' FROM smcapp1_department
                 UNION ALL SELECT '{ledger.RECEIVABLE}-' || code, 'ASSET'
                             FROM invoicing_app_payer)
             AS chart (code, kind) ON chart.code = used.code
     WHERE account.kind IS DISTINCT FROM chart.kind OR chart.kind IS NULL
    UNION ALL
    SELECT 'posting ' || id,
           format('stands on account %s and names %s', account_id,
                  coalesce('wallet ' || wallet_id, 'no wallet'))
      FROM client_wallet_posting
     WHERE (account_id = '{ledger.WALLETS}') IS DISTINCT FROM (wallet_id IS NOT NULL)
"""  # noqa: S608 - our own text
_ENTRIES_HAVE_DOCUMENTS = f"""
    WITH document (kind, entry_id, name) AS ({" UNION ALL ".join(DOCUMENTS.values())})
    SELECT coalesce('journal entry ' || entry.id, document.name),
           CASE WHEN document.name IS NULL
                THEN format('is a %s without its document', entry.kind)
                ELSE format('has no journal entry of kind %s', document.kind) END
      FROM client_wallet_journalentry entry
      FULL JOIN document ON document.entry_id = entry.id AND document.kind = entry.kind
     WHERE entry.id IS NULL OR document.name IS NULL
    UNION ALL
    SELECT 'journal entry ' || entry_id,
           'stands behind ' || string_agg(name, ', ' ORDER BY name)
      FROM document GROUP BY entry_id HAVING count(*) > 1
"""  # noqa: S608 - our own text
_CLOSED_DAYS_STAY_CLOSED = """
    SELECT 'journal entry ' || entry.id,
           format('was posted into %s after that day was closed', entry.business_date)
      FROM client_wallet_businessdayclosure closure
      JOIN client_wallet_journalentry entry ON entry.business_date = closure.business_date
     WHERE entry.posted_at > closure.closed_at
"""

CHECKS: Sequence[Check] = (
    Check(
        "entries-balance",
        "every journal entry has at least two lines, and its debits equal its credits",
        "client_wallet_posting",
        _ENTRIES_BALANCE,
    ),
    Check(
        "accounts-are-known",
        "every posting stands on an account of the chart, and wallets' postings on WALLETS alone",
        "client_wallet_posting",
        _ACCOUNTS_ARE_KNOWN,
    ),
    Check(
        "entries-have-documents",
        "every journal entry has exactly one document of its kind behind it",
        "client_wallet_journalentry",
        _ENTRIES_HAVE_DOCUMENTS,
    ),
    Check(
        "closed-days-stay-closed",
        "nothing was posted into a business day after it was closed",
        "client_wallet_businessdayclosure",
        _CLOSED_DAYS_STAY_CLOSED,
    ),
)
