"""What can be done on a wallet's page: freezing it, and saving the account it pays out to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminTextInputWidget

from client_wallet.freezing import freeze_wallet, unfreeze_wallet
from client_wallet.models import PayoutAccount, WalletAccount, WalletStatusChange
from client_wallet.withdrawals import save_payout_account
from client_wallet.withdrawals.destinations import LONGEST
from hospital.core.act_pages import ActPage
from hospital.core.acts import Act
from hospital.core.admin import ReadOnlyInline, ReasonPage, change_url, named_column
from hospital.core.errors import DomainError, InvalidRequest
from hospital.core.forms import OneTimeKeyForm


class StatusChangeInline(ReadOnlyInline):
    """Who froze and unfroze a wallet, when and why, the latest first."""

    model = WalletStatusChange
    fields = ("status", "reason", named_column("changed_by", "by"), "changed_at")
    readonly_fields = fields
    verbose_name_plural = "frozen and unfrozen"
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[WalletStatusChange]:
        changes: QuerySet[WalletStatusChange] = super().get_queryset(request)
        return changes.select_related("changed_by")


def freezing_page(wallet: WalletAccount) -> ReasonPage:
    return ReasonPage(
        title="Freeze a wallet",
        button="Freeze",
        explanation=(
            f"Nothing can be paid, transferred or withdrawn from the wallet of {wallet.patient} "
            "any more. Deposits and money that comes back still go in. A withdrawal that is due "
            "while the wallet is frozen fails."
        ),
        undo=lambda reason, act: freeze_wallet(wallet_id=wallet.pk, reason=reason, act=act),
        done="The wallet was frozen.",
        land_on=change_url(wallet),
    )


def unfreezing_page(wallet: WalletAccount) -> ReasonPage:
    return ReasonPage(
        title="Unfreeze a wallet",
        button="Unfreeze",
        explanation=f"The wallet of {wallet.patient} can be spent from again.",
        undo=lambda reason, act: unfreeze_wallet(wallet_id=wallet.pk, reason=reason, act=act),
        done="The wallet was unfrozen.",
        land_on=change_url(wallet),
    )


def _text(label: str, name: str) -> forms.CharField:
    widget = UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, max_length=LONGEST[name], widget=widget)


class PayoutAccountForm(OneTimeKeyForm):
    """An account at a bank; whether it exists only the bank knows."""

    bank_code = _text("Bank code", "bank_code")
    account_number = _text("Account number", "account_number")
    account_name = _text("Account name", "account_name")

    def show_refusal(self, refusal: DomainError) -> None:
        if isinstance(refusal, InvalidRequest):
            field = refusal.wrong_field.removeprefix("destination.")
            refusal = InvalidRequest(field, refusal.message)
        super().show_refusal(refusal)


@dataclass(frozen=True)
class _Saved:
    """What repeating does: the same is saved once more."""

    replayed: bool = False


def payout_page(wallet: WalletAccount) -> ActPage:
    def save(typed: Mapping[str, Any], act: Act) -> _Saved:
        destination = {name: typed[name] for name in LONGEST}
        save_payout_account(wallet_id=wallet.pk, destination=destination, act=act)
        return _Saved()

    saved = PayoutAccount.objects.filter(wallet=wallet).first()
    return ActPage(
        title="Account to pay out to",
        button="Save",
        form=PayoutAccountForm,
        call=save,
        done=lambda typed: "The account to pay out to was saved.",
        land_on=change_url(wallet),
        close=change_url(wallet),
        explanation=(
            "Withdrawals go there when nobody names another account. Those that were asked for "
            "before keep the account that they had."
        ),
        facts=(("Patient", wallet.patient),),
        initial={name: getattr(saved, name) for name in LONGEST} if saved else {},
    )
