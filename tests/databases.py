"""Throw-away databases: one migrated template per test run, cloned for whoever needs one."""

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg2 import sql

PREFIX = "test_hospital"
SPARES = 2  # clones made ahead


def template_name() -> str:
    """Return this run's template, named after the process that started all its workers."""
    controller = os.environ.get("TEST_CONTROLLER_PID", str(os.getpid()))
    return f"{PREFIX}_{controller}"


@contextmanager
def owner_cursor(database: str | None = None) -> Iterator[Any]:
    """Yield a cursor of the databases' owner, each statement committed at once."""
    if "owner" not in settings.DATABASES:
        pytest.exit("Tests need DATABASE_OWNER_URL: the role that may create databases.", 2)
    configured = settings.DATABASES["owner"]
    parameters = {
        "dbname": database or configured["NAME"],
        "user": configured["USER"],
        "password": configured["PASSWORD"],
        "host": configured["HOST"],
        "port": configured["PORT"],
    }
    connection = psycopg2.connect(**{name: value for name, value in parameters.items() if value})
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def make_template() -> None:
    """Create and migrate this run's template, as the owner; drop what killed runs left behind."""
    with owner_cursor() as cursor:
        _drop_leftovers(cursor)
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(template_name())))
    with pointing_at(template_name(), "owner"):
        call_command("migrate", verbosity=0)


def clone(name: str) -> None:
    with owner_cursor() as cursor:
        cursor.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template_name())
            )
        )


class Clones:
    """
    Clones of the template, each for one test; while a test runs, the next ones are made.

    Making one takes longer than most tests that need it. Two threads make and drop them all.
    """

    def __init__(self, prefix: str) -> None:
        self._names = (f"{prefix}_{number}" for number in count(1))
        self._threads = ThreadPoolExecutor(max_workers=2)
        self._spares: deque[Future[str]] = deque()

    def take(self) -> str:
        """Return the name of a fresh clone, and start on the next."""
        self._make_ready()
        name = self._spares.popleft().result()
        self._make_ready()
        return name

    def give_back(self, name: str) -> None:
        self._threads.submit(drop, name)

    def close(self) -> None:
        """Drop the clones that nobody took, and wait until all are dropped."""
        for spare in self._spares:
            self.give_back(spare.result())
        self._threads.shutdown()

    def _make_ready(self) -> None:
        while len(self._spares) < SPARES:
            self._spares.append(self._threads.submit(_made, next(self._names)))


def _made(name: str) -> str:
    clone(name)
    return name


def drop(name: str) -> None:
    with owner_cursor() as cursor:
        _drop(cursor, name)


@contextmanager
def pointing_at(name: str, alias: str = "default") -> Iterator[None]:
    """Let a connection alias mean another database, in every thread, while the block runs."""
    configured = connections.settings[alias]
    before = configured["NAME"]
    connections[alias].close()
    configured["NAME"] = name
    try:
        yield
    finally:
        connections[alias].close()
        configured["NAME"] = before


def _drop_leftovers(cursor: Any) -> None:
    cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}\\_%"])
    for (name,) in cursor.fetchall():
        controller = name.removeprefix(f"{PREFIX}_").split("_")[0]
        if not Path(f"/proc/{controller}").exists():
            _drop(cursor, name)


def _drop(cursor: Any, name: str) -> None:
    # Without FORCE: it may not end an autovacuum worker unless the owner is a superuser. Without,
    # PostgreSQL ends that worker itself and waits up to 5 s for sessions that are closing.
    cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
