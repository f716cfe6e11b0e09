"""The page of a wallet from which money is transferred to another patient's."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from unfold.widgets import UnfoldAdminTextInputWidget

from client_wallet.errors import InsufficientFunds
from client_wallet.models import WalletAccount
from client_wallet.transfers import MAX_NOTE, TransferMade, transfer_between_wallets
from hospital.core.act_pages import ActPage
from hospital.core.acts import Act
from hospital.core.admin import change_url
from hospital.core.errors import DomainError, InvalidRequest
from hospital.core.forms import AmountFormField, AmountInput, OneTimeKeyForm, PickOne
from hospital.core.money import with_currency
from smcapp1.models import PatientProfile

NO_WALLET = "There is no such patient, or one without a wallet. Find the patient again."


class TransferForm(OneTimeKeyForm):
    """How much goes to whom."""

    to_wallet = forms.ModelChoiceField(
        PatientProfile.objects.filter(wallet__isnull=False),
        label="To the wallet of",
        widget=PickOne(WalletAccount._meta.get_field("patient"), admin.site),  # noqa: SLF001 - Django's documented _meta
        error_messages={"invalid_choice": NO_WALLET},
    )
    amount = AmountFormField(max_digits=14, decimal_places=2, widget=AmountInput)
    note = forms.CharField(
        max_length=MAX_NOTE,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )

    def show_refusal(self, refusal: DomainError) -> None:
        if isinstance(refusal, InsufficientFunds):
            refusal = InvalidRequest("amount", refusal.detail)
        super().show_refusal(refusal)


def transfer_page(wallet: WalletAccount) -> ActPage:
    def transfer(typed: Mapping[str, Any], act: Act) -> TransferMade:
        return transfer_between_wallets(
            from_wallet_id=wallet.pk,
            to_wallet_id=typed["to_wallet"].wallet.pk,
            amount=typed["amount"],
            note=typed["note"],
            reference_id=act.key or "",  # a transfer's reference is its key
            act=act,
        )

    def done(typed: Mapping[str, Any]) -> str:
        return f"{with_currency(typed['amount'])} transferred to {typed['to_wallet']}."

    return ActPage(
        title="Transfer to another wallet",
        button="Transfer",
        form=TransferForm,
        call=transfer,
        done=done,
        land_on=change_url(wallet),
        close=change_url(wallet),
        explanation="The money is in the other wallet at once. Nobody can take it back from there.",
        facts=(
            ("From the wallet of", wallet.patient),
            ("It holds", with_currency(wallet.account_balance)),
        ),
    )
