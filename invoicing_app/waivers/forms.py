"""Forms of waivers at the desk: what is waived and why; deciding; reasons and limits."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
)

from hospital.core.errors import DomainError, InvalidRequest
from hospital.core.forms import ActForm, AmountFormField, AmountInput, OneTimeKeyForm
from hospital.core.money import with_currency
from invoicing_app.payment_services import Bill
from invoicing_app.waivers.asking import MAX_NOTE, WaiverIntent
from invoicing_app.waivers.models import WaiverReason
from smcapp1.models import Consultation

AMOUNT, PERCENT = "amount", "percent"
NO_VISIT = "There is no such visit. Open it again."
_ITEM, _DEPARTMENT = "item", "department"
_ABOUT = re.compile(r"item:[0-9]{1,18}|department:[A-Z0-9_-]{1,30}", re.ASCII)


class WaiverForm(ActForm):
    """What is to be waived of a bill, and why; what it comes to is the server's to say."""

    consultation = forms.ModelChoiceField(
        Consultation.objects.all(),
        widget=forms.HiddenInput,
        error_messages={"required": "Say whose visit it is.", "invalid_choice": NO_VISIT},
    )
    about = forms.CharField(label="Of what", widget=UnfoldAdminSelectWidget)
    kind = forms.ChoiceField(
        label="Given as",
        choices=[(AMOUNT, "An amount"), (PERCENT, "A percentage of what is due")],
        initial=AMOUNT,
        widget=UnfoldAdminRadioSelectWidget,
    )
    how_much = AmountFormField(
        label="How much",
        max_digits=14,
        decimal_places=2,
        widget=AmountInput(attrs={"data-begin-here": ""}),
        help_text="100 percent waives all that is due of it.",
    )
    reason = forms.ModelChoiceField(
        WaiverReason.objects.filter(is_active=True).order_by("name"),
        widget=UnfoldAdminSelectWidget,
        empty_label="Choose",
    )
    note = forms.CharField(
        label="In your words",
        max_length=MAX_NOTE,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text="What whoever decides, or looks later, has to know.",
    )

    def offer(self, bill: Bill) -> None:
        """Be about this bill: let what is due on it be chosen; what was chosen stays."""
        self.initial.setdefault("consultation", bill.consultation_id)
        choices = list(_choices(bill))
        chosen = self["about"].value()
        if chosen and chosen not in dict(choices):
            choices.append((chosen, "What was chosen: nothing is due of it"))
        about: Any = self.fields["about"]
        about.widget.choices = choices

    def clean_about(self) -> str:
        about = str(self.cleaned_data["about"])
        if not _ABOUT.fullmatch(about):
            raise ValidationError("Choose an item, or a department.")
        return about

    def intent(self) -> WaiverIntent:
        wanted = self.cleaned_data
        kind, _, which = wanted["about"].partition(":")
        return WaiverIntent(
            consultation_id=wanted["consultation"].pk,
            bill_item_id=int(which) if kind == _ITEM else None,
            department=which if kind == _DEPARTMENT else "",
            amount=wanted["how_much"] if wanted["kind"] == AMOUNT else None,
            percent=wanted["how_much"] if wanted["kind"] == PERCENT else None,
            reason=wanted["reason"].code,
            note=wanted["note"],
            key=wanted["one_time_key"],
        )

    def show_refusal(self, refusal: DomainError) -> None:
        if isinstance(refusal, InvalidRequest) and refusal.wrong_field in (AMOUNT, PERCENT):
            refusal = InvalidRequest("how_much", refusal.message)
        elif refusal.field == AMOUNT:
            refusal = InvalidRequest("how_much", refusal.detail)
        super().show_refusal(refusal)


def _choices(bill: Bill) -> Any:
    """Yield what can be waived, as the form writes it: departments first, then their items."""
    names = {item.department.code: item.department.name for item in bill.items}
    for due in bill.departments:
        if due.total_due:
            name = f"{names[due.department]}, all of it"
            yield _choice(f"{_DEPARTMENT}:{due.department}", name, due.total_due)
    for item in bill.unpaid:
        if due_of_item := bill.patient_due(item):
            yield _choice(f"{_ITEM}:{item.pk}", str(item), due_of_item)


def _choice(value: str, name: str, due: Decimal) -> tuple[str, str]:
    return value, f"{name}: {with_currency(due)} due"


class ApprovalForm(OneTimeKeyForm):
    """What is approved is what was read: its hash goes through the page."""

    request_hash = forms.CharField(max_length=64, widget=forms.HiddenInput)


class WithdrawalOfRequestForm(OneTimeKeyForm):
    """Nothing to type: pressing the button withdraws it."""
