"""``python3 run.py bench``: how fast money is taken on this machine, in a database apart."""

import os
from collections.abc import Sequence

from hospital.launcher import children, database
from hospital.launcher.environment import hospital_environment
from hospital.launcher.places import Places


def bench(places: Places, arguments: Sequence[str]) -> int:
    """Run the benchmarks, ``arguments`` passed on; their exit code."""
    with hospital_environment(places.root, os.environ) as (environ, membership):
        if membership is None and environ.get("DATABASE_URL"):
            database.require_reachable(places, environ)
        command = [str(places.python), "-m", "tests.benchmarks", *arguments]
        return children.aloud(command, cwd=places.root, env=environ)
