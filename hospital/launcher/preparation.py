"""Migrates the database, and fills it with the demo's data on the first run."""

from collections.abc import Mapping
from pathlib import Path

from hospital.launcher import children, stamps
from hospital.launcher.environment import is_on
from hospital.launcher.places import Places
from hospital.launcher.problems import Problem

NOT_WANTED = "not wanted"
_HAS_USERS = (
    "from django.contrib.auth import get_user_model; print(int(get_user_model().objects.exists()))"
)


def migrate(places: Places, environ: Mapping[str, str], *, own: bool) -> str:
    """
    Apply the migrations if there are any, and say what was done.

    :raises Problem: if they fail, or there is no owner to run them
    """
    digest = stamps.code_digest(places) if own else ""
    if own and stamps.read(places, stamps.MIGRATED) == digest:
        return "up to date"
    if not own and not environ.get("DATABASE_OWNER_URL"):
        _require_migrated(places, environ)
        return "up to date"
    _manage(places, environ, "The migrations failed", "migrate", "--no-input", "--verbosity=0")
    if own:
        stamps.write(places, stamps.MIGRATED, digest)
    return "migrated"


def seed(places: Places, environ: Mapping[str, str], *, own: bool, wanted: bool) -> str:
    """
    Make the demo's data if this is the first run, and say what was done.

    :raises Problem: if it fails; the next start tries again
    """
    if not is_on(environ.get("DEMO", "")):
        return "not in the demo"
    if not _first_run(places, environ, own=own):
        return "as the first run left it"
    if wanted:
        _manage(places, environ, "Making the demo data failed", "seed_demo")
    if own:
        stamps.write(places, stamps.SEEDED, "yes" if wanted else NOT_WANTED)
    return "made" if wanted else "left out"


def has_demo_data(places: Places, environ: Mapping[str, str], *, own: bool) -> bool:
    """True if the demo's logins are worth printing."""
    demo = is_on(environ.get("DEMO", ""))
    return demo and not (own and stamps.read(places, stamps.SEEDED) == NOT_WANTED)


def _first_run(places: Places, environ: Mapping[str, str], *, own: bool) -> bool:
    if own:
        return not stamps.read(places, stamps.SEEDED)
    answer = _manage(places, environ, "The database cannot be read", "shell", "-c", _HAS_USERS)
    return answer.split()[-1:] == ["0"]


def _require_migrated(places: Places, environ: Mapping[str, str]) -> None:
    command = _command(places, "migrate", "--check", "--verbosity=0")
    answer = children.quietly(command, cwd=places.root, env=environ)
    if answer.returncode != 0 and answer.stderr.strip():
        raise _failure("The migrations cannot be read", answer.stderr)
    if answer.returncode != 0:
        raise Problem(
            "The database lacks migrations, and only its owner may run them: "
            "set DATABASE_OWNER_URL."
        )


def _manage(places: Places, environ: Mapping[str, str], failure: str, *arguments: str) -> str:
    answer = children.quietly(_command(places, *arguments), cwd=places.root, env=environ)
    if answer.returncode != 0:
        raise _failure(failure, answer.stderr or answer.stdout)
    return answer.stdout


def _failure(what: str, output: str) -> Problem:
    """What manage.py said: its own sentence alone, or the end of a traceback."""
    said = children.tail(output)
    sentence = said.removeprefix("manage.py: ")
    return Problem(sentence if sentence != said else f"{what}: {said}")


def _command(places: Places, *arguments: str) -> list[str | Path]:
    return [places.python, "manage.py", *arguments]
