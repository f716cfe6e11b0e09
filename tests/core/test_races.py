"""The tool of the race tests itself: the order it promises, and what it brings back."""

from collections.abc import Callable

import pytest
from django.db import OperationalError, connection, transaction

from hospital.core.models import RequestCount
from tests.races import run_together, without_row_locks

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("real_commits")]

THE_WRITE = "/* the write */"


def reading_and_writing(name: str, events: list[str], lock: str = "") -> Callable[[], str]:
    @transaction.atomic
    def act() -> str:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT FROM core_requestcount {lock}")
            events.append(f"{name} reads")
            cursor.execute(f"SELECT 1 {THE_WRITE}")
            events.append(f"{name} writes")
        return name

    return act


@pytest.mark.parametrize("names", [("one", "other"), ("one", "other", "third")])
def test_all_have_read_before_the_first_one_writes(names):
    RequestCount.objects.create(caller="a", minute=0, requests=0)
    events: list[str] = []

    results = run_together(
        *[reading_and_writing(name, events) for name in names], pause_before=THE_WRITE
    )

    assert results == list(names)
    assert events == [f"{name} reads" for name in names] + [f"{name} writes" for name in names]


def test_whoever_a_lock_keeps_out_reads_when_the_other_has_ended():
    RequestCount.objects.create(caller="a", minute=0, requests=0)
    events: list[str] = []

    run_together(
        reading_and_writing("one", events, "FOR UPDATE"),
        reading_and_writing("other", events, "FOR UPDATE"),
        pause_before=THE_WRITE,
    )

    assert events == ["one reads", "one writes", "other reads", "other writes"]


def test_an_error_is_brought_back_in_its_place():
    error = ValueError("wrong")

    def fail() -> None:
        raise error

    assert run_together(lambda: 1, fail, lambda: 3) == [1, error, 3]


def test_each_act_has_a_connection_of_its_own():
    def backend() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return int(cursor.fetchone()[0])

    backends = run_together(backend, backend, backend)

    assert len({*backends, backend()}) == 4


def test_without_row_locks_nobody_waits():
    RequestCount.objects.create(caller="a", minute=0, requests=0)

    @transaction.atomic
    def lock() -> int:
        return RequestCount.objects.select_for_update(nowait=True).get().requests

    with transaction.atomic():
        RequestCount.objects.select_for_update().get()
        (locked,) = run_together(lock)
        with without_row_locks():
            (unlocked,) = run_together(lock)

    assert (type(locked), unlocked) == (OperationalError, 0)
