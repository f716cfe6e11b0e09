"""A patient's wallet, as the desk's pages show it."""

from typing import Any

from django.http import HttpRequest

from client_wallet.models import WalletAccount
from hospital.core.admin import change_url, may
from hospital.core.money import ZERO, with_currency
from smcapp1.models import PatientProfile


def wallet_panel(request: HttpRequest, patient: PatientProfile) -> dict[str, Any]:
    """Return the patient's wallet and what it holds, for those who may see wallets."""
    if not may(request, "client_wallet.view_walletaccount"):
        return {}
    wallet = WalletAccount.objects.filter(patient=patient).first()
    return {
        "wallet_url": change_url(wallet) if wallet else None,
        "wallet_balance": with_currency(wallet.account_balance if wallet else ZERO),
        "wallet_barred": why_barred(wallet),
    }


def why_barred(wallet: WalletAccount | None) -> str:
    """Return why a wallet pays nothing, whatever it holds."""
    if wallet is None or wallet.status == WalletAccount.Status.ACTIVE:
        return ""
    return f"It is {wallet.get_status_display().lower()} and pays nothing."
