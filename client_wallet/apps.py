"""Wallets and journal."""

from django.apps import AppConfig

from hospital.core.audit.records import Audited


class ClientWalletConfig(AppConfig):
    name = "client_wallet"
    verbose_name = "Wallets and journal"
    audited = {
        "client_wallet.WalletAccount": Audited(
            "wallet of",
            links=("patient",),
            ignored=("account_balance", "last_sequence", "chain_head", "last_posted_at"),
        ),
    }
    guarded_tables = {
        "LedgerAccount": (),
        "WalletAccount": (
            "account_balance",
            "status",
            "last_sequence",
            "chain_head",
            "last_posted_at",
        ),
        "BusinessDayClosure": (),
        "BusinessDayTotal": (),
        "JournalEntry": (),
        "Posting": (),
        "ReceiptCounter": ("last_number",),
        "WalletDeposit": ("reversed_by_id", "reversed_at", "reversal_reason", "reversal_id"),
        "Receipt": ("last_copy",),
        "ReceiptPrint": (),
        "Transfer": (),
        "WalletStatusChange": (),
        "Withdrawal": (
            "status",
            "attempts",
            "inconclusive_asks",
            "last_call",
            "next_attempt_at",
            "leased_until",
            "debit_id",
            "settlement_id",
            "refund_id",
            "failure_code",
            "failure_detail",
            "ended_at",
            "ended_by_id",
            "evidence",
        ),
        "BankCall": (),
        "OnlinePayment": (
            "gateway_reference",
            "checkout_url",
            "status",
            "failure_code",
            "ended_at",
            "asks",
            "next_ask_at",
            "deposit_id",
        ),
        "GatewayEvent": (),
        "GatewayReview": (),
        "GatewayPayout": (),
        "BankAnswer": (),
        "Shift": (
            "status",
            "counted_by_id",
            "accepted_by_id",
            "acceptance_reason",
            "closed_at",
            "closed_by_id",
        ),
        "ShiftCount": (),
        "ShiftCountLine": (),
        "ShiftPosting": (),
        "HandOver": ("status", "ended_by_id", "ended_at", "rejection_reason", "end_entry_id"),
        "ZReport": (),
        "SeriesCounter": ("last_number",),
    }
