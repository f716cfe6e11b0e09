"""A connection that the server has ended is replaced before it is used."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.db import DataError, connections


@pytest.fixture
def spare(real_commits: str) -> Iterator[Any]:
    """A second connection of the application's role."""
    connection = connections.create_connection("default")
    yield connection
    connection.close()


def backend_of(connection: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def end(backend: int) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
        assert cursor.fetchone() == (True,)


def last_asked(backend: int) -> str:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [backend])
        return str(cursor.fetchone()[0])


def begin_request(connection: Any) -> None:
    connection.health_check_enabled, connection.health_check_done = True, False


def test_a_connection_that_was_ended_is_replaced(spare):
    before = backend_of(spare)
    end(before)

    begin_request(spare)

    assert backend_of(spare) != before


def test_a_connection_that_lives_stays_and_is_not_asked(spare):
    before = backend_of(spare)
    begin_request(spare)

    spare.close_if_health_check_failed()

    assert (spare.health_check_done, last_asked(before)) == (True, "SELECT pg_backend_pid()")
    assert backend_of(spare) == before


def test_a_connection_that_was_closed_here_is_not_usable(spare):
    backend_of(spare)
    spare.connection.close()

    assert not spare.is_usable()


def test_a_connection_in_a_failed_transaction_is_not_usable(spare):
    backend_of(spare)
    before = spare.is_usable()
    spare.set_autocommit(False)
    with suppress(DataError), spare.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")

    assert (before, spare.is_usable()) == (True, False)
    spare.rollback()
    assert spare.is_usable()
