"""Wallets over REST: deposits, wallets, their transactions, withdrawals and transfers."""

from client_wallet.views.deposits import (
    DepositIntoWalletView,
    DepositReversalView,
    WalletDepositAPIView,
)
from client_wallet.views.gateways import GatewayWebhookView
from client_wallet.views.hand_overs import HandOverListView, ReceiveCashView, RejectCashView
from client_wallet.views.shifts import (
    AcceptShiftView,
    CloseShiftView,
    CurrentShiftView,
    RecountShiftView,
    ShiftListView,
    ShiftView,
    XReportView,
    ZReportView,
)
from client_wallet.views.transactions import (
    OwnTransactionListView,
    TransactionListView,
    TransactionView,
)
from client_wallet.views.transfers import TransferView
from client_wallet.views.wallets import (
    FreezeView,
    OwnWalletView,
    UnfreezeView,
    WalletListView,
    WalletView,
)
from client_wallet.views.withdrawals import CancelWithdrawalView, WithdrawView

__all__ = [
    "AcceptShiftView",
    "CancelWithdrawalView",
    "CloseShiftView",
    "CurrentShiftView",
    "DepositIntoWalletView",
    "DepositReversalView",
    "FreezeView",
    "GatewayWebhookView",
    "HandOverListView",
    "OwnTransactionListView",
    "OwnWalletView",
    "ReceiveCashView",
    "RecountShiftView",
    "RejectCashView",
    "ShiftListView",
    "ShiftView",
    "TransactionListView",
    "TransactionView",
    "TransferView",
    "UnfreezeView",
    "WalletDepositAPIView",
    "WalletListView",
    "WalletView",
    "WithdrawView",
    "XReportView",
    "ZReportView",
]
