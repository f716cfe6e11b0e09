"""The pages on which a waiver is approved, rejected, withdrawn and taken back."""

from collections.abc import Mapping
from typing import Any

from hospital.core.act_pages import ActPage
from hospital.core.acts import Act
from hospital.core.admin import ReasonPage, change_url
from hospital.core.money import with_currency
from invoicing_app.waivers.answers import WaiverAnswer
from invoicing_app.waivers.deciding import (
    approve_waiver,
    reject_waiver,
    take_back_waiver,
    withdraw_waiver,
)
from invoicing_app.waivers.forms import ApprovalForm, WithdrawalOfRequestForm
from invoicing_app.waivers.models import Waiver


def of_what(waiver: Waiver) -> str:
    """Return what a waiver is of: an item, or a department."""
    return str(waiver.bill_item) if waiver.bill_item else f"{waiver.department}, all of it"


def how_much(waiver: Waiver) -> str:
    """Return what a waiver comes to, and the percentage where one was asked for."""
    amount = with_currency(waiver.amount)
    if waiver.asked_percent is None:
        return amount
    return f"{amount} ({waiver.asked_percent.normalize():f} % of what was due)"


def _facts(waiver: Waiver) -> tuple[tuple[str, Any], ...]:
    return (
        ("Patient", waiver.consultation.patient),
        ("Visit", waiver.consultation),
        ("Of what", of_what(waiver)),
        ("How much", how_much(waiver)),
        ("Reason", waiver.reason),
        ("In their words", waiver.note),
        ("Asked for by", waiver.requested_by),
    )


def approval_page(waiver: Waiver) -> ActPage:
    def approve(typed: Mapping[str, Any], act: Act) -> WaiverAnswer:
        return approve_waiver(waiver_id=waiver.pk, request_hash=typed["request_hash"], act=act)

    return ActPage(
        title="Approve a waiver",
        button="Approve",
        form=ApprovalForm,
        call=approve,
        done=lambda typed: f"{waiver}: {with_currency(waiver.amount)} waived.",
        land_on=change_url(waiver),
        close=change_url(waiver),
        explanation="The patient owes so much less as soon as you approve.",
        facts=_facts(waiver),
        initial={"request_hash": waiver.request_hash},
    )


def withdrawal_page(waiver: Waiver) -> ActPage:
    def withdraw(typed: Mapping[str, Any], act: Act) -> WaiverAnswer:
        return withdraw_waiver(waiver_id=waiver.pk, act=act)

    return ActPage(
        title="Withdraw a request",
        button="Withdraw",
        form=WithdrawalOfRequestForm,
        call=withdraw,
        done=lambda typed: f"{waiver} was withdrawn.",
        land_on=change_url(waiver),
        close=change_url(waiver),
        explanation="Nobody has decided on it yet, and nobody will.",
        facts=_facts(waiver),
        is_final=True,
    )


def rejection_page(waiver: Waiver) -> ReasonPage:
    return ReasonPage(
        title="Reject a waiver",
        button="Reject",
        explanation=(
            f"{how_much(waiver)} of {of_what(waiver)} stays due. {waiver.requested_by} reads why."
        ),
        undo=lambda reason, act: reject_waiver(waiver_id=waiver.pk, reason=reason, act=act),
        done=f"{waiver} was rejected.",
        land_on=change_url(waiver),
    )


def take_back_page(waiver: Waiver) -> ReasonPage:
    return ReasonPage(
        title="Take a waiver back",
        button="Take back",
        explanation=(
            f"What is waived of {of_what(waiver)} for {waiver.consultation.patient} is due again."
        ),
        undo=lambda reason, act: take_back_waiver(waiver_id=waiver.pk, reason=reason, act=act),
        done=f"{waiver} was taken back.",
        land_on=change_url(waiver),
    )
