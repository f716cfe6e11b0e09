"""What the acts on a waiver answer, and what lists of waivers show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hospital.core.acts import Answer
from hospital.core.money import ZERO, money_text
from hospital.core.times import wire_time
from invoicing_app.waivers.models import Waiver, WaiverLine


@dataclass(frozen=True)
class WaiverAnswer(Answer):
    """
    A waiver: amounts as text with two places, times in RFC 3339.

    ``amount`` is what was asked for; ``amount_in_force`` what of it is waived now.
    """

    id: int
    consultation_id: int
    department: str
    bill_item_id: int | None
    asked_amount: str | None
    percent: str | None
    amount: str
    amount_in_force: str
    reason: str
    note: str
    status: str
    lines: list[dict[str, Any]]
    request_hash: str
    requested_by: str
    requested_at: str
    decided_by: str | None
    decided_at: str | None
    decision_note: str
    replayed: bool = False


def waiver_facts(waiver: Waiver, lines: Sequence[WaiverLine] | None = None) -> WaiverAnswer:
    """Return a waiver as it is shown; from ``Waiver.objects.with_details()``, so no query runs."""
    lines = list(waiver.lines.all()) if lines is None else lines
    in_force = [
        line.amount
        for line in lines
        if waiver.status == Waiver.Status.GRANTED and line.taken_back_id is None
    ]
    return WaiverAnswer(
        id=waiver.pk,
        consultation_id=waiver.consultation_id,
        department=waiver.department.code,
        bill_item_id=waiver.bill_item_id,
        asked_amount=None if waiver.asked_amount is None else money_text(waiver.asked_amount),
        percent=None if waiver.asked_percent is None else money_text(waiver.asked_percent),
        amount=money_text(waiver.amount),
        amount_in_force=money_text(sum(in_force, ZERO)),
        reason=waiver.reason.code,
        note=waiver.note,
        status=str(waiver.status),
        lines=[_line_facts(line) for line in lines],
        request_hash=waiver.request_hash,
        requested_by=waiver.requested_by.get_username(),
        requested_at=wire_time(waiver.requested_at),
        decided_by=waiver.decided_by.get_username() if waiver.decided_by else None,
        decided_at=wire_time(waiver.decided_at) if waiver.decided_at else None,
        decision_note=waiver.decision_note,
    )


def _line_facts(line: WaiverLine) -> dict[str, Any]:
    return {
        "bill_item_id": line.bill_item_id,
        "description": line.bill_item.description,
        "amount": money_text(line.amount),
        "taken_back": line.taken_back_id is not None,
    }
