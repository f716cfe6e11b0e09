"""What a bank must be able to do for us. A real bank is one more adapter of ``Bank``."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from client_wallet.models import BankAnswer

Outcome = BankAnswer.Outcome


@dataclass(frozen=True)
class Destination:
    """An account at a bank. Whether it exists only the bank knows."""

    bank_code: str
    account_number: str
    account_name: str


@dataclass(frozen=True)
class PaymentOrder:
    """What the bank is asked to pay: ``amount`` above zero, two places; one reference for ever."""

    reference: str
    amount: Decimal
    currency: str
    destination: Destination


@dataclass(frozen=True)
class Payment:
    """What the bank says that it paid."""

    reference: str
    amount: Decimal
    currency: str
    destination: Destination
    paid_at: datetime


@dataclass(frozen=True)
class Answered:
    """
    What a call came to. Only PAID, REFUSED and NOT_FOUND are facts about the payment; whatever
    else happened (timeout, reset, 5xx, an answer nobody can read) is INCONCLUSIVE.
    """

    outcome: Outcome
    http_status: int | None = None
    detail: str = ""  # what went wrong, or why it was refused, in words
    body: str = ""  # its beginning, as the bank sent it
    contradiction: str = ""  # of PAID: in what the payment is not the one that was ordered
    reached_bank: bool = True  # False: the bank is down or mute; the circuit breaker counts it


class StatementUnavailable(Exception):
    """The bank gave no statement, although it was asked several times."""


class Bank(Protocol):
    """
    A bank. ``submit`` and ``find_by_reference`` never raise, and never take longer than
    ``deadline_seconds`` in all: connecting, sending and the last byte of the answer included.
    """

    @property
    def deadline_seconds(self) -> float:
        """How long one call may take in all."""

    @property
    def finality_seconds(self) -> float | None:
        """So long after a request was sent it pays nothing new; None: the bank promises nothing."""

    def submit(self, order: PaymentOrder) -> Answered:
        """Tell the bank to pay; PAID, REFUSED or INCONCLUSIVE."""

    def find_by_reference(self, order: PaymentOrder) -> Answered:
        """Ask what became of an order; PAID, REFUSED, NOT_FOUND or INCONCLUSIVE."""

    def statement(self, start: datetime, end: datetime) -> Iterable[Payment]:
        """
        Return what the bank paid from ``start`` to before ``end``, oldest first.

        :raises StatementUnavailable: if it does not say
        """


def paid(order: PaymentOrder, payments: Sequence[Payment], **answer: object) -> Answered:
    """Return PAID, with what contradicts the order: an amount, an account, a second payment."""
    return Answered(Outcome.PAID, contradiction=_contradiction(order, payments), **answer)  # type: ignore[arg-type] # fields of Answered


def _contradiction(order: PaymentOrder, payments: Sequence[Payment]) -> str:
    if len(payments) != 1:
        total = sum(payment.amount for payment in payments)
        return f"The bank says that it paid {len(payments)} times, {total} in all."
    (payment,) = payments
    if (payment.amount, payment.currency) != (order.amount, order.currency):
        return f"The bank says that it paid {payment.currency} {payment.amount}."
    if payment.reference != order.reference:
        return "The bank speaks of another reference."
    if payment.destination != order.destination:
        return "The bank says that it paid to another account."
    return ""
