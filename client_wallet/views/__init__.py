"""Wallets over REST: deposits, wallets, their transactions, withdrawals and transfers."""

from client_wallet.views.deposits import (
    DepositIntoWalletView,
    DepositReversalView,
    WalletDepositAPIView,
)
from client_wallet.views.gateways import GatewayWebhookView
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
    "CancelWithdrawalView",
    "DepositIntoWalletView",
    "DepositReversalView",
    "FreezeView",
    "GatewayWebhookView",
    "OwnTransactionListView",
    "OwnWalletView",
    "TransactionListView",
    "TransactionView",
    "TransferView",
    "UnfreezeView",
    "WalletDepositAPIView",
    "WalletListView",
    "WalletView",
    "WithdrawView",
]
