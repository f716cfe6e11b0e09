"""
Several commands share one cluster: the first starts it, the last one out stops it.

Every user holds a shared lock on ``users.lock`` for as long as it lives; the kernel frees it
however the process ends. Whoever starts or stops the cluster holds ``gate.lock`` meanwhile.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hospital.launcher.cluster import Cluster
from hospital.launcher.locks import open_lock, try_exclusively
from hospital.launcher.places import Places
from hospital.launcher.postmaster import Postmaster
from hospital.launcher.problems import Problem

GATE_SECONDS = 330.0  # longer than a start may take


@dataclass
class Membership:
    """One user of the cluster. ``lock`` may be handed to a child that lives as long as we do."""

    cluster: Cluster
    server: Postmaster
    lock: int

    def leave(self) -> bool:
        """Stop using the cluster, and stop it if nobody else does; true if it was stopped."""
        with _gate(self.cluster.places):
            os.close(self.lock)
            with _alone(self.cluster.places) as alone:
                return alone and self.cluster.stop()


def join(cluster: Cluster) -> Membership:
    """
    Use the cluster, starting it if it does not run.

    :raises Problem: if it cannot be started
    """
    with _gate(cluster.places):
        server = cluster.start()
        lock = open_lock(_users(cluster.places))
        fcntl.flock(lock, fcntl.LOCK_SH)
        return Membership(cluster, server, lock)


def stop(cluster: Cluster) -> bool:
    """Stop the cluster even if somebody uses it; false when it did not run."""
    with _gate(cluster.places):
        return cluster.stop()


def reset(cluster: Cluster) -> None:
    """
    Stop and delete the cluster.

    :raises Problem: if somebody else uses it, or it is not ours
    """
    with _gate(cluster.places), _alone(cluster.places) as alone:
        if not alone:
            raise Problem("The database is in use: stop it first with python3 run.py stop.")
        cluster.check_ours()
        cluster.stop()
        cluster.delete()


@contextlib.contextmanager
def _gate(places: Places) -> Iterator[None]:
    """Only one process at a time starts or stops the cluster."""
    lock = open_lock(places.state / "gate.lock")
    deadline = time.monotonic() + GATE_SECONDS
    try:
        while not try_exclusively(lock):
            if time.monotonic() > deadline:
                raise Problem("Another command is starting or stopping the database: try again.")
            time.sleep(0.02)
        yield
    finally:
        os.close(lock)


@contextlib.contextmanager
def _alone(places: Places) -> Iterator[bool]:
    """True while nobody uses the cluster; call within the gate."""
    lock = open_lock(_users(places))
    try:
        yield try_exclusively(lock)
    finally:
        os.close(lock)


def _users(places: Places) -> Path:
    return places.state / "users.lock"
