"""``python3 run.py doctor``: what was found, and what is missing."""

import os
import platform
import shutil
import sys
from collections.abc import Callable

from hospital.launcher import binaries, database, packages, server
from hospital.launcher.account import server_account
from hospital.launcher.cluster import project_cluster
from hospital.launcher.environment import is_production, uses_own_cluster
from hospital.launcher.places import Places
from hospital.launcher.problems import Problem

LITTLE_SPACE = 1_000_000_000  # bytes


def doctor(places: Places, port: int) -> int:
    """Print one line per finding; 1 if something stands in the way."""
    subjects: list[tuple[str, Callable[[], str]]] = [
        ("python", _python),
        ("uv", lambda: packages.find_uv() or "not found, pip is used"),
        ("venv module", lambda: _venv_module()),
        (".venv", lambda: _packages(places)),
        ("PostgreSQL", lambda: _programs(places)),
        ("database", lambda: _database(places)),
        ("port", lambda: _port(port)),
        ("disk", lambda: _disk(places)),
    ]
    fine = [_report(label, look) for label, look in subjects]
    return 0 if all(fine) else 1


def _report(label: str, look: Callable[[], str]) -> bool:
    try:
        finding, fine = look(), True
    except Problem as problem:
        finding, fine = str(problem), False
    print(f"  {'ok  ' if fine else 'NOT '} {label:<14}{finding}", flush=True)
    return fine


def _python() -> str:
    return f"{platform.python_version()} in {sys.executable}"


def _venv_module() -> str:
    if packages.can_make_venv():
        return "present"
    if packages.find_uv():
        return "not found, uv is used"
    raise Problem(packages.NO_VENV)


def _packages(places: Places) -> str:
    return packages.state(places)


def _programs(places: Places) -> str:
    if not uses_own_cluster(places, os.environ):
        return "not needed: the database is named by DATABASE_URL"
    project_cluster(places)
    found = [str(one) for one in binaries.candidates(places, server_account())]
    if found:
        return ", ".join(found)
    if not places.venv.exists():
        return "not on this machine; comes with the packages on the first start"
    raise Problem("neither on this machine nor in .venv")


def _database(places: Places) -> str:
    if uses_own_cluster(places, os.environ):
        cluster = project_cluster(places)
        version = cluster.version()
        if version is None:
            return f"none yet; the first start makes it in {places.cluster}"
        state = "running" if cluster.running() else "stopped"
        return f"PostgreSQL {version}, {state}, in {places.cluster}"
    if not os.environ.get("DATABASE_URL"):
        raise Problem("DEBUG is off and DATABASE_URL is not set")
    database.require_reachable(places, os.environ)
    mode = "production" if is_production(os.environ) else "demo"
    return f"{database.redacted(os.environ['DATABASE_URL'])} answers ({mode})"


def _port(port: int) -> str:
    server.require_free_port(port)
    return f"{port} is free"


def _disk(places: Places) -> str:
    place = next(one for one in (places.state, *places.state.parents) if one.exists())
    free = shutil.disk_usage(place).free
    if free < LITTLE_SPACE:
        raise Problem(f"only {free / 1e9:.1f} GB are free in {place}")
    return f"{free / 1e9:.1f} GB free in {place}"
