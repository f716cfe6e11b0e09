"""A PostgreSQL of its own, thrown away afterwards: durable, and killed as a power cut would."""

import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from hospital.launcher import processes
from hospital.launcher.cluster import Cluster, project_cluster
from hospital.launcher.environment import APPLICATION, OWNER
from hospital.launcher.places import Places, database_url, places_of, socket_directory

ROOT = Path(__file__).resolve().parents[2]
GONE_SECONDS = 30.0
_NAMED = "hospital-torture-"
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONPATH")


@dataclass(frozen=True)
class Ground:
    """The cluster, and where programs of the hospital find it."""

    cluster: Cluster

    @property
    def places(self) -> Places:
        """The project's programs, with their logs in the throw-away state."""
        return Places(root=ROOT, state=self.cluster.places.state)

    def url(self, role: str = APPLICATION) -> str:
        return database_url(role, socket_directory(self.cluster.places, self.cluster.account))

    @property
    def owner(self) -> Mapping[str, str]:
        return {"DATABASE_OWNER_URL": self.url(OWNER)}

    def kill_database(self) -> None:
        """SIGKILL the postmaster and every backend, wait for the last, and start it again."""
        found = self.cluster.running()
        if found is not None:
            family = [found.pid, *processes.children_of(found.pid)]
            for pid in family:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            for pid in family:
                processes.wait_until_gone(pid, seconds=GONE_SECONDS)
        self.cluster.start()


@contextmanager
def throw_away_ground() -> Iterator[Ground]:
    """Start a cluster that nobody else uses; it is deleted on the way out."""
    _clear_leftovers()
    folder = Path(tempfile.mkdtemp(prefix=f"{_NAMED}{os.getpid()}-"))
    folder.chmod(0o755)  # PostgreSQL's account passes through it
    try:
        cluster = project_cluster(places_of(folder))
        cluster.start()
        yield Ground(cluster)
    finally:
        _clear(folder)


def environment(ground: Ground, bank: str, **more: str) -> dict[str, str]:
    """Return the environment of every program of the hospital: no setting of the user's."""
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "hospital.settings",
        "DATABASE_URL": ground.url(),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "DEMO": "1",
        "DEBUG": "0",
        "ALLOWED_HOSTS": "127.0.0.1",
        "ACCESS_TOKEN_MINUTES": "1000",
        "BANK_URL": bank,
        "LOG_LEVEL": "WARNING",
        **more,
    }


def _clear_leftovers() -> None:
    """Clear away what a run that was killed left behind."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_NAMED}*"):
        pid = folder.name.removeprefix(_NAMED).partition("-")[0]
        if pid.isdecimal() and not processes.is_alive(int(pid)) and os.access(folder, os.W_OK):
            _clear(folder)


def _clear(folder: Path) -> None:
    places = places_of(folder)
    if places.state.exists():
        cluster = project_cluster(places)
        cluster.stop()
        shutil.rmtree(socket_directory(places, cluster.account), ignore_errors=True)
        shutil.rmtree(places.state)
    shutil.rmtree(folder, ignore_errors=True)
