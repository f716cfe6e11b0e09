"""Addresses of wallets; deposits keep the address that the documents gave them."""

from client_wallet import views
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
]
