"""What is asked when claims are sent, paid, billed back and written off."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from client_wallet.forms import DayInput
from hospital.core.act_pages import ActPage
from hospital.core.acts import Act
from hospital.core.admin import change_url
from hospital.core.forms import (
    ActForm,
    AmountFormField,
    AmountInput,
    OneTimeKeyForm,
    ReasonForm,
)
from hospital.core.money import ZERO, with_currency
from invoicing_app.payers.batches import claims_of
from invoicing_app.payers.models import Claim, ClaimBatch, Payer, ShortPayment
from invoicing_app.payers.remittances import (
    LONGEST_REFERENCE,
    Allocation,
    RemittanceRecorded,
    RemittanceWanted,
    record_remittance,
)
from invoicing_app.payers.short_payments import (
    LONGEST_REASON,
    ShortPaymentAnswer,
    approve_write_off,
    ask_write_off,
    bill_patient_for_claim,
    reject_write_off,
)

MOST_FIELDS = 300  # claims that a page lets fill in one by one


class BatchForm(ActForm):
    """Which claims are sent."""

    payer = forms.ModelChoiceField(Payer.objects.order_by("name"), widget=UnfoldAdminSelectWidget)
    period_from = forms.DateField(widget=DayInput)
    period_to = forms.DateField(
        widget=DayInput, initial=timezone.localdate, help_text="This day is included."
    )


class PartForm(OneTimeKeyForm):
    """Of how much of a claim, and why."""

    amount = AmountFormField(max_digits=14, decimal_places=2, widget=AmountInput)
    reason = forms.CharField(
        max_length=LONGEST_REASON, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3})
    )


class RemittanceForm(OneTimeKeyForm):
    """What arrived at the bank; the page adds a field for each open claim of the batch."""

    reference = forms.CharField(
        max_length=LONGEST_REFERENCE,
        widget=UnfoldAdminTextInputWidget,
        help_text="As the bank's statement shows it.",
    )
    received_on = forms.DateField(widget=DayInput, initial=timezone.localdate)
    amount = AmountFormField(
        label="Amount received", max_digits=14, decimal_places=2, widget=AmountInput
    )


def _facts(claim: Claim) -> tuple[tuple[str, Any], ...]:
    return (
        ("Payer", claim.payer),
        ("Patient", claim.cover.patient),
        ("Item", claim.payment_line.bill_item),
        ("Payer's share", with_currency(claim.amount)),
        ("Open", with_currency(claim.open_amount)),
    )


def bill_patient_page(claim: Claim) -> ActPage:
    def call(typed: Mapping[str, Any], act: Act) -> ShortPaymentAnswer:
        return bill_patient_for_claim(
            claim_id=claim.pk, amount=typed["amount"], reason=typed["reason"], act=act
        )

    return ActPage(
        title="Bill the patient",
        button="Bill the patient",
        form=PartForm,
        call=call,
        done=lambda typed: f"{with_currency(typed['amount'])} stands on the patient's bill.",
        land_on=change_url(claim),
        close=change_url(claim),
        explanation=(
            "What the payer refuses becomes a new unpaid item on the bill of the same visit. "
            "The payer owes it no longer."
        ),
        facts=_facts(claim),
        initial={"amount": claim.open_amount},
        is_final=True,
    )


def write_off_page(claim: Claim) -> ActPage:
    def call(typed: Mapping[str, Any], act: Act) -> ShortPaymentAnswer:
        return ask_write_off(
            claim_id=claim.pk, amount=typed["amount"], reason=typed["reason"], act=act
        )

    return ActPage(
        title="Ask for a write-off",
        button="Ask for it",
        form=PartForm,
        call=call,
        done=lambda typed: (
            f"A write-off of {with_currency(typed['amount'])} was asked for; somebody else decides."
        ),
        land_on=change_url(claim),
        close=change_url(claim),
        explanation="Nothing is posted until a supervisor who is not you approves it.",
        facts=_facts(claim),
        initial={"amount": claim.open_amount},
    )


def _asked(short: ShortPayment) -> tuple[tuple[str, Any], ...]:
    return (
        *_facts(short.claim),
        ("To write off", with_currency(short.amount)),
        ("Why", short.reason),
        ("Asked for by", short.requested_by),
    )


def approval_page(short: ShortPayment) -> ActPage:
    def call(typed: Mapping[str, Any], act: Act) -> ShortPaymentAnswer:
        return approve_write_off(claim_id=short.claim_id, write_off_id=short.pk, act=act)

    return ActPage(
        title="Approve a write-off",
        button="Write it off",
        form=OneTimeKeyForm,
        call=call,
        done=lambda typed: f"{with_currency(short.amount)} was written off.",
        land_on=change_url(short),
        close=change_url(short),
        explanation="The payer owes this no longer, and nobody else will.",
        facts=_asked(short),
        is_final=True,
    )


def rejection_page(short: ShortPayment) -> ActPage:
    def call(typed: Mapping[str, Any], act: Act) -> ShortPaymentAnswer:
        return reject_write_off(
            claim_id=short.claim_id, write_off_id=short.pk, reason=typed["reason"], act=act
        )

    return ActPage(
        title="Reject a write-off",
        button="Reject it",
        form=ReasonForm,
        call=call,
        done=lambda typed: f"The write-off was rejected: {typed['reason']}",
        land_on=change_url(short),
        close=change_url(short),
        explanation="The claim stays open.",
        facts=_asked(short),
    )


def remittance_page(batch: ClaimBatch) -> ActPage:
    """Ask what was paid of a batch: of each claim, or of all that is open where there are many."""
    claims = [claim for claim in claims_of(batch) if claim.open_amount]
    due = sum((claim.open_amount for claim in claims), ZERO)
    one_by_one = claims if len(claims) <= MOST_FIELDS else []
    fields = {_field(claim): _paid_of(claim) for claim in one_by_one}
    form: type[OneTimeKeyForm] = type("RemittanceForm", (RemittanceForm,), fields)

    def call(typed: Mapping[str, Any], act: Act) -> RemittanceRecorded:
        paid = [Allocation(claim.pk, typed[_field(claim)] or ZERO) for claim in one_by_one]
        allocations = [one for one in paid if one.amount]
        wanted = RemittanceWanted(
            payer_id=batch.payer_id,
            reference=typed["reference"],
            amount=typed["amount"],
            received_on=typed["received_on"],
            allocations=allocations,
            batch_id=None if one_by_one else batch.pk,
        )
        return record_remittance(wanted, act=act)

    return ActPage(
        title="Record what was paid",
        button="Record it",
        form=form,
        call=call,
        done=lambda typed: f"{with_currency(typed['amount'])} of {batch.payer} was recorded.",
        land_on=change_url(batch),
        close=change_url(batch),
        explanation=(
            "Write how much of each claim was paid; together it must be what arrived. What is left "
            "open is asked for again, billed to the patient or written off."
            if one_by_one
            else "This must be all that is open of the batch; there are too many claims to write "
            "them down one by one."
        ),
        facts=(("Payer", batch.payer), ("Batch", batch), ("Open", with_currency(due))),
        initial={"amount": due},
    )


def _field(claim: Claim) -> str:
    return f"claim_{claim.pk}"


def _paid_of(claim: Claim) -> AmountFormField:
    patient, item = claim.cover.patient, claim.payment_line.bill_item
    return AmountFormField(
        label=f"{claim}: {patient}, {item}",
        max_digits=14,
        decimal_places=2,
        min_value=ZERO,
        required=False,
        initial=claim.open_amount,
        widget=AmountInput,
        help_text=f"Open: {with_currency(claim.open_amount)}",
    )
