"""A refund that was asked for is approved or rejected, by somebody else."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from hospital.core.acts import Act
from hospital.core.errors import SelfApproval
from hospital.core.idempotency import earlier_answer, keep_answer
from invoicing_app.refunds.answers import RefundAnswer, refund_facts
from invoicing_app.refunds.asking import require_reason
from invoicing_app.refunds.errors import RefundChanged, RefundNotRequested
from invoicing_app.refunds.locks import lock_refund
from invoicing_app.refunds.models import Refund
from invoicing_app.refunds.requesting import require_waiting

Status = Refund.Status


@transaction.atomic
def approve_refund(*, refund_id: int, request_hash: str, act: Act) -> RefundAnswer:
    """
    Agree to what somebody else asked for, exactly as it was asked for; a cashier then pays it out.

    ``request_hash`` is of what the actor read. Locks the consultation and the refund. Repeating a
    call with the same key returns the first answer.

    :raises NotFound: if there is no such refund
    :raises RefundNotRequested: if it does not wait for a decision
    :raises SelfApproval: if the actor asked for it
    :raises RefundChanged: if what was asked for is not what the actor read
    :raises KeyReused: if the key was used for another refund
    """
    facts = {"refund_id": refund_id, "request_hash": request_hash}
    refund = lock_refund(refund_id)
    if kept := earlier_answer(act, "approve-refund", facts):
        return RefundAnswer.again(kept)
    if refund.status != Status.REQUESTED:
        raise RefundNotRequested(refund_status=str(refund.status))
    _require_somebody_else(refund, act)
    if request_hash != refund.request_hash:
        raise RefundChanged
    _decide(refund, act, status=Status.APPROVED, approved_hash=request_hash)
    return _answered(refund, act, "approve-refund", facts)


@transaction.atomic
def reject_refund(*, refund_id: int, reason: str, act: Act) -> RefundAnswer:
    """
    Refuse what somebody else asked for, approved or not, and say why.

    Locks the consultation and the refund. Repeating a call with the same key returns the first
    answer.

    :raises InvalidRequest: if the reason is empty or too long
    :raises NotFound: if there is no such refund
    :raises RefundEnded: if it was paid out, rejected or withdrawn before
    :raises SelfApproval: if the actor asked for it
    :raises KeyReused: if the key was used for another refund
    """
    reason = require_reason(reason)
    facts = {"refund_id": refund_id, "reason": reason}
    refund = lock_refund(refund_id)
    if kept := earlier_answer(act, "reject-refund", facts):
        return RefundAnswer.again(kept)
    require_waiting(refund)
    _require_somebody_else(refund, act)
    _decide(refund, act, status=Status.REJECTED, approved_hash="", decision_note=reason)
    return _answered(refund, act, "reject-refund", facts)


def _require_somebody_else(refund: Refund, act: Act) -> None:
    if refund.requested_by_id == act.actor.pk:
        raise SelfApproval("Whoever asked for a refund cannot decide on it.")


def _decide(refund: Refund, act: Act, **decided: Any) -> None:
    """Write who decided what, and when."""
    changed = {"decided_by": act.actor, "decided_at": timezone.now(), **decided}
    for name, value in changed.items():
        setattr(refund, name, value)
    refund.save(update_fields=list(changed))


def _answered(refund: Refund, act: Act, name: str, facts: dict[str, Any]) -> RefundAnswer:
    answer = refund_facts(refund)
    keep_answer(act, name, facts, answer.facts())
    return answer
