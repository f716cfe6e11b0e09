"""One simulated day from its first drawer to what is wrong with its books."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.utils import timezone

from hospital.core.errors import Busy
from hospital.core.transactions import retry_conflicts
from invoicing_app.books import Outcome, check_books
from invoicing_app.simulation.bank_desk import paying_out, unlike_the_bank, wait_for_the_bank
from invoicing_app.simulation.comparison import Marks, lost_or_doubled, marks, unequal_reports
from invoicing_app.simulation.crew import Crew
from invoicing_app.simulation.evening import close_the_desks
from invoicing_app.simulation.morning import open_the_desks
from invoicing_app.simulation.plan import Cast, Plan
from invoicing_app.simulation.tally import Tally

ONE_AT_A_TIME = 0x5349_4D44  # "SIMD": the advisory lock of simulations, which share logins


@dataclass
class Day:
    """A day that is played by ``play`` and judged by ``verdict``."""

    plan: Plan
    tally: Tally = field(default_factory=Tally)
    closed: int = 0  # shifts
    is_stopped: bool = False

    def play(self, *, told: Callable[[], None], stops: Callable[[], bool]) -> None:
        """
        Open the desks, play all visits and close the desks, also where it was stopped.

        :raises Busy: if another simulation is running
        :raises DomainError: if a shift cannot be opened or closed
        """
        _hold_simulation()
        close = retry_conflicts(close_the_desks)
        close(f"{self.plan.run}-left")  # what an earlier run left open
        self._cast = retry_conflicts(open_the_desks)(self.plan)
        self._since = marks()
        with paying_out():
            try:
                Crew(self.plan, self._cast, self.tally, told, stops).play()
            finally:
                self.closed = close(self.plan.run)
            wait_for_the_bank(self.plan, self._cast, stops)
        self.is_stopped = stops()

    def verdict(self, done: Callable[[Outcome], None]) -> Sequence[str]:
        """Return all that is wrong, after the books were checked: ``done`` hears of each check."""
        wrong = list(self.tally.wrong)
        wrong += lost_or_doubled(self.tally.proofs, self._since, self._cast)
        days = sorted({timezone.localdate(self.plan.started_at), timezone.localdate()})
        for day in days:
            wrong += unequal_reports(day)
        wrong += unlike_the_bank(self.plan, self._cast, days)

        def count(outcome: Outcome) -> None:
            done(outcome)
            wrong.extend(f"{outcome.check.name}: {one.detail}" for one in outcome.findings)

        check_books(done=count)
        return wrong

    _cast: Cast = field(init=False)
    _since: Marks = field(init=False)


def _hold_simulation() -> None:
    """Keep other simulations out until this connection ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [ONE_AT_A_TIME])
        if not cursor.fetchone()[0]:
            raise Busy("Another simulation is running.")
