"""Makes a new cluster with its roles and its database, whole or not at all."""

import os
import shutil
import tempfile
from pathlib import Path

from hospital.launcher.account import Account
from hospital.launcher.binaries import Binaries
from hospital.launcher.places import Places
from hospital.launcher.problems import Problem

MARKER_TEXT = "This PostgreSQL cluster was made by the hospital's run.py, which may delete it.\n"
UNFINISHED = "cluster.new-"

# One statement per line, as the single-user server reads them. Databases copy template1, so the
# tests' own have the same rules: the owner makes tables, the application cannot.
_ROLES = """\
ALTER SCHEMA public OWNER TO pg_database_owner
REVOKE CREATE ON SCHEMA public FROM PUBLIC
CREATE ROLE hospital_owner LOGIN CREATEDB NOSUPERUSER NOCREATEROLE
CREATE ROLE hospital_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE
"""
_DATABASE = """\
CREATE DATABASE hospital OWNER hospital_owner
REVOKE ALL ON DATABASE hospital FROM PUBLIC
GRANT CONNECT ON DATABASE hospital TO hospital_app
"""


def create_cluster(places: Places, account: Account, binaries: Binaries) -> None:
    """
    Make ``places.cluster``; an earlier attempt that broke off is cleared away first.

    :raises Problem: if PostgreSQL refuses, in its own words
    """
    _clear_unfinished(places)
    unfinished = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=places.state))
    unfinished.chmod(0o755)
    data = unfinished / "data"
    data.mkdir(mode=0o700)
    account.own(data)
    _initdb(data, account, binaries)
    _run_sql(_ROLES, "template1", data, account, binaries)
    _run_sql(_DATABASE, "postgres", data, account, binaries)
    (unfinished / places.marker.name).write_text(MARKER_TEXT, encoding="utf-8")
    if places.cluster.is_dir():
        places.cluster.rmdir()  # an empty one is nobody's
    unfinished.rename(places.cluster)
    _sync(places.state)


def _initdb(data: Path, account: Account, binaries: Binaries) -> None:
    command: list[str | Path] = [
        *(binaries.program("initdb"), "-D", data, "--username=postgres", "--encoding=UTF8"),
        *("--data-checksums", "--auth-local=trust", "--auth-host=reject"),
    ]
    answer = account.run([*command, "--locale=C.UTF-8"])
    if answer.returncode != 0 and "invalid locale" in answer.stderr:
        answer = account.run([*command, "--locale=C"])
    if answer.returncode != 0:
        raise Problem(f"PostgreSQL could not make its database: {_reason(answer.stderr)}")


def _run_sql(sql: str, database: str, data: Path, account: Account, binaries: Binaries) -> None:
    """Run statements as the superuser before any server listens; the first error ends them."""
    server = binaries.program("postgres")
    answer = account.run(
        [server, "--single", "-D", data, "-c", "exit_on_error=true", database], text=sql
    )
    if answer.returncode != 0 or "ERROR:" in answer.stderr:
        raise Problem(f"PostgreSQL could not make the hospital's roles: {_reason(answer.stderr)}")


def _reason(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL:" in line or "ERROR:" in line or "error:" in line]
    return (telling or lines or ["no reason given"])[-1]


def _clear_unfinished(places: Places) -> None:
    for leftover in places.state.glob(f"{UNFINISHED}*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _sync(directory: Path) -> None:
    """Make a rename survive a power cut."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
