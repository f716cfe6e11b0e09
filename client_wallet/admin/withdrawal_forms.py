"""Forms of withdrawals: asking for one, calling it off, deciding on one under review."""

from collections.abc import Mapping
from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from client_wallet.errors import NoDestination
from client_wallet.forms import NO_PATIENT
from client_wallet.withdrawals.review import LONGEST_EVIDENCE
from hospital.core.errors import DomainError, InvalidRequest
from hospital.core.forms import ActForm, OneTimeKeyForm
from smcapp1.models import PatientProfile

ACCOUNT = ("bank_code", "account_number", "account_name")
PAID, NOT_PAID = "PAID", "NOT_PAID"


class MomentInput(UnfoldAdminTextInputWidget):  # type: ignore[misc] # unfold has no types
    """The browser's own input of a day and a time."""

    input_type = "datetime-local"


class WithdrawalForm(ActForm):
    """Money to be paid from a patient's wallet to a bank account, now or later."""

    patient = forms.ModelChoiceField(
        PatientProfile.objects.filter(wallet__isnull=False),
        widget=forms.HiddenInput,
        error_messages={"required": "Say whose wallet it is.", "invalid_choice": NO_PATIENT},
    )
    scheduled_for = forms.DateTimeField(
        label="When",
        required=False,
        widget=MomentInput,
        help_text="At most a year ahead. Left empty: now.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ACCOUNT:
            self.fields[name].required = False  # all three empty: the saved account

    def destination(self) -> dict[str, str] | None:
        """Return the account that was typed, as far as it was; None if nothing was."""
        typed = {name: self.cleaned_data[name] for name in ACCOUNT}
        return typed if any(typed.values()) else None

    def show_refusal(self, refusal: DomainError) -> None:
        if isinstance(refusal, InvalidRequest):
            field = refusal.wrong_field.removeprefix("destination.")
            refusal = InvalidRequest(field, refusal.message)
        elif isinstance(refusal, NoDestination):
            refusal = InvalidRequest("account_number", refusal.detail)
        super().show_refusal(refusal)


class CallOffForm(OneTimeKeyForm):
    """Nothing to type: pressing the button calls it off."""


class DecisionForm(OneTimeKeyForm):
    """What a supervisor found out at the bank."""

    decision = forms.ChoiceField(
        label="What became of it",
        choices=[
            ("", "Choose"),
            (PAID, "The bank paid it"),
            (NOT_PAID, "The bank did not pay it: money back to the wallet"),
        ],
        widget=UnfoldAdminSelectWidget,
    )
    evidence = forms.CharField(
        label="How you know",
        max_length=LONGEST_EVIDENCE,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="A line of the bank’s statement, or who at the bank said so and when.",
    )
    is_sure = forms.BooleanField(
        label="I have it from the bank itself, and know that this cannot be undone",
        widget=UnfoldBooleanWidget,
        error_messages={"required": "Confirm that you have it from the bank."},
    )

    @staticmethod
    def says_paid(typed: Mapping[str, Any]) -> bool:
        return bool(typed["decision"] == PAID)
