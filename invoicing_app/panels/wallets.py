"""A patient's wallet, as the desk's pages show it."""

from typing import Any

from django.http import HttpRequest

from client_wallet.models import WalletAccount
from hospital.core.admin import change_url, may
from hospital.core.money import ZERO, with_currency
from invoicing_app.running_bill import RunningBill, TopUp
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


def top_up_panel(request: HttpRequest, running: RunningBill | None) -> dict[str, Any]:
    """Return what to say where a visit's bill is more than the wallet, or nearly as much."""
    if running is None or not may(request, "client_wallet.view_walletaccount"):
        return {}
    said = {
        TopUp.NONE: "",
        TopUp.LOW: f"After this bill less than {with_currency(running.margin)} is left.",
        TopUp.SHORT: f"{with_currency(running.short_by)} short of this bill: top up,"
        " or take another payment.",
    }
    return {"top_up": said[running.warning], "top_up_visit": running.consultation}
