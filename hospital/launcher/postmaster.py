"""The server process of one data directory, as its ``postmaster.pid`` describes it."""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from hospital.launcher import processes
from hospital.launcher.places import SOCKET_NAME


@dataclass(frozen=True)
class Postmaster:
    pid: int
    sockets: Path
    ready: bool


def running_postmaster(data: Path) -> Postmaster | None:
    """The server running on this data directory; None when there is none, whatever a file says."""
    lines = _lines(data / "postmaster.pid")
    pid = _first_number(lines)
    if pid is None or not _serves(pid, data):
        return None
    # Line 5 is the socket directory, line 8 the state: src/include/utils/pidfile.h of PostgreSQL.
    sockets = Path(lines[4].strip()) if len(lines) > 4 else Path()
    ready = len(lines) > 7 and lines[7].strip() == "ready"
    return Postmaster(pid, sockets, ready)


def forget_dead_postmaster(data: Path, sockets: Path) -> None:
    """
    Remove the lock files of a server that was killed.

    PostgreSQL itself believes them when another process has the number by now. Its second check,
    on shared memory still in use, stays in place.
    """
    locks = (data / "postmaster.pid", sockets / f"{SOCKET_NAME}.lock", sockets / SOCKET_NAME)
    for leftover in locks:
        with contextlib.suppress(FileNotFoundError):
            leftover.unlink()


def _serves(pid: int, data: Path) -> bool:
    arguments = processes.command_line(pid)
    named = bool(arguments) and os.path.basename(arguments[0]) == "postgres"
    return named and str(data) in arguments and processes.is_alive(pid)


def _first_number(lines: list[str]) -> int | None:
    try:
        return abs(int(lines[0]))
    except (IndexError, ValueError):
        return None


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
