"""A refund is asked for, changed and withdrawn by one person; somebody else approves it."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from client_wallet.models import Shift
from client_wallet.shifts import cash_on_hand
from hospital.core.acts import Act
from hospital.core.idempotency import earlier_answer, fingerprint, keep_answer
from hospital.core.money import ZERO
from invoicing_app.refunds.answers import RefundAnswer, refund_facts
from invoicing_app.refunds.asking import RefundIntent, require_whole_intent
from invoicing_app.refunds.errors import NotYourRefund, PlanChanged, RefundEnded
from invoicing_app.refunds.locks import lock_refund
from invoicing_app.refunds.models import Refund, RefundLine, RefundTender
from invoicing_app.refunds.planning import Plan, payment_of, plan_refund
from smcapp1.services import lock_consultation

Status = Refund.Status
_CHANGED_BY_AN_EDIT = (
    "kind",
    "reason",
    "cash_to",
    "version",
    "amount",
    "payer_amount",
    "rounding",
    "request_hash",
    "status",
    "decided_by",
    "decided_at",
    "decision_note",
    "approved_hash",
)


@transaction.atomic
def ask_refund(*, intent: RefundIntent, actor: Any) -> RefundAnswer:
    """
    Ask for a payment, or some of its items, to be refunded; nothing moves yet.

    What it comes to and where each amount goes is settled now, and nobody else can ask for the same
    again. Locks the consultation. Repeating a call with the same key returns the first answer.

    :raises InvalidRequest: if it says too little, or a test is refunded in part
    :raises NotFound: if there is no such payment, or it did not settle an item
    :raises AlreadyRefunded: if it was refunded, or asked for, before
    :raises MoreThanPaid: if less of an item is left
    :raises ResultReleased: if the result of a test was released
    :raises TestStarted: if a result was entered
    :raises ClaimSettled: if a payer's share was settled
    :raises PlanChanged: if it comes to something else than was shown
    :raises KeyReused: if the key was used for another refund
    """
    require_whole_intent(intent)
    act = Act(actor, intent.key)
    payment = payment_of(intent.payment_id)
    lock_consultation(payment.consultation_id)
    if kept := earlier_answer(act, "ask-refund", intent.facts()):
        return RefundAnswer.again(kept)
    plan = plan_refund(intent, payment)
    _require_shown(intent, plan)
    refund = Refund(payment=payment, requested_by=actor, requested_at=timezone.now())
    _write(refund, intent, plan)
    refund.save(force_insert=True)
    answer = _with_parts(refund, plan)
    keep_answer(act, "ask-refund", intent.facts(), answer.facts())
    return answer


@transaction.atomic
def edit_refund(*, refund_id: int, intent: RefundIntent, actor: Any) -> RefundAnswer:
    """
    Ask for something else instead, of the same payment; an approval is void.

    Everything else is as in ``ask_refund``; locks the refund too.

    :raises NotYourRefund: if somebody else asked for it
    :raises RefundEnded: if it was paid out, rejected or withdrawn
    """
    require_whole_intent(intent)
    act = Act(actor, intent.key)
    facts = {**intent.facts(), "refund_id": refund_id}
    refund = lock_refund(refund_id)
    if kept := earlier_answer(act, "edit-refund", facts):
        return RefundAnswer.again(kept)
    _require_own_and_waiting(refund, act)
    plan = plan_refund(intent, refund.payment, instead_of=refund)
    _require_shown(intent, plan)
    refund.version += 1
    refund.status = Status.REQUESTED
    refund.decided_by, refund.decided_at = None, None
    refund.decision_note = refund.approved_hash = ""
    _write(refund, intent, plan)
    refund.save(update_fields=_CHANGED_BY_AN_EDIT)
    answer = _with_parts(refund, plan)
    keep_answer(act, "edit-refund", facts, answer.facts())
    return answer


@transaction.atomic
def withdraw_refund(*, refund_id: int, act: Act) -> RefundAnswer:
    """
    Call off what the actor asked for, approved or not. Locks the consultation and the refund.

    Repeating a call with the same key returns the first answer.

    :raises NotFound: if there is no such refund
    :raises NotYourRefund: if somebody else asked for it
    :raises RefundEnded: if it was paid out, rejected or withdrawn before
    :raises KeyReused: if the key was used for another refund
    """
    facts = {"refund_id": refund_id}
    refund = lock_refund(refund_id)
    if kept := earlier_answer(act, "withdraw-refund", facts):
        return RefundAnswer.again(kept)
    _require_own_and_waiting(refund, act)
    refund.status, refund.approved_hash = Status.WITHDRAWN, ""
    refund.decided_by, refund.decided_at = act.actor, timezone.now()
    refund.save(update_fields=["status", "approved_hash", "decided_by", "decided_at"])
    answer = refund_facts(refund)
    keep_answer(act, "withdraw-refund", facts, answer.facts())
    return answer


def is_drawer_short(plan: Plan, actor: Any) -> bool:
    """Whether the actor's drawer holds less cash than would go back out of it."""
    if not plan.in_cash:
        return False
    shift = Shift.objects.filter(cashier=actor, status=Shift.Status.OPEN).first()
    held = ZERO if shift is None else cash_on_hand(shift.pk)
    return held < plan.in_cash


def require_waiting(refund: Refund) -> None:
    """
    Make sure that a refund can still be changed or called off.

    :raises RefundEnded: if it was paid out, rejected or withdrawn
    """
    if refund.status not in (Status.REQUESTED, Status.APPROVED):
        raise RefundEnded(refund_status=str(refund.status))


def _require_shown(intent: RefundIntent, plan: Plan) -> None:
    if intent.plan_hash and intent.plan_hash != plan.plan_hash:
        raise PlanChanged


def _require_own_and_waiting(refund: Refund, act: Act) -> None:
    require_waiting(refund)
    if refund.requested_by_id != act.actor.pk:
        raise NotYourRefund


def _write(refund: Refund, intent: RefundIntent, plan: Plan) -> None:
    """Give a refund what is asked for, and the hash over it."""
    refund.kind = intent.kind
    refund.reason = intent.reason.strip()
    refund.cash_to = intent.cash_to
    refund.amount = plan.amount
    refund.payer_amount = plan.payer_amount
    refund.rounding = plan.rounding
    asked = {**intent.facts(), **plan.facts()}
    who = {"version": refund.version, "requested_by": refund.requested_by_id}
    refund.request_hash = fingerprint({**asked, **who})


def _with_parts(refund: Refund, plan: Plan) -> RefundAnswer:
    """Save the lines and tenders of a refund's version; return the refund as it is shown."""
    lines = RefundLine.objects.bulk_create(
        RefundLine(
            refund=refund,
            version=refund.version,
            payment_line=one.line,
            quantity=one.quantity,
            amount=one.amount,
            payer_amount=one.payer_amount,
            sellable=one.sellable,
        )
        for one in plan.lines
    )
    tenders = RefundTender.objects.bulk_create(
        RefundTender(
            refund=refund,
            version=refund.version,
            tender=one.tender,
            payment_method=one.tender.payment_method,
            amount=one.amount,
            goes_to=one.goes_to,
        )
        for one in plan.tenders
    )
    return refund_facts(refund, lines, tenders)
