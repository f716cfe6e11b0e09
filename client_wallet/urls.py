"""Addresses of wallets; deposits keep the address that the documents gave them."""

from django.urls import path

from client_wallet import views
from client_wallet.portal.add_money import AddMoneyPage, BackFromGateway, OnlinePaymentPage
from client_wallet.portal.history import HistoryFile, HistoryPage, StatementFile, StatementPage
from client_wallet.portal.sign_up import ClaimPage, SignUpPage
from client_wallet.portal.transfers import TransferPage
from client_wallet.portal.withdrawals import CancelWithdrawalPage, WithdrawPage
from hospital.core.urls import address

urlpatterns = [
    address(
        "invoicing_app/wallet/deposit", views.WalletDepositAPIView.as_view(), name="wallet-deposit"
    ),
    address(
        "invoicing_app/wallet/deposits/<int:deposit_id>/reverse",
        views.DepositReversalView.as_view(),
        name="reverse-deposit",
    ),
    address("wallets", views.WalletListView.as_view(), name="wallets"),
    address("wallets/<uuid:wallet_id>", views.WalletView.as_view(), name="wallet"),
    address(
        "wallets/<uuid:wallet_id>/deposit",
        views.DepositIntoWalletView.as_view(),
        name="deposit-into-wallet",
    ),
    address("wallets/<uuid:wallet_id>/freeze", views.FreezeView.as_view(), name="freeze-wallet"),
    address(
        "wallets/<uuid:wallet_id>/unfreeze", views.UnfreezeView.as_view(), name="unfreeze-wallet"
    ),
    address("wallets/<uuid:wallet_id>/withdraw", views.WithdrawView.as_view(), name="withdraw"),
    address(
        "wallets/<uuid:wallet_id>/transactions",
        views.TransactionListView.as_view(),
        name="transactions",
    ),
    address(
        "wallets/<uuid:wallet_id>/transactions/<uuid:transaction_id>",
        views.TransactionView.as_view(),
        name="transaction",
    ),
    address(
        "wallets/<uuid:wallet_id>/transactions/<uuid:transaction_id>/cancel",
        views.CancelWithdrawalView.as_view(),
        name="cancel-withdrawal",
    ),
    address("api/transfers", views.TransferView.as_view(), name="transfers"),
    address("api/wallet", views.OwnWalletView.as_view(), name="own-wallet"),
    address("api/transactions", views.OwnTransactionListView.as_view(), name="own-transactions"),
    address("api/shifts", views.ShiftListView.as_view(), name="shifts"),
    address("api/shifts/current", views.CurrentShiftView.as_view(), name="current-shift"),
    address("api/shifts/<int:shift_id>", views.ShiftView.as_view(), name="shift"),
    address("api/shifts/<int:shift_id>/x-report", views.XReportView.as_view(), name="x-report"),
    address("api/shifts/<int:shift_id>/z-report", views.ZReportView.as_view(), name="z-report"),
    address("api/shifts/<int:shift_id>/close", views.CloseShiftView.as_view(), name="close-shift"),
    address(
        "api/shifts/<int:shift_id>/recount", views.RecountShiftView.as_view(), name="recount-shift"
    ),
    address(
        "api/shifts/<int:shift_id>/accept", views.AcceptShiftView.as_view(), name="accept-shift"
    ),
    address("api/hand-overs", views.HandOverListView.as_view(), name="hand-overs"),
    address(
        "api/hand-overs/<int:hand_over_id>/receive",
        views.ReceiveCashView.as_view(),
        name="receive-cash",
    ),
    address(
        "api/hand-overs/<int:hand_over_id>/reject",
        views.RejectCashView.as_view(),
        name="reject-cash",
    ),
    path("accounts/signup/", SignUpPage.as_view(), name="portal-signup"),
    path("accounts/claim/", ClaimPage.as_view(), name="portal-claim"),
    path(
        "webhooks/gateways/<slug:gateway>/",
        views.GatewayWebhookView.as_view(),
        name="gateway-webhook",
    ),
    path("portal/add-money/", AddMoneyPage.as_view(), name="portal-add-money"),
    path(
        "portal/add-money/<uuid:payment_id>/",
        OnlinePaymentPage.as_view(),
        name="portal-online-payment",
    ),
    path(
        "portal/add-money/<uuid:payment_id>/back/",
        BackFromGateway.as_view(),
        name="portal-back-from-gateway",
    ),
    path("portal/transfer/", TransferPage.as_view(), name="portal-transfer"),
    path("portal/withdraw/", WithdrawPage.as_view(), name="portal-withdraw"),
    path(
        "portal/withdraw/<uuid:withdrawal_id>/cancel/",
        CancelWithdrawalPage.as_view(),
        name="portal-cancel-withdrawal",
    ),
    path("portal/history/", HistoryPage.as_view(), name="portal-history"),
    path("portal/history.csv", HistoryFile.as_view(), name="portal-history-file"),
    path("portal/statement/", StatementPage.as_view(), name="portal-statement"),
    path("portal/statement.csv", StatementFile.as_view(), name="portal-statement-file"),
]
