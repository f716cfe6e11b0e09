"""What a stock count refuses, without a trace; and what the database refuses whatever is asked."""

from functools import partial

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest, KeyReused, NotFound
from smcapp1.errors import NothingToCount, SomebodyElseCounted, WrongCountStatus
from smcapp1.models import StockCount, StockCountLine
from smcapp1.services import (
    approve_stock_count,
    explain_stock_count,
    open_stock_count,
    reject_stock_count,
    submit_stock_count,
)
from tests.factories import make_item
from tests.rows import changeable_columns, everything, rule_that_refuses, statements
from tests.smcapp1.stock_counts.counting import (
    approve,
    count_of,
    counted,
    pharmacist,
    shelf,
)

pytestmark = pytest.mark.django_db


def refused(refusal, call):
    """Return how the call was refused; nothing at all changed."""
    before = everything()
    with pytest.raises(refusal) as refused_by:
        call()
    assert everything() == before
    return refused_by.value


@pytest.mark.parametrize("wanted", [{}, {"department": "PHARMACY", "batch_ids": [1]}])
def test_a_count_is_of_a_department_or_of_batches(wanted):
    act = Act(pharmacist(), "tap-1")

    refusal = refused(InvalidRequest, lambda: open_stock_count(act=act, **wanted))

    assert refusal.wrong_field == "department"


def test_a_batch_that_is_not_there_is_not_found():
    (batch,) = shelf(10)
    act = Act(pharmacist(), "tap-1")

    refusal = refused(NotFound, lambda: open_stock_count(batch_ids=[batch.pk, 10**12], act=act))

    assert refusal.facts == {"batch_ids": [10**12]}


def test_a_department_that_is_not_there_is_not_found():
    act = Act(pharmacist(), "tap-1")

    refused(NotFound, lambda: open_stock_count(department="NOWHERE", act=act))


def test_an_empty_shelf_is_not_counted():
    make_item("PHARMACY")
    act = Act(pharmacist(), "tap-1")

    refused(NothingToCount, lambda: open_stock_count(department="PHARMACY", act=act))


@pytest.mark.parametrize("numbers", [[], [5], [5, -1], [5, 1_000_001], [5, 5, 5]])
def test_every_batch_of_the_count_gets_one_number(numbers):
    batches = shelf(10, 20, 30)
    actor = pharmacist()
    count = count_of(batches[:2], actor)
    counts = {batch.pk: number for batch, number in zip(batches, numbers, strict=False)}

    refusal = refused(
        InvalidRequest,
        lambda: submit_stock_count(count_id=count.pk, counts=counts, act=Act(actor, "tap-1")),
    )

    assert refusal.wrong_field == "counts"


def test_what_was_counted_is_not_counted_again():
    (batch,) = shelf(10)
    actor = pharmacist()
    count = counted({batch: 8}, actor)

    refusal = refused(
        WrongCountStatus,
        lambda: submit_stock_count(count_id=count.pk, counts={batch.pk: 10}, act=Act(actor)),
    )

    assert refusal.facts == {"stock_count_status": "COUNTED"}


def test_what_is_not_counted_is_neither_explained_nor_approved(supervisor):
    (batch,) = shelf(10)
    actor = pharmacist()
    count = count_of([batch], actor)

    refused(WrongCountStatus, lambda: approve(count, supervisor))
    refused(
        WrongCountStatus,
        lambda: explain_stock_count(count_id=count.pk, reasons={batch.pk: "Lost"}, act=Act(actor)),
    )


def test_what_was_decided_on_stays_decided(supervisor):
    (batch,) = shelf(10)
    count = counted({batch: 8}, pharmacist())
    approve(count, supervisor)

    refused(WrongCountStatus, lambda: approve(count, supervisor))
    refused(
        WrongCountStatus,
        lambda: reject_stock_count(count_id=count.pk, reason="Late", act=Act(supervisor)),
    )


