"""Django's commands, with the project's database found or started as run.py does."""

import os
import signal
import sys
from pathlib import Path
from types import FrameType

from hospital.launcher.environment import hospital_environment
from hospital.launcher.places import places_of
from hospital.launcher.problems import Problem
from hospital.launcher.stamps import MIGRATED, UNDOING, forget

ROOT = Path(__file__).resolve().parent


def main() -> None:
    signal.signal(signal.SIGTERM, _leave)
    if UNDOING & set(sys.argv[1:2]):
        forget(places_of(ROOT), MIGRATED)
    with hospital_environment(ROOT, os.environ) as (environ, _membership):
        os.environ.update(environ)
        run_command()


def run_command() -> None:
    """Run Django's command; a setting or a database it lacks is one sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hospital.settings")
    from django.core.exceptions import ImproperlyConfigured  # may not be installed
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    from hospital.core.audit.marks import marked_as_command  # needs Django

    try:
        with marked_as_command(sys.argv):
            execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        raise Problem(str(error)) from error
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", None) is None:  # libpq's own: never connected
            reason = " ".join(str(error).split())
            raise Problem(f"The database cannot be reached: {reason}") from error
        raise


def _leave(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)  # through the ``with`` above, so the last one out stops the database


if __name__ == "__main__":
    try:
        main()
    except Problem as problem:
        sys.exit(f"manage.py: {problem}")
    except ModuleNotFoundError as error:
        if error.name != "django":
            raise
        sys.exit("manage.py: Django is not installed: pip install -r requirements.txt")
