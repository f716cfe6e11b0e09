"""What the page of a shift shows: what its last count came to, and the cash handed over from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from client_wallet.admin.shift_words import compared, destination, hand_over_state, person
from client_wallet.models import HandOver, Shift
from hospital.core.admin import change_url


@dataclass(frozen=True)
class HandOverLine:
    """A hand-over, put into words."""

    given: HandOver
    to: str
    state: str
    url: str


def counted_panel(shift: Shift) -> dict[str, Any]:
    """Return the last count with its pieces; nothing for a shift that was not counted yet."""
    counts = shift.counts.select_related("counted_by").prefetch_related("lines")
    count = counts.order_by("-number").first()
    if count is None:
        return {}
    lines = sorted(count.lines.all(), key=lambda line: line.denomination, reverse=True)
    return {
        "count": count,
        "counted_by": person(count.counted_by),
        "figures": compared(count),
        "pieces": [(line, line.denomination * line.pieces) for line in lines if line.pieces],
    }


def hand_overs_of(shift: Shift) -> Sequence[HandOverLine]:
    """Return the hand-overs of a shift, the newest first."""
    given = shift.hand_overs.select_related("to_cashier").order_by("-pk")
    return [
        HandOverLine(one, destination(one), hand_over_state(one), change_url(one)) for one in given
    ]
