"""``python3 run.py test``: the tests in parallel, then the races alone."""

import os
from collections.abc import Sequence

from hospital.launcher import children, database
from hospital.launcher.environment import hospital_environment
from hospital.launcher.places import Places

PASSED, FAILED, NOTHING_COLLECTED = 0, 1, 5  # pytest's exit codes


def test(places: Places, arguments: Sequence[str]) -> int:
    """Run pytest, ``arguments`` passed on; its exit code, the worse of two phases."""
    with hospital_environment(places.root, os.environ) as (environ, membership):
        if membership is None and environ.get("DATABASE_URL"):
            database.require_reachable(places, environ)
        results: list[int] = []
        for phase in phases(arguments):
            command = [str(places.python), "-m", "pytest", *phase, *arguments]
            results.append(children.aloud(command, cwd=places.root, env=environ))
            if results[-1] not in (PASSED, FAILED, NOTHING_COLLECTED):
                break  # interrupted, or called wrongly: the next phase would say the same
        return worst(results)


def phases(arguments: Sequence[str]) -> list[list[str]]:
    """What each phase adds; a selection of the user's own is one phase."""
    if any(one == "-m" or (one[:2] == "-m" and len(one) > 2) for one in arguments):
        return [[]]
    workers = ["-n", str(max(2, os.cpu_count() or 2))]
    chosen = any(one[:2] == "-n" or one.startswith("--numprocesses") for one in arguments)
    parallel = ["--dist", "loadgroup", *([] if chosen else workers)]  # one worker has the browser
    return [
        ["-m", "not race and not slow", *parallel],
        ["-m", "race and not slow", *(["-n", "0"] if chosen else [])],
    ]


def worst(results: Sequence[int]) -> int:
    """One phase without tests is fine; none in any is an error."""
    telling = [code for code in results if code != NOTHING_COLLECTED]
    if not telling:
        return NOTHING_COLLECTED
    return max(telling)
