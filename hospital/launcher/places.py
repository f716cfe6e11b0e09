"""Where the launcher keeps things: in the project's var/, or for root below /var/lib."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal
from urllib.parse import quote

from hospital.launcher.account import Account
from hospital.launcher.problems import Problem

ROOT_STATE = Path("/var/lib/hospital-desk")
SOCKET_PATH_LIMIT = 107  # bytes; sun_path holds 108 with its end marker
SOCKET_NAME = ".s.PGSQL.5432"
SHORT_SOCKETS = Path("/tmp")  # noqa: S108 - a private directory in it, verified in private_directory


@dataclass(frozen=True)
class Places:
    """The project and the directory that holds its state (logs, locks, keys, database)."""

    root: Path
    state: Path

    @property
    def cluster(self) -> Path:
        """Holds the marker, the stamps and ``data``; made whole or not at all."""
        return self.state / "cluster"

    @property
    def data(self) -> Path:
        return self.cluster / "data"

    @property
    def marker(self) -> Path:
        return self.cluster / "made-by-hospital-desk"

    @property
    def binaries(self) -> Path:
        return self.state / "binaries"

    @property
    def database_log(self) -> Path:
        return self.state / "postgres.log"

    @property
    def secret_key(self) -> Path:
        return self.state / "secret_key"

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"


def places_of(root: Path) -> Places:
    """The places of the project at ``root``; nothing is created."""
    real = root.resolve()
    if os.geteuid() != 0:
        return Places(root=real, state=real / "var")
    return Places(root=real, state=ROOT_STATE / _digest(real))


def prepare_state(places: Places) -> None:
    """
    Create the state directory.

    :raises Problem: if it cannot be written, or is not ours
    """
    try:
        if os.geteuid() == 0:
            ROOT_STATE.mkdir(mode=0o755, parents=True, exist_ok=True)
            places.state.mkdir(mode=0o711, exist_ok=True)
            (places.state / "project").write_text(f"{places.root}\n", encoding="utf-8")
        else:
            places.state.mkdir(exist_ok=True)
    except OSError as error:
        raise Problem(f"Cannot write {places.state}: {error.strerror}.") from error
    if not os.access(places.state, os.W_OK | os.X_OK):
        raise Problem(f"Cannot write {places.state}: it belongs to another user.")


def socket_directory(places: Places, account: Account) -> Path:
    """Where the unix socket is: in the state directory, or a short path when that cannot be."""
    near = places.state / "run"
    fits = len(os.fsencode(near / SOCKET_NAME)) <= SOCKET_PATH_LIMIT
    if fits and "," not in str(near):  # libpq takes a comma for the end of a host
        return near
    return SHORT_SOCKETS / f"hospital-desk-{account.uid}-{_digest(places.root)}"


def private_directory(path: Path, account: Account) -> None:
    """
    Make ``path`` a directory that only ``account`` enters.

    :raises Problem: if something else is there already
    """
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        account.own(path)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or found.st_mode & 0o077:
        raise Problem(f"{path} must be a directory of {account.name} with mode 0700: remove it.")


def open_log(path: Path, mode: Literal["ab", "wb"]) -> BinaryIO:
    """Open a log that only its owner reads."""
    return open(path, mode, opener=lambda name, flags: os.open(name, flags, 0o600))


def database_url(role: str, sockets: Path) -> str:
    """The URL of the embedded database for one of its roles."""
    return f"postgresql://{role}@/hospital?host={quote(str(sockets), safe='')}"


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
