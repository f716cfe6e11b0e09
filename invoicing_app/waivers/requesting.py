"""A waiver is asked for, and granted at once where whoever asks may do that alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from client_wallet import ledger
from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest
from hospital.core.idempotency import earlier_answer, fingerprint, keep_answer
from hospital.core.money import ZERO, money_text, with_currency
from invoicing_app.errors import MoreThanDue, NothingToPay
from invoicing_app.waivers.answers import WaiverAnswer, waiver_facts
from invoicing_app.waivers.asking import WaiverIntent, parts_of, require_whole_intent
from invoicing_app.waivers.dues import Owed, owed_of, total_of
from invoicing_app.waivers.limits import Allowance, allowance_of, hold_allowance
from invoicing_app.waivers.models import Waiver, WaiverLine, WaiverReason
from invoicing_app.waivers.posting import Part, post_waiver
from smcapp1.services import lock_consultation


@dataclass(frozen=True)
class _Asked:
    """What was asked, and what it comes to for each item."""

    intent: WaiverIntent
    reason: WaiverReason
    parts: Sequence[Part]

    @property
    def amount(self) -> Decimal:
        return sum((part.amount for part in self.parts), ZERO)

    def request_hash(self, actor: Any) -> str:
        parts = [[part.item.pk, money_text(part.amount)] for part in self.parts]
        return fingerprint({**self.intent.facts(), "parts": parts, "requested_by": actor.pk})


@transaction.atomic
def request_waiver(*, intent: WaiverIntent, actor: Any) -> WaiverAnswer:
    """
    Waive a part of a bill at once where the actor may, or ask somebody else to.

    It is granted at once where it fits into what the actor's role may waive in a business day. What
    is waived of each item is settled now: nobody agrees to more or less. Locks, in this order: the
    business day, the actor's allowance, the consultation, the patient's covers. Repeating a call
    with the same key returns the first answer.

    :raises InvalidRequest: if it names no reason that is in use, says too little or too much, or
        comes to nothing
    :raises NotFound: if there is no such consultation, or no such item on its bill
    :raises AlreadyPaid: if the item was paid
    :raises AlreadyVoid: if the item was voided
    :raises NothingToPay: if the patient owes nothing of the item, or in the department
    :raises MoreThanDue: if more is asked for than the patient owes there
    :raises DayClosed: if the business day was closed
    :raises KeyReused: if the key was used for another waiver
    """
    require_whole_intent(intent)
    act = Act(actor, intent.key)
    day = ledger.hold_business_day()
    hold_allowance(actor)
    lock_consultation(intent.consultation_id)
    if kept := earlier_answer(act, "waiver", intent.facts()):
        return WaiverAnswer.again(kept)
    asked = _asked(intent, day)
    waiver = _waiver(asked, allowance_of(actor, day), act)
    if asked.amount <= waiver.day_limit - waiver.day_used:
        _grant(waiver, asked, act, day)
    waiver.save(force_insert=True)
    answer = waiver_facts(waiver, _save_lines(waiver, asked.parts))
    keep_answer(act, "waiver", intent.facts(), answer.facts())
    return answer


def _asked(intent: WaiverIntent, day: date) -> _Asked:
    """Return what the intent comes to now, under the consultation's lock."""
    reason = WaiverReason.objects.filter(code=intent.reason, is_active=True).first()
    if reason is None:
        raise InvalidRequest("reason", "There is no such reason, or it is used no more.")
    owed = owed_of(
        intent.consultation_id,
        on=day,
        bill_item_id=intent.bill_item_id,
        department=intent.department,
    )
    _require_due(intent, owed)
    parts = parts_of(intent, {one.item.pk: one.due for one in owed if one.due})
    waived = [Part(one.item, parts[one.item.pk]) for one in owed if one.item.pk in parts]
    return _Asked(intent, reason, waived)


def _require_due(intent: WaiverIntent, owed: Sequence[Owed]) -> None:
    due = total_of(owed)
    if not due:
        raise NothingToPay(department=owed[0].item.department.code if owed else intent.department)
    if intent.amount is not None and intent.amount > due:
        raise MoreThanDue(
            f"{with_currency(due)} is due here; no more can be waived.",
            total_due=money_text(due),
            amount=money_text(intent.amount),
        )


def _waiver(asked: _Asked, allowance: Allowance, act: Act) -> Waiver:
    """Return the waiver as it is asked for, not yet saved."""
    return Waiver(
        consultation_id=asked.intent.consultation_id,
        department=asked.parts[0].item.department,
        bill_item_id=asked.intent.bill_item_id,
        asked_amount=asked.intent.amount,
        asked_percent=asked.intent.percent,
        amount=asked.amount,
        reason=asked.reason,
        note=asked.intent.note.strip(),
        status=Waiver.Status.REQUESTED,
        request_hash=asked.request_hash(act.actor),
        requested_by=act.actor,
        requested_at=timezone.now(),
        day_limit=allowance.limit,
        day_used=allowance.used,
    )


def _grant(waiver: Waiver, asked: _Asked, act: Act, day: date) -> None:
    """Post the waiver; whoever asks for it decides on it."""
    posted = post_waiver(asked.parts, asked.reason.name, act, day)
    waiver.status = Waiver.Status.GRANTED
    waiver.decided_by, waiver.decided_at = act.actor, posted.posted_at
    waiver.approved_hash = waiver.request_hash
    waiver.entry_id, waiver.business_date = posted.entry_id, posted.business_date


def _save_lines(waiver: Waiver, parts: Sequence[Part]) -> list[WaiverLine]:
    return WaiverLine.objects.bulk_create(
        WaiverLine(waiver=waiver, bill_item=part.item, amount=part.amount) for part in parts
    )
