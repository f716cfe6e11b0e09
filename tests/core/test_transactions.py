"""``retry_conflicts`` on real conflicts: deadlocks, serialization failures, locks not to be had."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, ProgrammingError, connection, transaction

from hospital.core.errors import Busy, DatabaseAway, NotFound
from hospital.core.models import RequestCount
from hospital.core.transactions import (
    ATTEMPTS,
    DEADLOCK_DETECTED,
    SERIALIZATION_FAILURE,
    TransactionConflict,
    retry_conflicts,
)
from tests.races import run_together

ADD_ONE = "UPDATE core_requestcount SET requests = requests + 1 WHERE caller = %s"
THE_SECOND = "/* the second */"


class Calls:
    """An act that raises these, one at each call, and then succeeds."""

    def __init__(self, *raised: Exception) -> None:
        self.count = 0
        self._raised = list(raised)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.count += 1
        if self._raised:
            raise self._raised.pop(0)
        return args, kwargs


@pytest.fixture
def counters(real_commits: str) -> None:
    RequestCount.objects.bulk_create(
        RequestCount(caller=caller, minute=0, requests=0) for caller in ("a", "b")
    )


def counts() -> dict[str, int]:
    return dict(RequestCount.objects.values_list("caller", "requests"))


@transaction.atomic
def add_one_to_each(first: str, second: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(ADD_ONE, [first])
        cursor.execute(f"{ADD_ONE} {THE_SECOND}", [second])
    return f"{first}, then {second}"


@transaction.atomic
def add_one_to_what_was_read() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT requests FROM core_requestcount WHERE caller = 'a'")
        (read,) = cursor.fetchone()
        cursor.execute(f"{ADD_ONE} {THE_SECOND}", ["a"])
    return int(read)


def both_ways(edge: Callable[..., Any]) -> list[Any]:
    return run_together(partial(edge, "a", "b"), partial(edge, "b", "a"), pause_before=THE_SECOND)


@pytest.mark.race
def test_a_deadlock_is_run_again_and_ends_well(counters):
    results = both_ways(retry_conflicts(add_one_to_each))

    assert results == ["a, then b", "b, then a"]
    assert counts() == {"a": 2, "b": 2}


@pytest.mark.race
def test_without_another_run_a_deadlock_ends_one_of_the_two(counters):
    results = both_ways(add_one_to_each)

    (victim,) = [result for result in results if isinstance(result, OperationalError)]
    assert getattr(victim.__cause__, "pgcode", None) == DEADLOCK_DETECTED
    assert counts() == {"a": 1, "b": 1}


@pytest.mark.race
def test_a_serialization_failure_is_run_again_and_reads_anew(counters):
    edge = retry_conflicts(add_one_to_what_was_read)

    results = run_together(edge, edge, pause_before=THE_SECOND)

    assert (results, counts()["a"]) == ([0, 1], 2)


@pytest.mark.race
def test_without_another_run_the_second_reader_fails(counters):
    results = run_together(
        add_one_to_what_was_read, add_one_to_what_was_read, pause_before=THE_SECOND
    )

    assert (results[0], counts()["a"]) == (0, 1)
    assert getattr(results[1].__cause__, "pgcode", None) == SERIALIZATION_FAILURE


@pytest.mark.race
def test_a_lock_that_is_not_to_be_had_means_busy_and_that_nothing_was_done(counters):
    calls = 0

    @retry_conflicts
    def impatiently() -> str:
        nonlocal calls
        calls += 1
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
        return add_one_to_each("b", "a")

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ADD_ONE, ["a"])
        started = time.monotonic()
        (result,) = run_together(impatiently)
        waited = time.monotonic() - started

    assert (type(result), result.status, result.retry_after_seconds) == (Busy, 503, 1)
    assert (calls, counts()) == (1, {"a": 1, "b": 0})
    assert waited < 2


@pytest.mark.django_db
def test_the_application_waits_two_seconds_for_a_lock():
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        (lock_timeout,) = cursor.fetchone()

    assert lock_timeout == "2s"


@pytest.mark.race
def test_a_database_that_is_away_means_busy(real_commits):
    @retry_conflicts
    def after_the_connection_broke() -> int:
        connection.ensure_connection()
        connection.connection.close()
        return RequestCount.objects.count()

    (result,) = run_together(after_the_connection_broke)

    assert isinstance(result, Busy)


@pytest.mark.parametrize("conflicts", range(ATTEMPTS))
def test_a_conflict_that_ends_in_time_is_never_seen(conflicts):
    act = Calls(*[TransactionConflict()] * conflicts)

    result = retry_conflicts(act)(1, two=2)

    assert (result, act.count) == (((1,), {"two": 2}), conflicts + 1)


def test_a_conflict_that_does_not_end_means_busy():
    act = Calls(*[TransactionConflict()] * ATTEMPTS)

    with pytest.raises(Busy):
        retry_conflicts(act)()

    assert act.count == ATTEMPTS


def test_a_database_that_went_away_is_not_said_to_have_done_nothing():
    act = Calls(OperationalError("server closed the connection unexpectedly"))

    with pytest.raises(DatabaseAway) as refused:
        retry_conflicts(act)()

    assert act.count == 1
    assert (refused.value.code, refused.value.status) == ("busy", 503)
    assert "Nothing was done" not in refused.value.detail


@pytest.mark.parametrize(
    "error",
    [NotFound(), IntegrityError(), ProgrammingError(), ValueError(), KeyboardInterrupt()],
    ids=lambda error: type(error).__name__,
)
def test_what_is_no_conflict_passes_through_at_once(error):
    act = Calls(error)

    with pytest.raises(type(error)) as caught:
        retry_conflicts(act)()

    assert (caught.value, act.count) == (error, 1)
