"""Wallets and the journal at the desk: deposits, their reversal, and everything else to read."""

from client_wallet.admin.closed_days import BusinessDayClosureAdmin
from client_wallet.admin.deposits import WalletDepositAdmin
from client_wallet.admin.hand_overs import HandOverAdmin
from client_wallet.admin.journal import JournalEntryAdmin, LedgerAccountAdmin
from client_wallet.admin.online_payments import (
    GatewayEventAdmin,
    GatewayPayoutAdmin,
    OnlinePaymentAdmin,
)
from client_wallet.admin.shifts import ShiftAdmin
from client_wallet.admin.transfers import TransferAdmin
from client_wallet.admin.wallets import WalletAccountAdmin
from client_wallet.admin.withdrawals import WithdrawalAdmin

__all__ = [
    "BusinessDayClosureAdmin",
    "GatewayEventAdmin",
    "GatewayPayoutAdmin",
    "HandOverAdmin",
    "JournalEntryAdmin",
    "LedgerAccountAdmin",
    "OnlinePaymentAdmin",
    "ShiftAdmin",
    "TransferAdmin",
    "WalletAccountAdmin",
    "WalletDepositAdmin",
    "WithdrawalAdmin",
]
