"""What is to be played, and by whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

VISIT = "invoicing_app.simulation.visits.visit"


@dataclass(frozen=True)
class Plan:
    """
    A day: the ``seed`` decides what happens at each desk, the processes decide in which order.

    ``acts`` are shared among the desks, each of which ends the visit that it is at; without a
    number every patient comes once. Where there is a bank, withdrawals are due at once, else in
    three days. ``visit`` is where the function of one visit is found.
    """

    cashiers: int
    patients: int
    seed: int
    started_at: datetime
    acts: int | None = None
    faults: bool = False
    has_bank: bool = False
    visit: str = VISIT

    @property
    def run(self) -> str:
        """What the keys of this run begin with, so that a second one does not repeat the first."""
        return f"sim-{self.seed}-{self.started_at:%Y%m%d%H%M%S%f}"

    def patients_of(self, desk: int) -> int:
        """Return how many patients come to a desk: one at least."""
        return max(_share(self.patients, self.cashiers, desk), 1)

    def visits_of(self, desk: int) -> int | None:
        """Return how many visits a desk plays; None: as many as its acts need."""
        if self.acts is None:
            return _share(self.patients, self.cashiers, desk)
        return None

    def acts_of(self, desk: int) -> int:
        return _share(self.acts or 0, self.cashiers, desk)


@dataclass(frozen=True)
class Wanted:
    """A catalogue item that patients may be given."""

    service_item_id: int
    department: str
    is_drug: bool


@dataclass(frozen=True)
class Cast:
    """Who plays: ids of logins, of the payer that covers some patients, and what is on offer."""

    cashiers: Sequence[int]
    supervisors: Sequence[int]
    pharmacist: int
    payer: int
    offer: Sequence[Wanted]


def _share(whole: int, parts: int, part: int) -> int:
    return whole // parts + (part < whole % parts)
