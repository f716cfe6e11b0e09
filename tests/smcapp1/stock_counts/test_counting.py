"""Stock is counted blind, explained, and approved by somebody else; only then it moves."""

import pytest

from hospital.core.acts import Act
from hospital.core.errors import SelfApproval
from smcapp1.errors import AlreadyBeingCounted, CountOutdated, CountUnexplained
from smcapp1.models import StockCount, StockCountLine
from smcapp1.services import (
    Counted,
    open_stock_count,
    reject_stock_count,
    submit_stock_count,
    write_off_stock,
)
from tests.factories import make_drug, make_item
from tests.rows import everything
from tests.smcapp1.stock_counts.counting import (
    approve,
    batch_of,
    count_of,
    counted,
    movements_of_counts,
    on_hand,
    pharmacist,
    shelf,
)

pytestmark = pytest.mark.django_db


def test_an_approved_count_moves_each_difference(supervisor):
    more, less, same = shelf(10, 20, 30)
    count = counted({more: 12, less: 17, same: 30}, pharmacist())
    assert on_hand(more, less, same) == [10, 20, 30]

    approved = approve(count, supervisor)

    assert approved == Counted(count, replayed=False)
    assert on_hand(more, less, same) == [12, 17, 30]
    assert movements_of_counts() == [
        (more.pk, "FOUND", 2, 12, "Miscounted before"),
        (less.pk, "MISSING", 3, 17, "Miscounted before"),
    ]


def test_a_department_s_whole_shelf_is_counted_and_nothing_else():
    (there,) = shelf(10)
    make_drug()
    make_item("RADIOLOGY")

    count = open_stock_count(department="PHARMACY", act=Act(pharmacist())).count

    assert list(StockCountLine.objects.values_list("count", "batch", "counted", "expected")) == [
        (count.pk, there.pk, None, None)
    ]
    assert count.department == there.service_item.department


def test_what_should_be_there_is_what_the_batch_held_when_it_was_counted(supervisor):
    (batch,) = shelf(10)
    actor = pharmacist()
    count = count_of([batch], actor)
    write_off_stock(batch_id=batch.pk, quantity=4, reason="Broken", act=Act(actor))
    submit_stock_count(count_id=count.pk, counts={batch.pk: 6}, act=Act(actor))
    write_off_stock(batch_id=batch.pk, quantity=1, reason="Broken", act=Act(actor))

    approve(count, supervisor)

    line = StockCountLine.objects.get()
    assert (line.expected, line.counted, line.variance, line.movement) == (6, 6, 0, None)
    assert on_hand(batch) == [5]


def test_what_was_taken_since_the_count_stays_taken(supervisor):
    (batch,) = shelf(10)
    count = counted({batch: 8}, pharmacist())
    write_off_stock(batch_id=batch.pk, quantity=5, reason="Broken", act=Act(supervisor))

    approve(count, supervisor)

    assert on_hand(batch) == [3]


@pytest.mark.parametrize("key", ["", "tap-1"])
def test_whoever_counted_cannot_approve(key):
    (batch,) = shelf(10)
    actor = pharmacist()
    count = counted({batch: 8}, actor)
    before = everything()

    with pytest.raises(SelfApproval):
        approve(count, actor, key)

    assert everything() == before


def test_a_difference_without_a_reason_is_not_approved(supervisor):
    (batch,) = shelf(10)
    actor = pharmacist()
    count = count_of([batch], actor)
    submit_stock_count(count_id=count.pk, counts={batch.pk: 8}, act=Act(actor))
    before = everything()

    with pytest.raises(CountUnexplained) as refusal:
        approve(count, supervisor, "tap-1")

    assert refusal.value.facts == {"batch_ids": [batch.pk]}
    assert everything() == before


def test_a_batch_that_holds_less_by_now_than_is_missing_refuses_the_whole_count(supervisor):
    other, batch = shelf(5, 10)
    count = counted({other: 6, batch: 2}, pharmacist())
    write_off_stock(batch_id=batch.pk, quantity=3, reason="Broken", act=Act(supervisor))
    before = everything()

    with pytest.raises(CountOutdated) as refusal:
        approve(count, supervisor, "tap-1")

    assert refusal.value.facts == {"batch_id": batch.pk, "on_hand": 7, "variance": -8}
    assert everything() == before


def test_a_batch_is_in_one_count_at_a_time():
    (batch,) = shelf(10)
    actor = pharmacist()
    count = count_of([batch], actor)
    before = everything()

    with pytest.raises(AlreadyBeingCounted) as refusal:
        count_of([batch], actor)

    assert refusal.value.facts == {"stock_count_id": count.pk, "batch_id": batch.pk}
    assert everything() == before


def test_a_rejected_count_moves_nothing_and_its_batches_can_be_counted_again(supervisor):
    (batch,) = shelf(10)
    count = counted({batch: 8}, pharmacist())

    reject_stock_count(count_id=count.pk, reason=" Counted in the dark ", act=Act(supervisor))

    count.refresh_from_db()
    assert (count.status, count.reject_reason) == ("REJECTED", "Counted in the dark")
    assert (on_hand(batch), movements_of_counts()) == ([10], [])
    again = count_of([batch], pharmacist())
    assert StockCount.objects.filter(status="OPEN").get() == again


def test_the_same_key_approves_once_and_answers_again(supervisor):
    drug = make_drug(holding=10)
    count = counted({batch_of(drug): 8}, pharmacist())
    approve(count, supervisor, "tap-1")
    before = everything()

    again = approve(count, supervisor, "tap-1")

    assert (again.count, again.replayed) == (count, True)
    assert everything() == before
