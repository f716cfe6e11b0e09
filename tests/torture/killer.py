"""Kills what the plan says when it says so, one after the other, and starts it again."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.torture.plan import Moment, Plan
from tests.torture.programs import Hospital

LOOKS_EVERY_SECONDS = 0.1
STOP_SECONDS = 60.0  # the database may be about to start


@dataclass
class Killer:
    """One thread. What ended by itself it starts again, also when nothing is left to kill."""

    hospital: Hospital
    moments: list[Moment]
    dice: random.Random
    stop: threading.Event = field(default_factory=threading.Event)
    trouble: list[str] = field(default_factory=list)
    began: float | None = None

    def begin(self) -> None:
        self.began = time.monotonic()

    @property
    def is_done(self) -> bool:
        return not self.moments or bool(self.trouble)

    @property
    def said(self) -> str:
        kills = (f"{number} {victim}" for victim, number in self.hospital.kills.items())
        return f"killed: {', '.join(kills) or 'none'}"

    def work(self) -> None:
        try:
            while not self.stop.wait(LOOKS_EVERY_SECONDS):
                self.hospital.tend()
                while self._is_time() and not self.stop.is_set():
                    self.hospital.kill(self.moments[0].what, self.dice)
                    self.moments.pop(0)
        except Exception as error:  # noqa: BLE001 - whatever it is, the run has failed
            self.trouble.append(f"what was killed could not be started again: {error!r}")

    def _is_time(self) -> bool:
        if self.began is None or not self.moments:
            return False
        return time.monotonic() >= self.began + self.moments[0].at


@contextmanager
def killing(hospital: Hospital, plan: Plan) -> Iterator[Killer]:
    killer = Killer(hospital, plan.kills(), random.Random(f"{plan.seed}/victims"))
    thread = threading.Thread(target=killer.work, daemon=True)
    thread.start()
    try:
        yield killer
    finally:
        killer.stop.set()
        thread.join(STOP_SECONDS)
