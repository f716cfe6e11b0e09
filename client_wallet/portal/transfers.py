"""The page on which a patient transfers money to somebody else's wallet."""

from decimal import Decimal

from django import forms
from django.urls import reverse

from client_wallet.models import WalletAccount
from client_wallet.portal.own_wallet import AmountRefused, SpendsFromWallet
from client_wallet.portal.recipients import find_recipient, initials
from client_wallet.transfers import MAX_NOTE, TransferMade, transfer_between_wallets
from hospital.core.forms import OneTimeKeyForm
from hospital.core.locale_formats import local_money
from hospital.core.portal import ConfirmedActPage, Done, Facts, PortalAmount
from hospital.core.rehearsals import rehearse


class TransferForm(AmountRefused):
    """How much goes to whom."""

    to_wallet = forms.CharField(
        label="To",
        max_length=60,
        help_text="The hospital number (HN…) or the wallet’s id of whoever gets the money.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    amount = PortalAmount()
    note = forms.CharField(
        max_length=MAX_NOTE,
        required=False,
        help_text="Whoever gets the money can read it. You may leave it empty.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class TransferPage(SpendsFromWallet, ConfirmedActPage):
    """Filled in, read again with the recipient's initials, then sent."""

    template_name = "client_wallet/portal/transfer.html"
    title = "Transfer money"
    button = "Transfer"
    form_class = TransferForm

    def context(self) -> dict[str, object]:
        return {"wallet": self.wallet}

    def confirm_facts(self, form: OneTimeKeyForm) -> Facts:
        typed = form.cleaned_data
        recipient = find_recipient(typed["to_wallet"], self.request.user)
        made = rehearse(lambda: self._transfer(form, recipient))
        facts = (
            ("To", initials(recipient.patient)),
            ("Their number", typed["to_wallet"]),
            ("Amount", local_money(typed["amount"])),
            ("Note", typed["note"]),
            ("Your wallet then holds", local_money(Decimal(made.account_balance))),
        )
        return [(name, value) for name, value in facts if value]

    def act(self, form: OneTimeKeyForm) -> Done:
        recipient = find_recipient(form.cleaned_data["to_wallet"], self.request.user)
        made = self._transfer(form, recipient)
        amount, whom = local_money(Decimal(made.amount)), initials(recipient.patient)
        return Done(reverse("portal-history"), f"{amount} went to {whom}", made.replayed)

    def _transfer(self, form: OneTimeKeyForm, recipient: WalletAccount) -> TransferMade:
        act, wallet = form.act(self.request.user), self.wallet
        return transfer_between_wallets(
            from_wallet_id=wallet.pk if wallet else None,
            to_wallet_id=recipient.pk,
            amount=form.cleaned_data["amount"],
            note=form.cleaned_data["note"],
            reference_id=act.key,  # a transfer's reference is its key
            act=act,
        )
