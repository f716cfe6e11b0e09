"""The page on which a patient transfers money to somebody else's wallet."""

from decimal import Decimal

from django import forms
from django.urls import reverse

from client_wallet.models import Transfer, WalletAccount
from client_wallet.portal.own_wallet import AmountRefused, SpendsFromWallet
from client_wallet.portal.recipients import find_recipient, initials
from client_wallet.transfers import MAX_NOTE, TransferMade, transfer_between_wallets
from client_wallet.wallet_names import wallet_named
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
        recipient = self._recipient(form)
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
        recipient = self._recipient(form)
        made = self._transfer(form, recipient)
        amount, whom = local_money(Decimal(made.amount)), initials(recipient.patient)
        return Done(reverse("portal-history"), f"{amount} went to {whom}", made.replayed)

    def _recipient(self, form: OneTimeKeyForm) -> WalletAccount:
        """Return who gets the money; where this form was done before, without a question again."""
        number, act = form.cleaned_data["to_wallet"], form.act(self.request.user)
        made = Transfer.objects.filter(requested_by=act.actor, reference_id=act.key)
        got_it = WalletAccount.objects.filter(wallet_named(number), pk__in=made.values("to_wallet"))
        return got_it.select_related("patient").first() or find_recipient(number, act.actor)

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
