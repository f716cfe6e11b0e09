"""How long a run is, what it does to the hospital, and what it must have done to count."""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

FULL_MINUTES = 6.0
SETTLING_SECONDS = 120.0  # after the faults stop, and the bank's finality beside


class Victim(StrEnum):
    WORKER = "worker"  # one that carries out withdrawals
    WEB_WORKER = "web worker"  # one of the web server's processes
    WEB_SERVER = "web server"  # all of them at once
    DATABASE = "database"  # the postmaster and every backend


class Kind(StrEnum):
    WITHDRAWAL = "withdrawal"
    CANCELLED = "withdrawal called off"  # at once: a race with the workers
    DEPOSIT = "deposit"
    TRANSFER = "transfer"
    PAYMENT = "payment"


# In a full run. Planned is more than required, so that an unlucky machine is not a failure.
_REQUIRED_KILLS = {
    Victim.WORKER: 100,
    Victim.WEB_WORKER: 10,
    Victim.WEB_SERVER: 6,
    Victim.DATABASE: 4,
}
_PLANNED_KILLS = {
    Victim.WORKER: 120,
    Victim.WEB_WORKER: 12,
    Victim.WEB_SERVER: 8,
    Victim.DATABASE: 6,
}
_REQUIRED_WITHDRAWALS = 1000
_PLANNED_ACTS = {
    Kind.WITHDRAWAL: 1150,
    Kind.CANCELLED: 60,
    Kind.DEPOSIT: 1200,
    Kind.TRANSFER: 900,
    Kind.PAYMENT: 360,
}
REQUIRED_FAULTS = 0.30  # of the calls that the bank got


@dataclass(frozen=True)
class Moment:
    """When, in seconds after the start, something is to be done."""

    at: float
    what: str


@dataclass(frozen=True)
class Plan:
    """The seed decides what is killed when, who does what, and what the bank answers."""

    minutes: float
    seed: int
    idempotent: bool = True
    workers: int = 4
    clients: int = 8
    wallets: int = 40
    deadline: int = 2  # seconds of a call to the bank
    finality: int = 4
    worker: Sequence[str] = ("manage.py", "process_withdrawals", "--loop")
    naive_clients: bool = False  # a twin that must fail: they try again under another key

    @property
    def seconds(self) -> float:
        return self.minutes * 60

    @property
    def settling_seconds(self) -> float:
        """So long after the faults stop, nothing may be open any more."""
        return SETTLING_SECONDS + self.finality

    @property
    def required_withdrawals(self) -> int:
        return self._scaled(_REQUIRED_WITHDRAWALS, most=1)

    def required_kills(self, victim: Victim) -> int:
        return self._scaled(_REQUIRED_KILLS[victim], most=1)

    @property
    def required_cut_off(self) -> int:
        """Calls to the bank in the midst of which a worker must have been killed."""
        return math.ceil(self.required_kills(Victim.WORKER) / 20)

    def kills(self) -> list[Moment]:
        """Spread over the time, a little by chance, and over a little before it is."""
        dice = random.Random(f"{self.seed}/kills")
        planned = [
            Moment(at, victim)
            for victim, number in _PLANNED_KILLS.items()
            for at in _spread(self._scaled(number), 0.95 * self.seconds, dice)
        ]
        return sorted(planned, key=lambda moment: moment.at)

    def acts(self, client: int) -> list[Moment]:
        """What one of the clients does, and when."""
        dice = random.Random(f"{self.seed}/acts")
        planned = [
            kind for kind, number in _PLANNED_ACTS.items() for _ in range(self._scaled(number))
        ]
        dice.shuffle(planned)
        step = self.seconds / len(planned)
        moments = [Moment(place * step, kind) for place, kind in enumerate(planned)]
        return moments[client :: self.clients]

    def _scaled(self, number: int, most: float = math.inf) -> int:
        return math.ceil(number * min(self.minutes / FULL_MINUTES, most))


def _spread(number: int, seconds: float, dice: random.Random) -> Iterator[float]:
    for place in range(number):
        yield (place + dice.uniform(0.1, 0.9)) * seconds / number
