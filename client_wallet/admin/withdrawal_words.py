"""Withdrawals in plain words: what a state means for the money, and what the bank was asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.html import format_html
from unfold.decorators import display

from client_wallet.models import BankAnswer, BankCall, Withdrawal

Status = Withdrawal.Status


@dataclass(frozen=True)
class State:
    """A state as the desk says it; ``tone`` is a class of desk.css."""

    name: str
    tone: str
    meaning: str  # where the money is


STATES: Mapping[str, State] = {
    Status.SCHEDULED: State(
        "Scheduled",
        "state-waiting",
        "Nothing has been taken from the wallet yet. When it is due, the wallet is debited and the "
        "bank is told to pay.",
    ),
    Status.PROCESSING: State(
        "Being paid",
        "state-under-way",
        "The money has left the wallet and is in transit. The bank is being told to pay.",
    ),
    Status.UNKNOWN: State(
        "Not known yet",
        "state-under-way",
        "The money has left the wallet and is in transit. The bank gave no conclusive answer; it "
        "is being asked whether it paid.",
    ),
    Status.NEEDS_REVIEW: State(
        "In review",
        "state-warning",
        "The money has left the wallet and stays in transit. What the system heard from the bank "
        "does not settle it: a supervisor finds out and decides.",
    ),
    Status.COMPLETED: State(
        "Paid", "state-good", "The bank has paid. The money has left the hospital."
    ),
    Status.FAILED: State("Not paid", "state-bad", "Nothing was taken from the wallet."),
    Status.CANCELLED: State(
        "Cancelled", "state-over", "It was called off before anything was taken from the wallet."
    ),
}
MONEY_BACK = "The bank did not pay. The money is back in the wallet."
REFERENCE_SHOWN = 11  # characters: enough to tell those of a page apart
LATE = "Late: the withdrawal had moved on, and nothing followed from it."


def meaning_of(withdrawal: Withdrawal) -> str:
    """Return in a sentence where the withdrawal's money is."""
    if withdrawal.refund_id is not None:
        return MONEY_BACK
    return STATES[withdrawal.status].meaning


@display(description="state", ordering="status")  # type: ignore[untyped-decorator] # no types
def state(withdrawal: Withdrawal) -> str:
    said = STATES[withdrawal.status]
    return format_html('<span class="state {}">{}</span>', said.tone, said.name)


@display(description="reference", ordering="bank_reference")  # type: ignore[untyped-decorator] # no types
def reference(withdrawal: Withdrawal) -> str:
    shown = withdrawal.bank_reference[:REFERENCE_SHOWN]
    return format_html('<span class="nowrap">{}…</span>', shown)


@display(description="patient")  # type: ignore[untyped-decorator] # no types
def patient(withdrawal: Withdrawal) -> str:
    return str(withdrawal.wallet.patient)


@display(description="to account")  # type: ignore[untyped-decorator] # no types
def account(withdrawal: Withdrawal) -> str:
    return f"{withdrawal.account_name}, {withdrawal.account_number} at {withdrawal.bank_code}"


@display(description="asked for at")  # type: ignore[untyped-decorator] # no types
def asked_at(withdrawal: Withdrawal) -> datetime:
    return withdrawal.created_at


@display(description="why")  # type: ignore[untyped-decorator] # no types
def why(withdrawal: Withdrawal) -> str:
    return withdrawal.failure_detail


@dataclass(frozen=True)
class ToldCall:
    """A call to the bank and what it came to."""

    call: BankCall
    asked: str
    outcome: str
    answer: BankAnswer | None
    is_late: bool


def told_call(call: BankCall, withdrawal: Withdrawal, now: datetime) -> ToldCall:
    """Put a call into words; it is loaded with its answer, and no query runs."""
    asked = "Pay" if call.kind == BankCall.Kind.SUBMIT else "Was it paid?"
    answer: Any = getattr(call, "answer", None)
    if answer is not None:
        return ToldCall(call, asked, answer.get_outcome_display(), answer, answer.is_late)
    is_under_way = call.number == withdrawal.last_call and call.leased_until > now
    outcome = "Under way" if is_under_way else "No answer was recorded"
    return ToldCall(call, asked, outcome, None, is_late=False)
