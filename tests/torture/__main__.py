"""``python -m tests.torture``: what survives when everything is killed all the time."""

import argparse
import os
import secrets
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from types import FrameType

import django
from rich.console import Console

from hospital.launcher.problems import Problem, Stopped
from tests.sandbox.banks import running
from tests.torture.ground import environment, throw_away_ground
from tests.torture.plan import FULL_MINUTES, Plan
from tests.torture.programs import migrate
from tests.torture.progress import progress


def main(arguments: Sequence[str], **twin: object) -> int:
    """Run it; 1 if anything was wrong, or too little was done to prove anything."""
    plan = replace(_plan(arguments), **twin)  # type: ignore[arg-type] # fields of a Plan
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        return _run(plan)
    except Problem as problem:
        print(f"run.py: {problem}", file=sys.stderr)
        return 1
    except Stopped as stopped:
        print("Stopped; nothing was left behind.", file=sys.stderr)
        return 128 + stopped.signal_number


def _run(plan: Plan) -> int:
    with progress() as tell, throw_away_ground() as ground:
        options = [*("--seed", str(plan.seed)), *("--finality-seconds", str(plan.finality))]
        kind = "--idempotent" if plan.idempotent else "--not-idempotent"
        with running(ground.places.state / "bank.db", *options, kind) as bank:
            environ = environment(
                ground,
                f"http://127.0.0.1:{bank.port}",
                BANK_DEADLINE_SECONDS=str(plan.deadline),
                BANK_FINALITY_SECONDS=str(plan.finality),
                BANK_RETRY_SECONDS="1",
                BANK_ASKS="5",  # few enough that some end in review
            )
            tell("migrations", 0.0)
            migrate(ground, environ)
            os.environ.clear()  # not a setting of the user's
            os.environ.update(environ)
            django.setup()
            from tests.torture.report import is_good, print_report  # imports models
            from tests.torture.session import torture  # imports models

            outcome = torture(plan, ground, bank, environ, tell)
    print_report(plan, outcome, Console(width=100))
    return 0 if is_good(plan, outcome) else 1


def _plan(arguments: Sequence[str]) -> Plan:
    parser = argparse.ArgumentParser(prog="run.py torture", description=__doc__)
    parser.add_argument(
        "--minutes",
        type=float,
        default=FULL_MINUTES,
        help=f"of load, kills and faults; {FULL_MINUTES:g}, the default, make a full run",
    )
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument(
        "--no-idempotency",
        action="store_true",
        help="against a bank that pays a reference as often as it is told to",
    )
    given = parser.parse_args(arguments)
    if not 0 < given.minutes <= 600:
        parser.error("--minutes must be above 0, and 600 at most")
    return Plan(given.minutes, given.seed, idempotent=not given.no_idempotency)


def _stop(number: int, _frame: FrameType | None) -> None:
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, signal.SIG_IGN)  # the way out must not be cut off
    raise Stopped(number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
