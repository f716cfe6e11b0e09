"""The command line of ``run.py``."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from hospital.launcher import (
    bench,
    checks,
    children,
    doctor,
    packages,
    payouts,
    serve,
    server,
    sharing,
    suite,
    torture,
)
from hospital.launcher.cluster import project_cluster
from hospital.launcher.places import Places, places_of
from hospital.launcher.problems import Problem, Stopped

COMMANDS = """\
commands:
  (none)      start the hospital: packages, database, migrations, demo data, server
  manage ...  run manage.py with these arguments, also while the server runs
  test ...    run the tests; paths and options go to pytest
  bench       measure how fast money is taken; --quick only sees that it works
  torture     kill workers, servers and the database under load; see that no money is lost
  check       format, lint, types, imports, migrations, deployment
  stop        stop this project's server and database
  doctor      say what was found and what is missing
"""


def main(root: Path, arguments: Sequence[str]) -> int:
    """Run one command; its exit code. A problem is one sentence on stderr."""
    children.stop_on_signals()
    try:
        return _dispatch(places_of(root), list(arguments))
    except Problem as problem:
        print(f"run.py: {problem}", file=sys.stderr)
        return 1
    except Stopped as stopped:
        return 128 + stopped.signal_number


_TAKING_ARGUMENTS = {"test": suite.test, "bench": bench.bench, "torture": torture.torture}


def _dispatch(places: Places, arguments: list[str]) -> int:
    command, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if command == "manage":
        _require_packages(places)
        _become_manage(places, rest)
    if command in _TAKING_ARGUMENTS:
        _require_packages(places)
        return _TAKING_ARGUMENTS[command](places, rest)
    options = _parser().parse_args(arguments)
    return _run(options.command, places, options)


def _run(command: str, places: Places, options: argparse.Namespace) -> int:
    match command:
        case "check":
            _require_packages(places)
            return checks.check(places)
        case "stop":
            return _stop(places)
        case "doctor":
            return doctor.doctor(places, options.port)
    wish = serve.Wish(options.port, options.reset, options.yes, options.seed)
    return serve.serve(places, wish)


def _stop(places: Places) -> int:
    cluster = project_cluster(places)
    had_database = cluster.running() is not None
    stopped = [f"the server on port {port}" for port in server.stop_servers(places)]
    if payouts.stop(places):
        stopped.append("what pays withdrawals out")
    if sharing.stop(cluster) or had_database:
        stopped.append("the database")
    print(f"Stopped {' and '.join(stopped)}." if stopped else "Nothing was running.")
    return 0


def _require_packages(places: Places) -> None:
    done = packages.ensure_packages(places)
    if done != "up to date":
        print(f"run.py: packages {done}", file=sys.stderr)


def _become_manage(places: Places, arguments: list[str]) -> None:
    program = str(places.python)
    os.execv(program, [program, str(places.root / "manage.py"), *arguments])  # noqa: S606 - no shell


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="run.py",
        description="Starts a hospital's money desk on this machine.",
        epilog=COMMANDS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", nargs="?", default="", choices=["", "check", "stop", "doctor"])
    parser.add_argument("--port", type=_port, default=8000, help="default: 8000")
    parser.add_argument("--reset", action="store_true", help="delete the database first")
    parser.add_argument("--yes", action="store_true", help="do not ask before --reset")
    parser.add_argument("--no-seed", dest="seed", action="store_false", help="no demo data")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError("must be a number from 1 to 65535")
    return int(text)
