"""Acts that meet in the database, in an order that does not depend on luck."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.db import connection, connections, transaction
from django.db.models import QuerySet

from hospital.core.statements import Statement
from tests.rows import written_out

PATIENCE_SECONDS = 30
THE_COMMIT = "/* all is written, nothing committed */"
_LOOK_AGAIN_SECONDS = 0.002


def run_together(*acts: Callable[[], Any], pause_before: str = "") -> list[Any]:
    """
    Run each act in a thread with a connection of its own; return their results in the acts' order,
    an exception where one was raised. For tests that use ``real_commits``.

    Without ``pause_before`` all start at the same instant, and luck decides. With it, the order is
    always the same. Each act stops once: before its first statement that contains this text, a
    prepared one by the text it was prepared from; quotes around names count for nothing. The
    acts start one by one, in the order given, each when those before it have stopped there, have
    ended, or wait for a lock that one of these acts holds. Then those that stopped go on one by
    one, each when all others have ended, have stopped or wait.

    Choose the first write: then all have read before anybody writes, unless a lock keeps them out.
    """
    runners = [_Runner(act, pause_before) for act in acts]
    for runner in runners:
        runner.thread.start()
    _wait_until(lambda: all(runner.is_ready for runner in runners))
    if not pause_before:
        for runner in runners:
            runner.release()
    _referee(runners)
    return [runner.result for runner in runners]


def with_last_statement(act: Callable[[], Any]) -> Callable[[], Any]:
    """Return the act so that it can be paused before ``THE_COMMIT``."""

    @transaction.atomic
    def run() -> Any:
        result = act()
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 {THE_COMMIT}")
        return result

    return run


@contextmanager
def without_row_locks() -> Iterator[None]:
    """Let no statement of an act lock a row, in every thread: for a race's unlocked twin."""

    def unlocked(queryset: Any, **wanted: Any) -> Any:
        return queryset.all()

    with (
        mock.patch.object(QuerySet, "select_for_update", unlocked),
        rewriting("FOR NO KEY UPDATE", ""),
    ):
        yield


@contextmanager
def rewriting(old: str, new: str) -> Iterator[None]:
    """Prepare every statement that has ``old`` in it with ``new`` there, in every new thread."""
    rewritten = property(lambda statement: statement.sql.replace(old, new))
    with mock.patch.object(Statement, "text", rewritten):
        yield


class _Runner:
    """One act in its thread: paused until it is released, and once more before a statement."""

    def __init__(self, act: Callable[[], Any], pause_before: str) -> None:
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.result: Any = None
        self.backend = 0  # the process id of its connection, as PostgreSQL knows it
        self.has_begun = False
        self._is_waiting = True
        self._act = act
        self._pause_before = _unquoted(pause_before)
        self._may_go_on = threading.Event()

    @property
    def is_ready(self) -> bool:
        return bool(self.backend) or not self.thread.is_alive()

    @property
    def is_paused(self) -> bool:
        return self.thread.is_alive() and self._is_waiting

    @property
    def is_running(self) -> bool:
        return self.thread.is_alive() and not self._is_waiting

    def release(self) -> None:
        self.has_begun = True
        self._is_waiting = False
        self._may_go_on.set()

    def _run(self) -> None:
        try:
            connection.ensure_connection()
            self.backend = connection.connection.get_backend_pid()
            self._wait()
            with connection.execute_wrapper(self._before_each_statement):
                self.result = self._act()
        except Exception as error:  # noqa: BLE001 - the caller looks at it
            self.result = error
        finally:
            connections.close_all()

    def _before_each_statement(
        self, execute: Callable[..., Any], sql: Any, parameters: Any, many: bool, context: Any
    ) -> Any:
        if self._pause_before and self._pause_before in _unquoted(written_out(str(sql))):
            self._pause_before = ""
            self._may_go_on.clear()
            self._is_waiting = True
            self._wait()
        return execute(sql, parameters, many, context)

    def _wait(self) -> None:
        if not self._may_go_on.wait(PATIENCE_SECONDS):
            raise TimeoutError("nobody let this act go on")


def _referee(runners: Sequence[_Runner]) -> None:
    """Whenever nobody can move, let one act go on: those that have not begun come first."""

    def all_have_ended() -> bool:
        running = {runner.backend for runner in runners if runner.is_running}
        paused = [runner for runner in runners if runner.is_paused]
        if paused and running <= _kept_out(runners):
            min(paused, key=lambda runner: runner.has_begun).release()
        return not any(runner.thread.is_alive() for runner in runners)

    _wait_until(all_have_ended)


def _kept_out(runners: Sequence[_Runner]) -> set[int]:
    """Return the backends that wait for a lock which another of these acts holds."""
    backends = [runner.backend for runner in runners]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT backend FROM unnest(%s) AS backend WHERE pg_blocking_pids(backend) && %s",
            [backends, backends],
        )
        return {backend for (backend,) in cursor.fetchall()}


def _wait_until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError("the acts did not end")
        time.sleep(_LOOK_AGAIN_SECONDS)


def _unquoted(sql: str) -> str:
    """Django quotes names; statements of our own do not."""
    return sql.replace('"', "")
