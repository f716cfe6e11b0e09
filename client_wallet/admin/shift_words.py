"""Shifts and hand-overs in plain words: what a state means, and what a count came to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.html import format_html
from unfold.decorators import display

from client_wallet.admin.withdrawal_words import State
from client_wallet.models import HandOver, Shift, ShiftCount
from hospital.core.money import with_currency

SHIFT_STATES: Mapping[str, State] = {
    Shift.Status.OPEN: State(
        "Open", "state-under-way", "Money is taken and given out of this drawer."
    ),
    Shift.Status.COUNTED: State(
        "Waits for acceptance",
        "state-warning",
        "The drawer was counted, and what was found differs by more than is accepted without "
        "asking. A supervisor, who is neither the cashier nor who counted, accepts it; or the "
        "drawer is counted again.",
    ),
    Shift.Status.CLOSED: State(
        "Closed", "state-good", "The Z report stands. Nothing can be posted into this shift."
    ),
}
HAND_OVER_STATES: Mapping[str, State] = {
    HandOver.Status.GIVEN: State(
        "In transit",
        "state-warning",
        "The cash has left the drawer, and nobody has said yet that it arrived.",
    ),
    HandOver.Status.RECEIVED: State("Received", "state-good", "The cash has arrived."),
    HandOver.Status.REJECTED: State(
        "Rejected", "state-bad", "The cash was not taken, and went back to where it came from."
    ),
}


@dataclass(frozen=True)
class Compared:
    """What was expected of one kind of takings, and what was found; None: no slip was named."""

    name: str
    expected: Decimal
    counted: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        return None if self.counted is None else self.counted - self.expected

    @property
    def said(self) -> str:
        """Return the difference in a word and an amount: "short NGN 20.00"."""
        if self.difference is None:
            return "not compared"
        if not self.difference:
            return "agrees"
        word = "short" if self.difference < 0 else "over"
        return f"{word} {with_currency(abs(self.difference))}"


def compared(count: ShiftCount) -> Sequence[Compared]:
    """Return what a count came to: cash, card, transfer."""
    return (
        Compared("Cash", count.expected_amount, count.counted_amount),
        Compared("Card", count.card_expected_amount, count.card_slip_amount),
        Compared("Bank transfer", count.transfer_expected_amount, count.transfer_slip_amount),
    )


def person(user: Any) -> str:
    """Return who it is, for a person to read."""
    return str(user.get_full_name() or user.get_username())


def state_of(states: Mapping[str, State], status: str) -> str:
    said = states[status]
    return format_html('<span class="state {}">{}</span>', said.tone, said.name)


@display(description="state", ordering="status")  # type: ignore[untyped-decorator] # no types
def shift_state(shift: Shift) -> str:
    return state_of(SHIFT_STATES, shift.status)


@display(description="state", ordering="status")  # type: ignore[untyped-decorator] # no types
def hand_over_state(given: HandOver) -> str:
    return state_of(HAND_OVER_STATES, given.status)


@display(description="to", ordering="target")  # type: ignore[untyped-decorator] # no types
def destination(given: HandOver) -> str:
    if given.to_cashier is not None:
        return person(given.to_cashier)
    return given.get_target_display()


@display(description="Z report")  # type: ignore[untyped-decorator] # no types
def z_report(shift: Shift) -> str:
    report = getattr(shift, "z_report", None)
    return str(report) if report else ""


@display(description="cash")  # type: ignore[untyped-decorator] # no types
def outcome(shift: Shift) -> str:
    """Say what the last count of the drawer came to; the counts are loaded."""
    counts = sorted(shift.counts.all(), key=lambda count: count.number)
    return compared(counts[-1])[0].said if counts else ""
