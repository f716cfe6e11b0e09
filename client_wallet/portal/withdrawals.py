"""The pages on which a patient asks for a withdrawal, sees what became of it, and cancels it."""

from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from client_wallet.errors import InsufficientFunds, NoDestination
from client_wallet.models import WalletAccount, Withdrawal
from client_wallet.portal.own_wallet import AmountRefused, SpendsFromWallet, transactions_to_show
from client_wallet.transactions import WITHDRAWAL, Transaction, Wanted, find_transaction
from client_wallet.withdrawals import WithdrawalAnswer, cancel_withdrawal, schedule_withdrawal
from client_wallet.withdrawals.destinations import LONGEST, destination_for
from client_wallet.wording import state_name, withdrawal_meaning
from hospital.core.errors import DomainError, InvalidRequest
from hospital.core.forms import OneTimeKeyForm
from hospital.core.locale_formats import local_moment, local_money
from hospital.core.money import money_text
from hospital.core.portal import ActPage, ConfirmedActPage, Done, Facts, PortalAmount, PortalForm
from hospital.core.rehearsals import rehearse

PER_PAGE = 10


class MomentInput(forms.DateTimeInput):
    """The browser's own input of a day and a time."""

    input_type = "datetime-local"


class WithdrawalForm(AmountRefused):
    """How much is paid to which account, and when."""

    amount = PortalAmount()
    scheduled_for = forms.DateTimeField(
        label="When",
        required=False,
        help_text="At most a year ahead. Left empty: now.",
        widget=MomentInput,
    )
    bank_code = forms.CharField(label="Bank code", required=False)
    account_number = forms.CharField(label="Account number", required=False)
    account_name = forms.CharField(label="Name on the account", required=False)

    def show_refusal(self, refusal: DomainError) -> None:
        if isinstance(refusal, InvalidRequest):
            field = refusal.wrong_field.removeprefix("destination.")
            refusal = InvalidRequest(field, refusal.message)
        elif isinstance(refusal, NoDestination):
            refusal = InvalidRequest("account_number", "Name the account that it is paid to.")
        super().show_refusal(refusal)


class WithdrawPage(SpendsFromWallet, ConfirmedActPage):
    """Asks for a withdrawal; below, those asked for before, the newest first."""

    template_name = "client_wallet/portal/withdraw.html"
    title = "Withdraw money"
    button = "Ask for the withdrawal"
    form_class = WithdrawalForm

    def context(self) -> dict[str, Any]:
        wallet = self.wallet
        shown = transactions_to_show(self.request, wallet, Wanted(type=WITHDRAWAL), limit=PER_PAGE)
        withdrawals = [
            (row, state_name(row.status), withdrawal_meaning(row)) for row in shown["rows"]
        ]
        has_account = wallet is not None and _has_account(wallet)
        return {**shown, "wallet": wallet, "withdrawals": withdrawals, "has_account": has_account}

    def confirm_facts(self, form: OneTimeKeyForm) -> Facts:
        row = rehearse(lambda: self._row(self._schedule(form)))
        account = form.cleaned_data if _destination(form) else row.destination or {}
        when = form.cleaned_data["scheduled_for"]
        return (
            ("Amount", local_money(row.amount)),
            ("When", local_moment(row.scheduled_for) if when and row.scheduled_for else "Now"),
            ("Bank code", account["bank_code"]),
            ("Account number", account["account_number"]),
            ("Name on the account", account["account_name"]),
        )

    def act(self, form: OneTimeKeyForm) -> Done:
        asked = self._schedule(form)
        amount = local_money(Decimal(asked.amount))
        return Done(self.request.path, f"The withdrawal of {amount} was asked for.", asked.replayed)

    def _schedule(self, form: OneTimeKeyForm) -> WithdrawalAnswer:
        wallet, typed = self.wallet, form.cleaned_data
        if wallet is None:
            raise InsufficientFunds(available="0.00", requested=money_text(typed["amount"]))
        return schedule_withdrawal(
            wallet_id=wallet.pk,
            amount=typed["amount"],
            scheduled_for=typed["scheduled_for"],
            destination=_destination(form),
            act=form.act(self.request.user),
        )

    def _row(self, asked: WithdrawalAnswer) -> Transaction:
        row = find_transaction(UUID(asked.wallet_id), UUID(asked.id))
        if row is None:  # withdrawals are never deleted
            raise Http404
        return row


class CancelWithdrawalPage(SpendsFromWallet, ActPage):
    """Cancels a withdrawal of the own wallet that was not begun, with one press."""

    template_name = "client_wallet/portal/cancel_withdrawal.html"
    title = "Cancel a withdrawal"
    button = "Cancel the withdrawal"
    form_class = PortalForm

    @cached_property
    def withdrawal(self) -> Withdrawal:
        """:raises Http404: if the patient asked for none of this id"""
        own = Withdrawal.objects.filter(wallet__patient=self.patient)
        return get_object_or_404(own, pk=self.kwargs["withdrawal_id"])

    def context(self) -> dict[str, Any]:
        facts = (
            ("Amount", local_money(self.withdrawal.amount)),
            ("When", local_moment(self.withdrawal.scheduled_for)),
            ("Name on the account", self.withdrawal.account_name),
        )
        return {"facts": facts, "go_on": self.button}

    def act(self, form: OneTimeKeyForm) -> Done:
        cancelled = cancel_withdrawal(
            withdrawal_id=self.withdrawal.pk, act=form.act(self.request.user)
        )
        amount = local_money(Decimal(cancelled.amount))
        words = f"The withdrawal of {amount} was cancelled."
        return Done(reverse("portal-withdraw"), words, cancelled.replayed)


def _destination(form: OneTimeKeyForm) -> dict[str, str] | None:
    """Return the account that was typed, as far as it was; None if nothing was."""
    typed = {name: form.cleaned_data[name] for name in LONGEST}
    return typed if any(typed.values()) else None


def _has_account(wallet: WalletAccount) -> bool:
    """Return whether there is an account for whoever names none."""
    try:
        destination_for(wallet, None)
    except NoDestination:
        return False
    return True
