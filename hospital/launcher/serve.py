"""``python3 run.py``: from a fresh clone to a hospital that answers."""

import contextlib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from hospital.launcher import database, payouts, preparation, server, sharing
from hospital.launcher.cluster import project_cluster
from hospital.launcher.environment import hospital_environment, is_on, uses_own_cluster
from hospital.launcher.locks import one_at_a_time
from hospital.launcher.packages import ensure_packages
from hospital.launcher.places import Places, prepare_state
from hospital.launcher.problems import Problem, Stopped
from hospital.launcher.reporting import step
from hospital.launcher.sharing import Membership

LOGINS = "admin, cashier, supervisor, pharmacist, laboratory, accountant, auditor, patient"


@dataclass(frozen=True)
class Wish:
    port: int = 8000
    reset: bool = False
    yes: bool = False
    seed: bool = True


def serve(places: Places, wish: Wish) -> int:
    """Run the hospital until Ctrl-C or SIGTERM; the exit code."""
    server.require_free_port(wish.port)
    prepare_state(places)
    own = uses_own_cluster(places, os.environ)
    if wish.reset:
        _confirm_reset(places, own=own, yes=wish.yes)
    with step("Packages") as packages:
        packages.result = ensure_packages(places)
    if wish.reset:
        with step("Reset"):
            sharing.reset(project_cluster(places))
            payouts.forget(places)
    with contextlib.ExitStack() as stack:
        with step("Database") as found:
            environ, membership = stack.enter_context(hospital_environment(places.root, os.environ))
            found.result = _database(places, environ, membership)
        with one_at_a_time(places.state / "prepare.lock"):
            _prepare(places, environ, own=own, seed=wish.seed)
        return _serve_until_stopped(places, wish.port, environ, membership)


def _prepare(places: Places, environ: Mapping[str, str], *, own: bool, seed: bool) -> None:
    with step("Migrations") as migrations:
        migrations.result = preparation.migrate(places, environ, own=own)
    with step("Demo data") as demo:
        demo.result = preparation.seed(places, environ, own=own, wanted=seed)


def _serve_until_stopped(
    places: Places, port: int, environ: Mapping[str, str], membership: Membership | None
) -> int:
    locks = () if membership is None else (membership.lock,)
    try:
        with contextlib.ExitStack() as stack:
            is_demo = is_on(environ.get("DEMO", ""))
            bank = stack.enter_context(payouts.sandbox_bank(places, environ, wanted=is_demo))
            environ = payouts.with_bank(places, environ, bank)
            with step("Server") as ready:
                web = stack.enter_context(server.serving(places, port, environ, locks=locks))
                web.wait_until_ready()
                ready.result = "ready"
            if bank:
                stack.enter_context(payouts.workers(places, environ, port, locks=locks))
            _greet(
                port,
                environ,
                bank=bank,
                demo=preparation.has_demo_data(places, environ, own=membership is not None),
            )
            web.process.wait()
            raise web.death()
    except Stopped:
        print("\nStopped.", flush=True)
        return 0


def _database(places: Places, environ: Mapping[str, str], membership: Membership | None) -> str:
    if membership is not None:
        return f"PostgreSQL {membership.cluster.version()} in {places.cluster}"
    if not environ.get("DATABASE_URL"):
        return "not named"  # the settings refuse, with a sentence of theirs
    database.require_reachable(places, environ)
    return database.redacted(environ["DATABASE_URL"])


def _confirm_reset(places: Places, *, own: bool, yes: bool) -> None:
    if not own:
        raise Problem("--reset deletes the database run.py made, never one you named.")
    if yes:
        return
    if not sys.stdin.isatty():
        raise Problem("--reset deletes all data: say --yes when nobody can be asked.")
    answer = input(f"Delete all data in {places.cluster}? Type yes: ")
    if answer.strip().lower() not in {"y", "yes"}:
        raise Problem("Nothing was deleted.")


def _greet(port: int, environ: Mapping[str, str], *, bank: str, demo: bool) -> None:
    address = f"http://{server.HOST}:{port}"
    print(f"\n  Hospital       {address}/")
    print(f"  The desk       {address}/admin/")
    print(f"  API docs       {address}/api/docs/")
    if bank:
        print(f"  Sandbox bank   {bank}/")
    if demo:
        print(f"  Demo logins    {LOGINS}")
        print(f"  Password       {environ.get('DEMO_PASSWORD') or 'demo'}")
    print("\n  Ctrl-C stops it.", flush=True)
