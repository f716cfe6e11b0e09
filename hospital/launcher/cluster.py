"""Starts and stops the project's own PostgreSQL; callers hold the gate of ``sharing``."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from hospital.launcher import processes
from hospital.launcher.account import Account, server_account
from hospital.launcher.binaries import Binaries, find_binaries
from hospital.launcher.creation import create_cluster
from hospital.launcher.places import (
    Places,
    open_log,
    prepare_state,
    private_directory,
    socket_directory,
)
from hospital.launcher.postmaster import Postmaster, forget_dead_postmaster, running_postmaster
from hospital.launcher.problems import Problem

START_SECONDS = 300.0  # crash recovery of a large database takes its time
STOP_SECONDS = 60.0
STILL_IN_USE = "shared memory block"  # backends of a killed server are still leaving
LOG_LIMIT = 10_000_000  # bytes

_children: dict[int, subprocess.Popen[bytes]] = {}  # servers this process started, to be reaped


@dataclass(frozen=True)
class Cluster:
    places: Places
    account: Account

    def running(self) -> Postmaster | None:
        """The server, if it runs and answers."""
        found = running_postmaster(self.places.data)
        return found if found is not None and found.ready else None

    def start(self) -> Postmaster:
        """
        Start the server, on a new cluster if there is none yet; does nothing when it runs.

        :raises Problem: if the directory is not ours or broken, or the server refuses to start
        """
        found = self.running()
        if found is not None:
            return found
        binaries = self._binaries()
        if not self.places.marker.exists():
            create_cluster(self.places, self.account, binaries)
        sockets = socket_directory(self.places, self.account)
        private_directory(sockets, self.account)
        return self._launch(binaries, sockets)

    def stop(self) -> bool:
        """Stop the server and wait for it; false when none ran."""
        found = running_postmaster(self.places.data)
        if found is None:
            return False
        os.kill(found.pid, signal.SIGINT)  # PostgreSQL's fast shutdown: clients off, data flushed
        child = _children.pop(found.pid, None)
        if child is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(STOP_SECONDS)
        if not processes.wait_until_gone(found.pid, seconds=STOP_SECONDS):
            raise Problem(f"PostgreSQL (process {found.pid}) did not stop in {STOP_SECONDS:.0f} s.")
        return True

    def delete(self) -> None:
        """
        Delete the cluster; the server must be stopped.

        :raises Problem: if the directory is not one of ours
        """
        self.check_ours()
        if self.places.cluster.exists():
            doomed = Path(tempfile.mkdtemp(prefix="cluster.old-", dir=self.places.state))
            self.places.cluster.rename(doomed / "cluster")
        for leftover in self.places.state.glob("cluster.old-*"):
            shutil.rmtree(leftover)

    def check_ours(self) -> None:
        """:raises Problem: if something that is not ours lies where the cluster belongs"""
        cluster = self.places.cluster
        if not cluster.exists() and not cluster.is_symlink():
            return
        if not cluster.is_dir():
            raise Problem(f"{cluster} is not a directory: move it away.")
        if cluster.stat().st_uid != os.geteuid():
            raise Problem(f"{cluster} belongs to another user: start as that user.")
        if any(cluster.iterdir()) and not self.places.marker.is_file():
            raise Problem(f"{cluster} was not made by run.py and is left alone: move it away.")

    def version(self) -> int | None:
        """
        The major version that made the data; None when there is none yet.

        :raises Problem: if the directory is not ours or broken
        """
        self.check_ours()
        if not self.places.marker.exists():
            return None
        data = self.places.data
        try:
            version = (data / "PG_VERSION").read_text(encoding="ascii").strip()
            complete = (data / "global" / "pg_control").is_file()
        except (OSError, UnicodeDecodeError):
            version, complete = "", False
        if not (version.isdecimal() and complete):
            raise Problem(
                f"The database in {data} is broken and is left alone: restore it from a backup, "
                "or start afresh with --reset."
            )
        return int(version)

    def _binaries(self) -> Binaries:
        return find_binaries(self.places, self.account, major=self.version())

    def _launch(self, binaries: Binaries, sockets: Path) -> Postmaster:
        deadline = time.monotonic() + START_SECONDS
        while True:
            if running_postmaster(self.places.data) is None:
                forget_dead_postmaster(self.places.data, sockets)
            started_from = _size(self.places.database_log)
            with _log(self.places.database_log) as log:
                child = self.account.start(_command(binaries, self.places.data, sockets), log=log)
            ready = _wait_until_ready(child, self.places.data, deadline)
            if ready is not None:
                _children[child.pid] = child
                return ready
            reason = _fatal_line(self.places.database_log, started_from)
            if STILL_IN_USE not in reason or time.monotonic() > deadline:
                raise Problem(
                    f"PostgreSQL did not start: {reason} (see {self.places.database_log})"
                )
            time.sleep(0.2)


def project_cluster(places: Places) -> Cluster:
    """The cluster of a project, whether it exists yet or not."""
    prepare_state(places)
    return Cluster(places, server_account())


def _command(binaries: Binaries, data: Path, sockets: Path) -> list[str | Path]:
    quoted = str(sockets).replace('"', '""')  # the setting is a list with SQL's double quotes
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": f'"{quoted}"',
        "unix_socket_permissions": "0700",
        "max_connections": "200",
        "log_line_prefix": "%m [%p] ",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return [binaries.program("postgres"), "-D", data, *options]


def _wait_until_ready(
    child: subprocess.Popen[bytes], data: Path, deadline: float
) -> Postmaster | None:
    """The server once it answers; None when it ended instead."""
    found = None
    try:
        while found is None and child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
            found = _answering(child.pid, data)
    finally:
        if found is None and child.poll() is None:  # too slow, or we are told to stop
            child.send_signal(signal.SIGINT)
            child.wait()
    return found


def _answering(pid: int, data: Path) -> Postmaster | None:
    found = running_postmaster(data)
    return found if found is not None and found.ready and found.pid == pid else None


def _fatal_line(log: Path, offset: int) -> str:
    with log.open("rb") as file:
        file.seek(offset)
        lines = file.read().decode("utf-8", errors="replace").splitlines()
    telling = [line for line in lines if "FATAL:" in line or "PANIC:" in line]
    return (telling or lines or ["no reason given"])[-1].split("] ", 1)[-1].strip()


def _log(path: Path) -> BinaryIO:
    if _size(path) > LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))
    return open_log(path, "ab")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
