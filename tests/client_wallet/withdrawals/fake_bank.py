"""A bank and a clock that do what a test says: no waiting, and the same each time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from client_wallet.bank import Answered, Outcome, Payment, PaymentOrder, paid
from client_wallet.withdrawals.clock import Clock

LATE = timedelta(seconds=25)  # within the finality
MUTE = "no answer"

# What may happen to a submission, and to a question.
SUBMISSIONS = (
    "pay",
    "refuse",
    "fail before",
    "fail after",
    "hang before",
    "hang after",
    "hang and pay late",
    "pay too much",
)
QUESTIONS = ("tell", "fail", "hang")


@dataclass
class FakeClock:
    """Stands still unless it is moved on."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC) + timedelta(minutes=1))

    def move_on(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    @property
    def clock(self) -> Clock:
        return Clock(now=lambda: self.at, elapsed=lambda: self.at.timestamp())


@dataclass
class FakeBank:
    """
    Pays, and fails as it is told: the next call's fate comes from ``submissions`` or ``questions``,
    and when they are used up, all goes well. It keeps the finality it promises.
    """

    clock: FakeClock = field(default_factory=FakeClock)
    submissions: Iterable[str] = ()
    questions: Iterable[str] = ()
    idempotent: bool = True
    deadline_seconds: float = 10.0
    finality_seconds: float | None = 30.0
    payments: list[Payment] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    _refused: set[str] = field(default_factory=set)
    _late: list[tuple[datetime, PaymentOrder]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._submissions: Iterator[str] = iter(self.submissions)
        self._questions: Iterator[str] = iter(self.questions)

    def submit(self, order: PaymentOrder) -> Answered:
        fate = next(self._submissions, "pay")
        self.calls.append(fate)
        if fate == "refuse":
            self._refused.add(order.reference)
            return Answered(Outcome.REFUSED, detail="declined")
        if fate == "hang and pay late":
            self._late.append((self.clock.at + LATE, order))
        if fate in {"pay", "pay too much", "fail after", "hang after"}:
            self._pay(order, Decimal(fate == "pay too much"))
        if fate.startswith(("fail", "hang")):
            return self._fail(fate)
        return self._answer(order)

    def find_by_reference(self, order: PaymentOrder) -> Answered:
        fate = next(self._questions, "tell")
        self.calls.append(fate)
        return self._answer(order) if fate == "tell" else self._fail(fate)

    def statement(self, start: datetime, end: datetime) -> list[Payment]:
        self._pay_what_is_late()
        return [payment for payment in self.payments if start <= payment.paid_at < end]

    def payments_of(self, reference: str) -> list[Payment]:
        self._pay_what_is_late()
        return [payment for payment in self.payments if payment.reference == reference]

    def _answer(self, order: PaymentOrder) -> Answered:
        if payments := self.payments_of(order.reference):
            return paid(order, payments)
        if order.reference in self._refused:
            return Answered(Outcome.REFUSED, detail="declined")
        return Answered(Outcome.NOT_FOUND)

    def _fail(self, fate: str) -> Answered:
        if fate.startswith("hang"):
            self.clock.move_on(self.deadline_seconds)
        return Answered(Outcome.INCONCLUSIVE, detail=MUTE, reached_bank=False)

    def _pay(self, order: PaymentOrder, too_much: Decimal = Decimal(0)) -> None:
        if self.idempotent and self.payments_of(order.reference):
            return
        amount = order.amount + too_much
        self.payments.append(
            Payment(order.reference, amount, order.currency, order.destination, self.clock.at)
        )

    def _pay_what_is_late(self) -> None:
        due = [order for at, order in self._late if at <= self.clock.at]
        self._late = [(at, order) for at, order in self._late if at > self.clock.at]
        for order in due:
            self._pay(order)
