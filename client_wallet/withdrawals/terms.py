"""How patient the installation is with its bank; all times are seconds."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings

from client_wallet.bank import Bank


@dataclass(frozen=True)
class Terms:
    """What the installation and the bank agree on."""

    deadline: float  # of one call, from its first byte to its last
    finality: float | None  # the bank's promise; None: it promises nothing
    attempts: int = 3  # how often the bank is told to pay
    asks: int = 10  # questions without a conclusive answer, before a person decides
    attempt_pause: float = 10  # before the second attempt; doubled before each later one
    ask_pause: float = 2  # after the first of those questions; doubled after each later one
    longest_pause: float = 60
    margin: float = 5  # how much longer than the deadline a lease lasts
    failures: int = 10  # calls in a row that reach no bank, before nothing is sent any more
    circuit_pause: float = 5  # before one call tries again; doubled each time

    @classmethod
    def of(cls, bank: Bank) -> Self:
        """Return the settings' terms with this bank."""
        return cls(
            deadline=bank.deadline_seconds,
            finality=bank.finality_seconds,
            attempts=settings.BANK_ATTEMPTS,
            asks=settings.BANK_ASKS,
            attempt_pause=settings.BANK_RETRY_SECONDS,
        )

    @property
    def lease(self) -> timedelta:
        """How long a call is one worker's alone: longer than it can take."""
        return timedelta(seconds=self.deadline + self.margin)

    def final_at(self, lease_end: datetime) -> datetime | None:
        """
        From when on "not found" is the last word on a submission whose lease ended then.

        A worker sends nothing after the end of its lease, and the bank's promise counts from when a
        request was sent.
        """
        if self.finality is None:
            return None
        return lease_end + timedelta(seconds=self.finality)

    def before_attempt(self, attempts: int) -> timedelta:
        """How long after the last of so many attempts the next one may begin."""
        return self._doubled(self.attempt_pause, attempts)

    def before_ask(self, asks: int) -> timedelta:
        """How long after so many fruitless questions the next one is put."""
        return self._doubled(self.ask_pause, asks)

    def before_probe(self, failures: int) -> timedelta:
        """How long nothing is sent after so many failures in a row."""
        return self._doubled(self.circuit_pause, failures - self.failures + 1)

    def _doubled(self, pause: float, times: int) -> timedelta:
        doublings = min(max(times - 1, 0), 30)
        return timedelta(seconds=min(pause * 2**doublings, max(pause, self.longest_pause)))
