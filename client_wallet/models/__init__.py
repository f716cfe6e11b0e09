"""Money held for patients, and the journal that proves all money."""

from client_wallet.models.deposits import PaymentMethod, WalletDeposit
from client_wallet.models.journal import (
    BusinessDayClosure,
    JournalEntry,
    JournalEntryQuerySet,
    LedgerAccount,
    Posting,
)
from client_wallet.models.receipts import Receipt, ReceiptCounter, ReceiptPrint, copy_name
from client_wallet.models.wallets import WalletAccount, WalletQuerySet

__all__ = [
    "BusinessDayClosure",
    "JournalEntry",
    "JournalEntryQuerySet",
    "LedgerAccount",
    "PaymentMethod",
    "Posting",
    "Receipt",
    "ReceiptCounter",
    "ReceiptPrint",
    "WalletAccount",
    "WalletDeposit",
    "WalletQuerySet",
    "copy_name",
]
