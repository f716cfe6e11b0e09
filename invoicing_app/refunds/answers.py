"""What the acts on a refund answer, and what lists of refunds show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hospital.core.acts import Answer
from hospital.core.money import money_text
from hospital.core.times import wire_time
from invoicing_app.refunds.models import Refund, RefundLine, RefundTender
from invoicing_app.refunds.planning import Plan


@dataclass(frozen=True)
class RefundAnswer(Answer):
    """A refund: amounts as text with two places, times in RFC 3339."""

    id: int
    payment_id: int
    payment_receipt_number: str
    consultation_id: int
    kind: str
    reason: str
    cash_to: str
    status: str
    amount: str
    payer_amount: str
    rounding: str
    lines: list[dict[str, Any]]
    tenders: list[dict[str, Any]]
    version: int
    request_hash: str
    requested_by: str
    requested_at: str
    decided_by: str | None
    decided_at: str | None
    decision_note: str
    paid_by: str | None
    paid_at: str | None
    receipt_number: str | None
    replayed: bool = False


def lines_of(refund: Refund) -> list[RefundLine]:
    """Return the lines in force; from ``with_details()``, so no query runs."""
    return [line for line in refund.lines.all() if line.version == refund.version]


def tenders_of(refund: Refund) -> list[RefundTender]:
    """Return the tenders in force; from ``with_details()``, so no query runs."""
    return [part for part in refund.tenders.all() if part.version == refund.version]


def refund_facts(
    refund: Refund,
    lines: Sequence[RefundLine] | None = None,
    tenders: Sequence[RefundTender] | None = None,
) -> RefundAnswer:
    """Return a refund as it is shown; from ``Refund.objects.with_details()``, so no query runs."""
    lines = lines_of(refund) if lines is None else lines
    tenders = tenders_of(refund) if tenders is None else tenders
    return RefundAnswer(
        id=refund.pk,
        payment_id=refund.payment_id,
        payment_receipt_number=refund.payment.receipt_number,
        consultation_id=refund.payment.consultation_id,
        kind=str(refund.kind),
        reason=refund.reason,
        cash_to=str(refund.cash_to),
        status=str(refund.status),
        amount=money_text(refund.amount),
        payer_amount=money_text(refund.payer_amount),
        rounding=money_text(refund.rounding),
        lines=[_line_facts(line) for line in lines],
        tenders=[_tender_facts(part) for part in tenders],
        version=refund.version,
        request_hash=refund.request_hash,
        requested_by=refund.requested_by.get_username(),
        requested_at=wire_time(refund.requested_at),
        decided_by=refund.decided_by.get_username() if refund.decided_by else None,
        decided_at=wire_time(refund.decided_at) if refund.decided_at else None,
        decision_note=refund.decision_note,
        paid_by=refund.paid_by.get_username() if refund.paid_by else None,
        paid_at=wire_time(refund.paid_at) if refund.paid_at else None,
        receipt_number=refund.receipt_number or None,
    )


def _line_facts(line: RefundLine) -> dict[str, Any]:
    return {
        "bill_item_id": line.payment_line.bill_item_id,
        "description": line.payment_line.bill_item.description,
        "quantity": line.quantity,
        "amount": money_text(line.amount),
        "payer_amount": money_text(line.payer_amount),
        "sellable": line.sellable,
    }


def _tender_facts(part: RefundTender) -> dict[str, Any]:
    return {
        "payment_method": str(part.payment_method),
        "amount": money_text(part.amount),
        "goes_to": str(part.goes_to),
        "external_reference": part.tender.external_reference,
    }


def plan_facts(plan: Plan, *, drawer_is_short: bool) -> dict[str, Any]:
    """Return a plan as it is shown before anybody confirms it."""
    return {
        "payment_id": plan.payment.pk,
        "amount": money_text(plan.amount),
        "payer_amount": money_text(plan.payer_amount),
        "rounding": money_text(plan.rounding),
        "lines": [
            {
                "bill_item_id": one.line.bill_item_id,
                "description": one.line.bill_item.description,
                "quantity": one.quantity,
                "amount": money_text(one.amount),
                "payer_amount": money_text(one.payer_amount),
                "sellable": one.sellable,
                "on_the_shelf": one.on_the_shelf,
                "brought_back": one.brought_back,
            }
            for one in plan.lines
        ],
        "tenders": [
            {
                "payment_method": str(one.tender.payment_method),
                "amount": money_text(one.amount),
                "goes_to": str(one.goes_to),
                "external_reference": one.tender.external_reference,
            }
            for one in plan.tenders
        ],
        "plan_hash": plan.plan_hash,
        "drawer_is_short": drawer_is_short,
    }
