"""Money held for patients, and the journal that proves all money."""

from client_wallet.models.closed_days import BusinessDayClosure, BusinessDayTotal
from client_wallet.models.deposits import PaymentMethod, WalletDeposit
from client_wallet.models.gateways import (
    GatewayEvent,
    GatewayPayout,
    GatewayReview,
    OnlinePayment,
)
from client_wallet.models.journal import (
    JournalEntry,
    JournalEntryQuerySet,
    LedgerAccount,
    Posting,
)
from client_wallet.models.receipts import Receipt, ReceiptCounter, ReceiptPrint, copy_name
from client_wallet.models.shifts import (
    HandOver,
    SeriesCounter,
    Shift,
    ShiftCount,
    ShiftCountLine,
    ShiftPosting,
    ZReport,
)
from client_wallet.models.transfers import Transfer, WalletStatusChange
from client_wallet.models.wallets import WalletAccount, WalletQuerySet
from client_wallet.models.withdrawals import (
    BankAnswer,
    BankCall,
    BankCircuit,
    PayoutAccount,
    Withdrawal,
)

__all__ = [
    "ZReport",
    "ShiftPosting",
    "ShiftCountLine",
    "ShiftCount",
    "Shift",
    "SeriesCounter",
    "HandOver",
    "BankAnswer",
    "BankCall",
    "BankCircuit",
    "BusinessDayClosure",
    "BusinessDayTotal",
    "GatewayEvent",
    "GatewayPayout",
    "GatewayReview",
    "JournalEntry",
    "JournalEntryQuerySet",
    "LedgerAccount",
    "OnlinePayment",
    "PaymentMethod",
    "PayoutAccount",
    "Posting",
    "Receipt",
    "ReceiptCounter",
    "ReceiptPrint",
    "Transfer",
    "WalletAccount",
    "WalletDeposit",
    "WalletQuerySet",
    "WalletStatusChange",
    "Withdrawal",
    "copy_name",
]
