"""``python -m tests.benchmarks``: everything is measured in turn, round after round."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence

import django
from rich.console import Console

from tests.benchmarks.plan import QUICK, Plan


def main(arguments: Sequence[str]) -> int:
    """Run the benchmarks; 1 if a full run missed a goal."""
    parser = argparse.ArgumentParser(prog="run.py bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="see that it works; its figures mean nothing"
    )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hospital.settings")
    os.environ["TEST_CONTROLLER_PID"] = str(os.getpid())  # databases of our own, also below pytest
    plan = QUICK if parser.parse_args(arguments).quick else Plan()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    django.setup()
    from tests.benchmarks.session import run  # it imports models

    errors = Console(stderr=True)
    try:
        with errors.status("starting") as status:
            missed = run(plan, Console(width=120), status.update)
    except KeyboardInterrupt:
        errors.print("Stopped; nothing was left behind.")
        return 130
    return 1 if missed and plan is not QUICK else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
