"""``python3 run.py check``: format, lint, types, imports, migrations, deployment."""

import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass

from hospital.launcher import children
from hospital.launcher.environment import CLUSTER_VARIABLE
from hospital.launcher.places import Places

LINT_IMPORTS = (
    "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()"
)


@dataclass(frozen=True)
class Check:
    name: str
    arguments: tuple[str, ...]  # of the venv's python
    production: bool = False


CHECKS = (
    Check("ruff format", ("-m", "ruff", "format", "--check", "--output-format=concise", ".")),
    Check("ruff check", ("-m", "ruff", "check", "--quiet", "--output-format=concise", ".")),
    Check("mypy", ("-m", "mypy", "--no-error-summary")),
    Check("lint-imports", ("-c", LINT_IMPORTS)),
    Check("makemigrations", ("manage.py", "makemigrations", "--check", "--dry-run")),
    Check(
        "check --deploy",
        ("manage.py", "check", "--deploy", "--fail-level", "WARNING"),
        production=True,
    ),
)


def check(places: Places) -> int:
    """Run every check, whatever fails before; 1 if any failed."""
    results = [_passes(one, places) for one in CHECKS]
    failed = [one.name for one, passed in zip(CHECKS, results, strict=True) if not passed]
    print(f"\n  {'failed: ' + ', '.join(failed) if failed else 'all checks passed'}", flush=True)
    return 1 if failed else 0


def throw_away_environment(environ: Mapping[str, str], *, production: bool) -> dict[str, str]:
    """Settings that are complete and lead nowhere: no check may depend on anybody's data."""
    dropped = {"DEMO", "DEMO_PASSWORD", "DATABASE_OWNER_URL", CLUSTER_VARIABLE}
    kept = {name: value for name, value in environ.items() if name not in dropped}
    return {
        **kept,
        **({} if production else {"DEMO": "1"}),
        "DEBUG": "0",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "ALLOWED_HOSTS": "hospital.example",
        "DATABASE_URL": "postgresql://hospital_app@/hospital?host=/nowhere",
        "PYTHONWARNINGS": "ignore::RuntimeWarning",  # makemigrations misses the database
    }


def _passes(one: Check, places: Places) -> bool:
    began = time.monotonic()
    environ = throw_away_environment(os.environ, production=one.production)
    answer = children.quietly([places.python, *one.arguments], cwd=places.root, env=environ)
    passed = answer.returncode == 0
    took = time.monotonic() - began
    print(f"  {one.name:<16}{'ok' if passed else 'FAILED':<8}{took:6.1f} s", flush=True)
    if not passed:
        print(f"{answer.stdout}{answer.stderr}", flush=True)
    return passed
