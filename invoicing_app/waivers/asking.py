"""What somebody asks to have waived, and what that comes to for each item."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hospital.core.errors import InvalidRequest
from hospital.core.money import CENT, ZERO, money_text, require_amount, round_half_up

MAX_NOTE = 200  # characters
WHOLE = Decimal(100)  # percent
_TRIFLE = "This comes to less than a cent."

Parts = Mapping[int, Decimal]  # bill item's id → amount above zero


@dataclass(frozen=True)
class WaiverIntent:
    """
    What somebody asks: an ``amount`` (CURRENCY, two places) or a ``percent``, of one item's due or
    of all that is due in a department; ``reason`` is a reason's code.
    """

    consultation_id: int
    reason: str
    note: str
    bill_item_id: int | None = None
    department: str = ""
    amount: Decimal | None = None
    percent: Decimal | None = None
    key: str = ""

    def facts(self) -> dict[str, Any]:
        return {
            "consultation_id": self.consultation_id,
            "bill_item_id": self.bill_item_id,
            "department": self.department,
            "amount": None if self.amount is None else money_text(self.amount),
            "percent": None if self.percent is None else money_text(self.percent),
            "reason": self.reason,
            "note": self.note.strip(),
        }


def require_whole_intent(intent: WaiverIntent) -> None:
    """
    Refuse what says too little, or two things at once.

    :raises InvalidRequest: naming the field
    """
    if (intent.bill_item_id is None) == (not intent.department):
        raise InvalidRequest("bill_item_id", "Name one item, or a department.")
    if (intent.amount is None) == (intent.percent is None):
        raise InvalidRequest("amount", "Say an amount, or a percentage.")
    if intent.amount is not None:
        require_amount(intent.amount)
    elif intent.percent is not None:
        _require_percent(intent.percent)
    require_text(intent.note, "note")


def require_text(text: str, field: str) -> str:
    """Return what somebody wrote, or refuse it where it is empty or too long."""
    text = text.strip()
    if not 0 < len(text) <= MAX_NOTE or "\0" in text:
        raise InvalidRequest(field, f"Say why, in 1 to {MAX_NOTE} characters.")
    return text


def parts_of(intent: WaiverIntent, dues: Parts) -> Parts:
    """
    Return what is waived of each item: never more than its due, and in all what was asked.

    A percentage is taken of each due and rounded half-up. An amount is spread by the dues; the
    cents that are left over go to the items that lost most by rounding down.

    :raises InvalidRequest: if a percentage comes to nothing
    """
    if intent.amount is not None:
        return spread(intent.amount, dues)
    share = (intent.percent or ZERO) / WHOLE
    parts = {item: round_half_up(due * share) for item, due in dues.items()}
    if not any(parts.values()):
        raise InvalidRequest("percent", _TRIFLE)
    return _without_nothing(parts)


def spread(amount: Decimal, dues: Parts) -> Parts:
    """Return ``amount`` in whole cents, as the dues are to each other; none above its due."""
    total = sum(dues.values(), ZERO)
    exact = {item: amount * due / total for item, due in dues.items()}
    parts = {item: share // CENT * CENT for item, share in exact.items()}
    left_over = int((amount - sum(parts.values())) / CENT)
    for item in sorted(exact, key=lambda item: (parts[item] - exact[item], item))[:left_over]:
        parts[item] += CENT
    return _without_nothing(parts)


def _without_nothing(parts: Parts) -> Parts:
    return {item: part.quantize(CENT) for item, part in parts.items() if part}


def _require_percent(percent: Decimal) -> None:
    if not percent.is_finite() or not 0 < percent <= WHOLE:
        raise InvalidRequest("percent", "A percentage is above 0 and at most 100.")
    if percent != percent.quantize(CENT):
        raise InvalidRequest("percent", "A percentage has at most two decimal places.")
