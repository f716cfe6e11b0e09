"""One desk's acts: sent as an edge sends them, twice or again where a fault is played."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from threading import Thread
from typing import Any, TypeVar

from django.db import connections

from client_wallet.services import DepositTaken
from hospital.core.acts import Act
from hospital.core.errors import Busy, DomainError
from hospital.core.transactions import retry_conflicts
from invoicing_app.payment_services import PaymentTaken
from invoicing_app.refunds.answers import RefundAnswer
from invoicing_app.simulation.messages import Began, Done, Message, Noted, Proof
from invoicing_app.simulation.plan import Cast, Plan

A = TypeVar("A")
Sent = Callable[[], Any]
PAUSES = (0.1, 0.3, 1.0, 3.0)  # seconds, as a client waits that was told to try again
FAULTY = 0.1  # of all acts


class VisitEnds(Exception):
    """What was wrong has been told; the rest of the visit would follow from it."""


@dataclass
class Desk:
    """
    A cashier's desk during one visit.

    Whatever ``chance`` decides, it decides again if the visit is repeated from its beginning after
    the process was killed: the same acts are sent with the same keys. ``notes`` hold what was read
    the first time, since it reads differently once it is paid.
    """

    plan: Plan
    cast: Cast
    number: int
    visit: int
    people: Mapping[int, Any]  # logins by id
    tell: Callable[[Message], None]
    notes: dict[str, str] = field(default_factory=dict)
    is_again: bool = False

    def __post_init__(self) -> None:
        name = f"{self.plan.seed}-{self.number}-{self.visit}"
        self.chance = Random(name)  # noqa: S311 - no secret depends on it
        self._faults = Random()  # noqa: S311 - another fault when it is repeated
        self._attempts: list[str] = []

    @property
    def cashier(self) -> Any:
        return self.people[self.cast.cashiers[self.number]]

    @property
    def neighbour(self) -> Any:
        return self.people[self.cast.cashiers[(self.number + 1) % len(self.cast.cashiers)]]

    @property
    def supervisor(self) -> Any:
        return self.people[self.cast.supervisors[self.number % len(self.cast.supervisors)]]

    @property
    def pharmacist(self) -> Any:
        return self.people[self.cast.pharmacist]

    def happens(self, of_a_hundred: int) -> bool:
        return self.chance.randrange(100) < of_a_hundred

    def note(self, name: str, read: Callable[[], object]) -> str:
        """Return what ``read`` gave when the visit was first played."""
        if name not in self.notes:
            self.notes[name] = str(read())
            self.tell(Noted(self.visit, name, self.notes[name]))
        return self.notes[name]

    def do(
        self,
        what: str,
        act: Callable[[Act], A],
        actor: Any = None,
        *,
        part: str = "",
        may_be_refused: str = "",
    ) -> A | None:
        """
        Do an act under its own key and return the answer; None where it was refused and may be.

        ``part`` tells two acts of a kind in one visit from each other. In a repeated visit the
        reason may be another one, since what came later may have been done.

        :raises VisitEnds: if it was refused and should have passed, or broke
        """
        key = f"{self.plan.run}-{self.number}-{self.visit}-{what}{part}".replace(" ", "-")
        actor = actor or self.cashier
        fault = self._fault()
        done = Done(self.visit, what, key, fault=fault)
        self.tell(Began(self.visit, what))
        self._attempts.clear()
        try:
            answer: A = _FAULTS[fault](lambda: self._sent(act, Act(actor, key)))
        except DomainError as refusal:
            self._refused(done, refusal, may_be_refused)
            return None
        except Exception as error:
            self._tell_wrong(done, f"{type(error).__name__}: {error}")
            raise VisitEnds from error
        self.tell(replace(done, repeated=self._repeated(fault), proof=_proof(answer)))
        return answer

    def must_be_refused(
        self, what: str, code: str, act: Callable[[Act], Any], actor: Any = None
    ) -> None:
        """
        Try what has to be refused; told as wrong where it passes or is refused for another reason.

        A repeated visit leaves it out: its acts may all have been done, so the reason is another.
        """
        if self.is_again:
            return
        done = Done(self.visit, what, f"{self.plan.run}-{self.number}-{self.visit}-{what}")
        self.tell(Began(self.visit, what))
        try:
            self._sent(act, Act(actor or self.cashier))
        except DomainError as refusal:
            if refusal.code == code:
                self.tell(replace(done, code=code))
                return
            wrong = f"refused as {refusal.code}, not as {code}"
        except Exception as error:  # noqa: BLE001 - told, and the run fails
            wrong = f"{type(error).__name__}: {error}"
        else:
            wrong = f"passed, and should be refused as {code}"
        self._tell_wrong(done, wrong)
        raise VisitEnds

    def _refused(self, done: Done, refusal: DomainError, may_be_refused: str) -> None:
        is_expected = refusal.code == may_be_refused or (may_be_refused and self.is_again)
        if not is_expected:
            refused = replace(done, code=refusal.code)
            self._tell_wrong(refused, f"refused as {refusal.code}: {refusal.detail}")
            raise VisitEnds from refusal
        self.tell(replace(done, code=refusal.code, repeated=self._repeated(done.fault)))

    def _tell_wrong(self, done: Done, wrong: str) -> None:
        self.tell(replace(done, wrong=f"{done.what} ({done.key}): {wrong}"))

    def _fault(self) -> str:
        if not self.plan.faults or self._faults.random() >= FAULTY:
            return ""
        return self._faults.choice([name for name in _FAULTS if name])

    def _sent(self, act: Callable[[Act], A], given: Act) -> A:
        @retry_conflicts
        def attempt() -> A:
            self._attempts.append(given.key)
            return act(given)

        for pause in PAUSES:
            try:
                return attempt()
            except Busy:
                time.sleep(pause)
        return attempt()

    def _repeated(self, fault: str) -> int:
        """Return how often an attempt was repeated after a conflict."""
        return len(self._attempts) - (2 if fault else 1)


def _plainly(send: Sent) -> Any:
    return send()


def _after_a_lost_answer(send: Sent) -> Any:
    """Throw the first answer away, as a broken connection does, and ask again."""
    first = send()
    return _same(first, send())


def _twice_at_once(send: Sent) -> Any:
    """Send it from two threads, as a double click does."""
    outcomes: list[Any] = [None, None]

    def click(place: int) -> None:
        try:
            outcomes[place] = send()
        except Exception as error:  # noqa: BLE001 - raised again by whoever waits
            outcomes[place] = error
        finally:
            connections.close_all()

    clicks = [Thread(target=click, args=(place,)) for place in range(2)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome
    return _same(*outcomes)


_FAULTS: Mapping[str, Callable[[Sent], Any]] = {
    "": _plainly,
    "double click": _twice_at_once,
    "lost answer": _after_a_lost_answer,
}


class AnswersDiffer(Exception):
    """An act was sent twice with one key, and answered in two ways."""


def _same(first: Any, second: Any) -> Any:
    plain_first, plain_second = (replace(one, replayed=False) for one in (first, second))
    if plain_first != plain_second:
        raise AnswersDiffer(f"{first} and {second}")
    return first


def _proof(answer: Any) -> Proof | None:
    """Return what a row of the database must say because of an answer."""
    if isinstance(answer, PaymentTaken):
        return ("payment", answer.payment_id, answer.total_due)
    if isinstance(answer, DepositTaken):
        return ("deposit", answer.deposit_id, answer.amount)
    if isinstance(answer, RefundAnswer) and answer.receipt_number:
        return ("refund", answer.id, answer.amount)
    return None
