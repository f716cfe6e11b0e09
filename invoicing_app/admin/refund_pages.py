"""The pages on which a refund is approved, rejected, withdrawn and paid out."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.html import format_html_join

from client_wallet.models import PaymentMethod
from hospital.core.act_pages import ActPage
from hospital.core.acts import Act
from hospital.core.admin import ReasonPage, change_url
from hospital.core.money import with_currency
from invoicing_app.refunds.answers import RefundAnswer, lines_of, tenders_of
from invoicing_app.refunds.deciding import approve_refund, reject_refund
from invoicing_app.refunds.models import Refund
from invoicing_app.refunds.paying_out import pay_out_refund
from invoicing_app.refunds.requesting import withdraw_refund
from invoicing_app.waivers.forms import ApprovalForm, WithdrawalOfRequestForm

_GOES = {
    PaymentMethod.CASH: "in cash",
    PaymentMethod.CARD: "to the card",
    PaymentMethod.TRANSFER: "to the bank account",
    PaymentMethod.WALLET: "into the wallet",
}


def goes_to(method: str, external_reference: str = "") -> str:
    """Return where an amount goes, in words."""
    where = _GOES[PaymentMethod(method)]
    is_elsewhere = method in (PaymentMethod.CARD, PaymentMethod.TRANSFER)
    return f"{where}, {external_reference}" if is_elsewhere and external_reference else where


def _facts(refund: Refund) -> tuple[tuple[str, Any], ...]:
    items = (
        (f"{line.quantity} × {_name(line)}", with_currency(line.amount)) for line in _of(refund)
    )
    back = (
        (with_currency(part.amount), goes_to(part.goes_to, part.tender.external_reference))
        for part in tenders_of(refund)
    )
    payer = with_currency(refund.payer_amount) if refund.payer_amount else ""
    facts = (
        ("Patient", refund.payment.consultation.patient),
        ("Payment", refund.payment.receipt_number),
        ("What is refunded", format_html_join("; ", "{}: {}", items)),
        ("Where it goes", format_html_join("; ", "{} {}", back) or "Nothing goes back"),
        ("A payer owes less by", payer),
        ("Reason", refund.reason),
        ("Asked for by", refund.requested_by),
    )
    return tuple((name, value) for name, value in facts if value != "")


def _of(refund: Refund) -> Any:
    return lines_of(refund)


def _name(line: Any) -> str:
    return str(line.payment_line.bill_item.description)


def approval_page(refund: Refund) -> ActPage:
    def approve(typed: Mapping[str, Any], act: Act) -> RefundAnswer:
        return approve_refund(refund_id=refund.pk, request_hash=typed["request_hash"], act=act)

    return ActPage(
        title="Approve a refund",
        button="Approve",
        form=ApprovalForm,
        call=approve,
        done=lambda typed: f"{refund} was approved.",
        land_on=change_url(refund),
        close=change_url(refund),
        explanation="A cashier then pays it out. Nothing moves before that.",
        facts=_facts(refund),
        initial={"request_hash": refund.request_hash},
    )


def pay_out_page(refund: Refund) -> ActPage:
    def pay_out(typed: Mapping[str, Any], act: Act) -> RefundAnswer:
        return pay_out_refund(refund_id=refund.pk, act=act)

    return ActPage(
        title="Pay a refund out",
        button="Pay out",
        form=WithdrawalOfRequestForm,
        call=pay_out,
        done=lambda typed: f"{refund} was paid out: {with_currency(_sum(refund))}.",
        land_on=reverse("admin:invoicing_app_refund_paid", args=[refund.pk]),
        close=change_url(refund),
        explanation="Cash comes out of your own drawer. Take the receipt of the payment back.",
        facts=_facts(refund),
    )


def _sum(refund: Refund) -> Any:
    return refund.amount + refund.rounding


def withdrawal_page(refund: Refund) -> ActPage:
    def withdraw(typed: Mapping[str, Any], act: Act) -> RefundAnswer:
        return withdraw_refund(refund_id=refund.pk, act=act)

    return ActPage(
        title="Withdraw a refund",
        button="Withdraw",
        form=WithdrawalOfRequestForm,
        call=withdraw,
        done=lambda typed: f"{refund} was withdrawn.",
        land_on=change_url(refund),
        close=change_url(refund),
        explanation="Nothing was paid out, and nothing will be.",
        facts=_facts(refund),
        is_final=True,
    )


def rejection_page(refund: Refund) -> ReasonPage:
    return ReasonPage(
        title="Reject a refund",
        button="Reject",
        explanation=(
            f"{with_currency(_sum(refund))} of {refund.payment} stays where it is."
            f" {refund.requested_by} reads why."
        ),
        undo=lambda reason, act: reject_refund(refund_id=refund.pk, reason=reason, act=act),
        done=f"{refund} was rejected.",
        land_on=change_url(refund),
    )
