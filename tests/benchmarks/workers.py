"""Processes that each do one thing over one connection, as often as they can in a given time."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from itertools import cycle
from typing import IO
from uuid import uuid4

AMOUNT = Decimal("10.00")


@dataclass(frozen=True)
class Workers:
    """So many processes with a connection each; idle until they are measured."""

    processes: list[subprocess.Popen[str]]

    def rate(self, seconds: float) -> float:
        """Let all work for so long at once; how many acts a second they did together."""
        for process in self.processes:
            _stdin(process).write(f"{seconds}\n")
            _stdin(process).flush()
        return sum(float(_answer(process)) for process in self.processes)


@contextmanager
def workers(what: str, number: int, database: str, **environ: str) -> Iterator[Workers]:
    """Start processes that do ``what``, one of ``_acts()``, with these settings."""
    environ = {**os.environ, "DATABASE_URL": database, **environ}
    with ExitStack() as stack:
        started = [
            stack.enter_context(_worker(what, place, number, environ)) for place in range(number)
        ]
        for process in started:
            _answer(process)  # it is ready
        yield Workers(started)


@contextmanager
def _worker(
    what: str, place: int, number: int, environ: Mapping[str, str]
) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.workers", what, str(place), str(number)],
        env=dict(environ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C reaches the one who ends them
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _stdin(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stdin is not None
    return process.stdin


def _answer(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    answer = process.stdout.readline()
    if not answer:
        raise RuntimeError(f"a worker ended with code {process.wait()}")
    return answer


def main(what: str, place: int, number: int) -> None:
    """Be a worker: warm up, then work for so many seconds whenever a line says so."""
    import django  # only a worker needs it set up anew

    django.setup()
    act = _acts()[what](place, number)
    for _ in range(20):
        act()
    print("ready", flush=True)
    for line in sys.stdin:
        print(_rate(act, float(line)), flush=True)


def _rate(act: Callable[[], object], seconds: float) -> float:
    done = 0
    began = time.perf_counter()
    while (now := time.perf_counter()) < began + seconds:
        act()
        done += 1
    return done / (now - began)


def _acts() -> Mapping[str, Callable[[int, int], Callable[[], object]]]:
    from tests.benchmarks.wallets import ACTS  # needs Django set up

    return {"documents": _documents_deposit, "service": _service_deposit, **ACTS}


def _documents_deposit(place: int, number: int) -> Callable[[], object]:
    from tests.benchmarks.documents import deposit_to_wallet  # its model is for this process only
    from tests.benchmarks.ground import patients_and_cashiers

    patients = cycle(patients_and_cashiers()[0][place::number])
    return lambda: deposit_to_wallet(next(patients), AMOUNT)


def _service_deposit(place: int, number: int) -> Callable[[], object]:
    from client_wallet.services import deposit_to_wallet
    from hospital.core.acts import Act
    from hospital.core.models import User
    from tests.benchmarks.ground import patients_and_cashiers

    ids, cashiers = patients_and_cashiers()
    patients, cashier = cycle(ids[place::number]), User.objects.get(pk=cashiers[place])
    return lambda: deposit_to_wallet(
        patient_id=next(patients), amount=AMOUNT, act=Act(cashier, uuid4().hex)
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
