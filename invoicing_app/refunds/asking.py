"""What somebody asks to have refunded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from client_wallet.models import PaymentMethod
from hospital.core.errors import InvalidRequest
from invoicing_app.refunds.models import Refund

MAX_REASON = 200  # characters
_CASH_GOES_TO = (PaymentMethod.CASH, PaymentMethod.WALLET)


@dataclass(frozen=True)
class WantedLine:
    """
    So many of a paid item; ``sellable`` says whether a drug that comes back can be sold again.
    """

    bill_item_id: int
    quantity: int
    sellable: bool = False

    @property
    def facts(self) -> list[Any]:
        return [self.bill_item_id, self.quantity, self.sellable]


@dataclass(frozen=True)
class RefundIntent:
    """
    What somebody asks: a payment's cancellation (all its items, whole) or the return of some.

    Of a cancellation the lines may be left out. ``cash_to``: what was paid in cash goes back as
    CASH, or into the patient's WALLET. ``plan_hash`` is of the plan that was shown to whoever asks;
    "" takes what it comes to.
    """

    payment_id: int
    kind: str
    reason: str
    lines: Sequence[WantedLine] = ()
    cash_to: str = PaymentMethod.CASH
    plan_hash: str = ""
    key: str = ""

    def facts(self) -> dict[str, Any]:
        return {
            "payment_id": self.payment_id,
            "kind": str(self.kind),
            "reason": self.reason.strip(),
            "lines": [line.facts for line in self.lines],
            "cash_to": str(self.cash_to),
        }


def require_whole_intent(intent: RefundIntent) -> None:
    """
    Refuse what says too little.

    :raises InvalidRequest: naming the field
    """
    if intent.kind not in Refund.Kind.values:
        raise InvalidRequest("kind", "A refund is a CANCEL or a RETURN.")
    if intent.cash_to not in _CASH_GOES_TO:
        raise InvalidRequest("cash_to", "Cash goes back as CASH, or into the WALLET.")
    require_reason(intent.reason)
    if intent.kind == Refund.Kind.RETURN and not intent.lines:
        raise InvalidRequest("lines", "Say which items come back.")
    items = [line.bill_item_id for line in intent.lines]
    if len(items) != len(set(items)):
        raise InvalidRequest("lines", "Name each item once.")
    if any(line.quantity <= 0 for line in intent.lines):
        raise InvalidRequest("lines", "A quantity must be greater than zero.")


def require_reason(reason: str) -> str:
    """Return why, or refuse it where it is empty or too long."""
    reason = reason.strip()
    if not 0 < len(reason) <= MAX_REASON or "\0" in reason:
        raise InvalidRequest("reason", f"Say why, in 1 to {MAX_REASON} characters.")
    return reason
