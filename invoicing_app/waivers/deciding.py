"""A waiver that was asked for is granted, rejected or withdrawn; one in force is taken back."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from client_wallet import ledger
from hospital.core.acts import Act
from hospital.core.errors import NotFound, SelfApproval
from hospital.core.idempotency import earlier_answer, keep_answer
from hospital.core.money import ZERO
from invoicing_app.errors import (
    AlreadyPaid,
    MoreThanDue,
    WaiverChanged,
    WaiverNotInForce,
    WaiverNotRequested,
)
from invoicing_app.models import BillItem
from invoicing_app.waivers.answers import WaiverAnswer, waiver_facts
from invoicing_app.waivers.asking import require_text
from invoicing_app.waivers.dues import owed_on
from invoicing_app.waivers.models import Waiver, WaiverLine
from invoicing_app.waivers.posting import Part, post_waiver, take_back_lines
from smcapp1.services import lock_consultation


@transaction.atomic
def approve_waiver(*, waiver_id: int, request_hash: str, act: Act) -> WaiverAnswer:
    """
    Grant what somebody else asked for, exactly as it was asked for.

    ``request_hash`` is of what the actor read. Locks, in this order: the business day, the
    consultation, the waiver. Repeating a call with the same key returns the first answer.

    :raises NotFound: if there is no such waiver
    :raises WaiverNotRequested: if it was decided or withdrawn before
    :raises SelfApproval: if the actor asked for it
    :raises WaiverChanged: if what was asked for is not what the actor read
    :raises MoreThanDue: if less is due by now: something was paid, voided or waived meanwhile
    :raises DayClosed: if the business day was closed
    :raises KeyReused: if the key was used for another waiver
    """
    facts = {"waiver_id": waiver_id, "request_hash": request_hash}
    day = ledger.hold_business_day()
    waiver = _lock(waiver_id)
    if kept := earlier_answer(act, "approve-waiver", facts):
        return WaiverAnswer.again(kept)
    _require_decidable(waiver, act)
    if request_hash != waiver.request_hash:
        raise WaiverChanged
    lines = _lines_of(waiver)
    _require_due(waiver, lines, day)
    parts = [Part(line.bill_item, line.amount) for line in lines]
    posted = post_waiver(parts, waiver.reason.name, act, day)
    _decide(
        waiver,
        act,
        status=Waiver.Status.GRANTED,
        decided_at=posted.posted_at,
        approved_hash=request_hash,
        entry_id=posted.entry_id,
        business_date=posted.business_date,
    )
    return _answered(waiver, lines, act, "approve-waiver", facts)


@transaction.atomic
def reject_waiver(*, waiver_id: int, reason: str, act: Act) -> WaiverAnswer:
    """
    Refuse what somebody else asked for, and say why. Locks the consultation and the waiver.

    Repeating a call with the same key returns the first answer.

    :raises InvalidRequest: if the reason is empty or too long
    :raises NotFound: if there is no such waiver
    :raises WaiverNotRequested: if it was decided or withdrawn before
    :raises SelfApproval: if the actor asked for it
    :raises KeyReused: if the key was used for another waiver
    """
    reason = require_text(reason, "reason")
    facts = {"waiver_id": waiver_id, "reason": reason}
    waiver = _lock(waiver_id)
    if kept := earlier_answer(act, "reject-waiver", facts):
        return WaiverAnswer.again(kept)
    _require_decidable(waiver, act)
    _decide(waiver, act, status=Waiver.Status.REJECTED, decision_note=reason)
    return _answered(waiver, _lines_of(waiver), act, "reject-waiver", facts)


@transaction.atomic
def withdraw_waiver(*, waiver_id: int, act: Act) -> WaiverAnswer:
    """
    Call off what the actor asked for and nobody decided on. Locks the consultation and the waiver.

    Repeating a call with the same key returns the first answer.

    :raises NotFound: if there is no such waiver
    :raises WaiverNotRequested: if it was decided or withdrawn before, or by somebody else asked for
    :raises KeyReused: if the key was used for another waiver
    """
    facts = {"waiver_id": waiver_id}
    waiver = _lock(waiver_id)
    if kept := earlier_answer(act, "withdraw-waiver", facts):
        return WaiverAnswer.again(kept)
    _require_requested(waiver)
    if waiver.requested_by_id != act.actor.pk:
        raise WaiverNotRequested(
            "Somebody else asked for this waiver.", waiver_status=str(waiver.status)
        )
    _decide(waiver, act, status=Waiver.Status.WITHDRAWN)
    return _answered(waiver, _lines_of(waiver), act, "withdraw-waiver", facts)


@transaction.atomic
def take_back_waiver(*, waiver_id: int, reason: str, act: Act) -> WaiverAnswer:
    """
    Let all of a waiver that is in force be due again, before it is paid.

    Locks, in this order: the business day, the consultation, the waiver. Repeating a call with the
    same key returns the first answer.

    :raises InvalidRequest: if the reason is empty or too long
    :raises NotFound: if there is no such waiver
    :raises WaiverNotInForce: if it was not granted, or taken back before
    :raises AlreadyPaid: if an item of it was paid
    :raises DayClosed: if the business day was closed
    :raises KeyReused: if the key was used for another waiver
    """
    reason = require_text(reason, "reason")
    facts = {"waiver_id": waiver_id, "reason": reason}
    day = ledger.hold_business_day()
    waiver = _lock(waiver_id)
    if kept := earlier_answer(act, "take-back-waiver", facts):
        return WaiverAnswer.again(kept)
    if waiver.status != Waiver.Status.GRANTED:
        raise WaiverNotInForce(waiver_status=str(waiver.status))
    lines = [line for line in _lines_of(waiver) if line.taken_back_id is None]
    if any(line.bill_item.status != BillItem.Status.UNPAID for line in lines):
        raise AlreadyPaid("What this waiver is of was paid: it stays.")
    take_back_lines(lines, reason, act, day)
    waiver.refresh_from_db(fields=["status"])
    return _answered(waiver, _lines_of(waiver), act, "take-back-waiver", facts)


def _lock(waiver_id: int) -> Waiver:
    """Lock a waiver's consultation, and then the waiver; return it as it now is."""
    found = Waiver.objects.filter(pk=waiver_id).values_list("consultation_id", flat=True).first()
    if found is None:
        raise NotFound("There is no waiver with this id.")
    lock_consultation(found)
    waivers = Waiver.objects.select_related("department", "reason", "requested_by", "decided_by")
    return waivers.select_for_update(of=("self",), no_key=True).get(pk=waiver_id)