def test_only_whoever_counted_explains():
    (batch,) = shelf(10)
    count = counted({batch: 8}, pharmacist())
    act = Act(pharmacist(), "tap-1")

    refused(
        SomebodyElseCounted,
        lambda: explain_stock_count(count_id=count.pk, reasons={batch.pk: "Lost"}, act=act),
    )


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_reason_says_something(reason, supervisor):
    (batch,) = shelf(10)
    actor = pharmacist()
    count = counted({batch: 8}, actor)

    refused(
        InvalidRequest,
        lambda: explain_stock_count(count_id=count.pk, reasons={batch.pk: reason}, act=Act(actor)),
    )
    refused(
        InvalidRequest,
        lambda: reject_stock_count(count_id=count.pk, reason=reason, act=Act(supervisor)),
    )


def test_what_has_no_difference_is_not_explained():
    batch, same = shelf(10, 20)
    actor = pharmacist()
    count = counted({batch: 8, same: 20}, actor)

    refusal = refused(
        InvalidRequest,
        lambda: explain_stock_count(count_id=count.pk, reasons={same.pk: "Lost"}, act=Act(actor)),
    )

    assert refusal.wrong_field == "reasons"


@pytest.mark.parametrize(
    ("act", "wanted"),
    [
        (submit_stock_count, {"counts": {}}),
        (explain_stock_count, {"reasons": {}}),
        (approve_stock_count, {}),
    ],
)
def test_a_count_that_is_not_there_is_not_found(act, wanted):
    actor = pharmacist()

    refused(NotFound, lambda: act(count_id=10**12, act=Act(actor), **wanted))


def test_a_key_spent_on_another_count_is_refused(supervisor):
    first, second = (counted({batch: 8}, pharmacist()) for batch in shelf(10, 10))
    approve(first, supervisor, "tap-1")

    refused(KeyReused, lambda: approve(second, supervisor, "tap-1"))


def test_many_lines_take_the_statements_of_one(supervisor):
    one, three = shelf(10), shelf(10, 10, 10)

    def taken_by(batches):
        return statements(
            lambda: approve(counted(dict.fromkeys(batches, 8), pharmacist()), supervisor)
        )

    taken_by(shelf(10))  # plans are made once

    assert taken_by(three) == taken_by(one)


# What the database keeps true, whatever the code does


def test_the_database_takes_no_approval_by_whoever_counted_or_opened():
    opener, counter = pharmacist(), pharmacist()
    (batch,) = shelf(10)
    count = count_of([batch], opener)
    submit_stock_count(count_id=count.pk, counts={batch.pk: 10}, act=Act(counter))

    def write_approval(somebody):
        StockCount.objects.filter(pk=count.pk).update(
            status="APPROVED", decided_by=somebody, decided_at=timezone.now()
        )

    rules = [rule_that_refuses(partial(write_approval, one)) for one in (opener, counter)]

    assert rules == ["stock_count_approved_by_somebody_else"] * 2


def test_the_database_has_a_batch_in_one_undecided_count():
    (batch,) = shelf(10)
    actor = pharmacist()
    count_of([batch], actor)
    other = StockCount.objects.create(opened_by=actor, opened_at=timezone.now())

    rule = rule_that_refuses(lambda: StockCountLine.objects.create(count=other, batch=batch))

    assert rule == "batch_is_in_one_count_at_a_time"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE smcapp1_stockcountline SET counted = 10",
        "UPDATE smcapp1_stockcountline SET expected = 8",
        "UPDATE smcapp1_stockcount SET status = 'OPEN', counted_by_id = NULL, counted_at = NULL",
        "UPDATE smcapp1_stockcount SET counted_at = now()",
    ],
)
def test_what_was_counted_is_not_rewritten(change):
    (batch,) = shelf(10)
    counted({batch: 8}, pharmacist())
    before = everything()

    with (
        pytest.raises(Exception, match="refused|append"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)

    assert everything() == before


@pytest.mark.parametrize("table", ["smcapp1_stockcount", "smcapp1_stockcountline"])
@pytest.mark.parametrize("change", ["DELETE FROM", "TRUNCATE"])
def test_a_count_is_not_removed(table, change):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"{change} {table}")


def test_the_application_may_change_these_columns_and_no_other():
    changeable = [
        changeable_columns(model._meta.db_table) for model in (StockCount, StockCountLine)
    ]

    assert changeable == [
        {
            "status",
            "counted_by_id",
            "counted_at",
            "decided_by_id",
            "decided_at",
            "reject_reason",
        },
        {"counted", "expected", "reason", "is_decided", "movement_id"},
    ]
