"""Throw-away projects; the real one's database is never touched."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from hospital.launcher import sharing
from hospital.launcher.account import server_account
from hospital.launcher.cluster import Cluster, project_cluster
from hospital.launcher.environment import APPLICATION, CLUSTER_VARIABLE, OWNER
from hospital.launcher.places import Places, database_url, places_of
from hospital.launcher.stamps import MIGRATED, SEEDED, forget

REPOSITORY = Path(__file__).resolve().parents[2]
SETTINGS = ("DATABASE_URL", "DATABASE_OWNER_URL", CLUSTER_VARIABLE, "DEMO", "DEBUG", "SECRET_KEY")


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing given by the user, nor by the run.py that runs the tests."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder every user may enter, unlike pytest's own."""
    path = Path(tempfile.mkdtemp(prefix="launcher-test-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def places(folder: Path) -> Iterator[Places]:
    """A project without anything, and nothing left of it afterwards."""
    root = folder / "project"
    root.mkdir()
    yield from cleared(root)


def cleared(root: Path) -> Iterator[Places]:
    places = places_of(root)
    yield places
    if places.state.exists():
        sharing.stop(project_cluster(places))
        shutil.rmtree(places.state)


@pytest.fixture(scope="session")
def lasting() -> Iterator[Cluster]:
    """One finished cluster for the tests that leave it as it was: making it takes a second."""
    root = Path(tempfile.mkdtemp(prefix="launcher-test-"))
    for places in cleared(root):
        cluster = project_cluster(places)
        sharing.join(cluster).leave()
        yield cluster
    shutil.rmtree(root)


@pytest.fixture
def cluster(lasting: Cluster) -> Iterator[Cluster]:
    """A stopped cluster of a project that holds nothing else."""
    yield lasting
    sharing.stop(lasting)
    for name in (MIGRATED, SEEDED):
        forget(lasting.places, name)
    for path in lasting.places.root.iterdir():
        if path.is_symlink() or path.is_file():
            path.unlink()
        elif path != lasting.places.state:
            shutil.rmtree(path)


@pytest.fixture
def spoilable(places: Places, lasting: Cluster) -> Cluster:
    """A copy, for tests that break or delete it."""
    cluster = project_cluster(places)
    copy(lasting, cluster)
    return cluster


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A process that has nothing to do with us, though it runs as the database's user."""
    command = ["sleep", "60"]
    with subprocess.Popen(command, user=server_account().uid) as process:  # noqa: S607 - PATH's
        yield process
        process.kill()


def copy(made: Cluster, target: Cluster) -> None:
    """Copy the data with its owner."""
    paths = [str(cluster.places.cluster) for cluster in (made, target)]
    subprocess.run(["cp", "-a", *paths], check=True)  # noqa: S607 - PATH's


def answer(sockets: Path, sql: str, *, role: str = APPLICATION) -> object:
    """The first column of the first row."""
    connection = psycopg2.connect(database_url(role, sockets))
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()[0]
    finally:
        connection.close()


def as_owner(sockets: Path, sql: str) -> object:
    return answer(sockets, sql, role=OWNER)


def is_root() -> bool:
    return os.geteuid() == 0