def _lines_of(waiver: Waiver) -> list[WaiverLine]:
    return list(waiver.lines.select_related("bill_item__department").order_by("pk"))


def _require_requested(waiver: Waiver) -> None:
    if waiver.status != Waiver.Status.REQUESTED:
        raise WaiverNotRequested(waiver_status=str(waiver.status))


def _require_decidable(waiver: Waiver, act: Act) -> None:
    _require_requested(waiver)
    if waiver.requested_by_id == act.actor.pk:
        raise SelfApproval("Whoever asked for a waiver cannot decide on it.")


def _require_due(waiver: Waiver, lines: Sequence[WaiverLine], day: date) -> None:
    """Refuse where less is due of an item than was to be waived of it."""
    dues = {one.item.pk: one.due for one in owed_on(waiver.consultation_id, on=day)}
    short = [line for line in lines if dues.get(line.bill_item_id, ZERO) < line.amount]
    if short:
        names = ", ".join(line.bill_item.description for line in short)
        raise MoreThanDue(
            f"Less is due by now of: {names}.",
            bill_item_ids=[line.bill_item_id for line in short],
        )


def _decide(waiver: Waiver, act: Act, **decided: Any) -> None:
    """Write who decided what, and when."""
    changed = {"decided_by": act.actor, "decided_at": timezone.now(), **decided}
    for name, value in changed.items():
        setattr(waiver, name, value)
    waiver.save(update_fields=list(changed))


def _answered(
    waiver: Waiver, lines: Sequence[WaiverLine], act: Act, name: str, facts: dict[str, Any]
) -> WaiverAnswer:
    answer = waiver_facts(waiver, lines)
    keep_answer(act, name, facts, answer.facts())
    return answer
