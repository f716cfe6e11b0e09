"""Drugs off the shelf."""

from collections import Counter

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hospital.core.acts import Act
from smcapp1.errors import OutOfStock
from smcapp1.models import StockBatch, StockMovement
from smcapp1.services import (
    Need,
    take_stock,
)
from tests.factories import UserFactory, make_drug, make_stock
from tests.rows import everything
from tests.smcapp1.shelf import batches, days


@pytest.fixture
def pharmacist(db):
    return UserFactory(role="Pharmacist")


def take(needs, pharmacist):
    return take_stock(needs=needs, on=timezone.localdate(), act=Act(pharmacist))


def test_what_is_taken_serves_its_need_first_expiring_first(pharmacist):
    drug = make_drug()
    make_stock(drug, 9, days_left=300, batch="LATE")
    make_stock(drug, 2, days_left=30, batch="SOON")
    need = Need(drug.pk, 5, purpose="for the ward")

    taken = take([need], pharmacist)

    soon, late = StockBatch.objects.order_by("expires_on")
    assert [(one.need, one.batch_id, one.quantity) for one in taken] == [
        (need, soon.pk, 2),
        (need, late.pk, 3),
    ]
    dispensed = StockMovement.objects.filter(kind="DISPENSED").order_by("pk")
    assert list(dispensed.values_list("pk", "batch", "quantity", "quantity_after", "moved_by")) == [
        (taken[0].movement_id, soon.pk, 2, 0, pharmacist.pk),
        (taken[1].movement_id, late.pk, 3, 6, pharmacist.pk),
    ]
    assert [row[:3] for row in batches()] == [("LATE", 300, 6), ("SOON", 30, 0)]


def test_what_may_be_handed_out_is_told_by_the_day_that_is_asked_for(pharmacist):
    drug = make_drug()
    make_stock(drug, 5, days_left=10)
    need = [Need(drug.pk, 1)]
    before = everything()

    with pytest.raises(OutOfStock):
        take_stock(needs=need, on=days(11), act=Act(pharmacist))
    unchanged = everything() == before
    taken = take_stock(needs=need, on=days(10), act=Act(pharmacist))

    assert (unchanged, len(taken)) == (True, 1)


def test_one_short_drug_leaves_every_drug_on_the_shelf(pharmacist):
    plenty, short = make_drug(holding=50), make_drug(holding=2)
    before = everything()

    with pytest.raises(OutOfStock) as refusal:
        take([Need(plenty.pk, 10), Need(short.pk, 3)], pharmacist)

    assert refusal.value.facts == {
        "items": [{"service_item_id": short.pk, "requested": 3, "available": 2}]
    }
    assert everything() == before


def test_nothing_needed_takes_nothing(pharmacist):
    make_drug(holding=5)
    before = everything()

    taken = take([], pharmacist)

    assert taken == []
    assert everything() == before


shelves = st.lists(  # of each drug, its batches: (days left, how many)
    st.lists(st.tuples(st.integers(-3, 5), st.integers(0, 20)), max_size=5),
    min_size=1,
    max_size=3,
)
wishes = st.lists(  # (which drug, how many)
    st.tuples(st.integers(0, 2), st.integers(1, 25)), max_size=6
)


@settings(
    max_examples=60,
    deadline=None,  # the machine is shared
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # each example is rolled back
)
@example(stock=[[(0, 3), (1, 3)], [(5, 2)]], wanted=[(0, 2), (1, 2), (0, 3)])
@example(stock=[[(-1, 9), (0, 3)]], wanted=[(0, 4)])
@given(stock=shelves, wanted=wishes)
def test_exactly_what_is_needed_is_taken_first_expiring_first_or_nothing_at_all(
    pharmacist, stock, wanted
):
    with transaction.atomic():
        drugs = [stocked(contents) for contents in stock]
        needs = [
            Need(drugs[which % len(drugs)].pk, quantity, purpose=turn)
            for turn, (which, quantity) in enumerate(wanted)
        ]
        before, held = everything(), on_the_shelf()
        expected = box_by_box(needs)

        used = sum((boxes for _, boxes in expected), Counter[int]())
        if used.total() < total(needs):
            with pytest.raises(OutOfStock):
                take(needs, pharmacist)
            assert everything() == before
        else:
            taken = take(needs, pharmacist)
            assert by_need(taken, needs) == expected
            assert on_the_shelf() == {pk: held[pk] - used[pk] for pk in held}
            assert last_movements() == {pk: held[pk] - used[pk] for pk in used}
        transaction.set_rollback(True)


def stocked(contents):
    """Return a drug with these batches, written in the order given."""
    drug = make_drug()
    StockBatch.objects.bulk_create(
        StockBatch(
            service_item=drug,
            batch_number=f"B{number}",
            expires_on=days(days_left),
            quantity_on_hand=quantity,
        )
        for number, (days_left, quantity) in enumerate(contents)
    )
    return drug


def box_by_box(needs):
    """Return what each need gets, batch by batch, when box after box is taken, oldest first."""
    fresh = StockBatch.objects.filter(expires_on__gte=timezone.localdate())
    boxes: dict[int, list[int]] = {need.service_item_id: [] for need in needs}
    for batch in fresh.filter(service_item__in=boxes).order_by("expires_on", "pk"):
        boxes[batch.service_item_id] += [batch.pk] * batch.quantity_on_hand
    return [
        (need, Counter([boxes[need.service_item_id].pop(0) for _ in range(need.quantity)]))
        if len(boxes[need.service_item_id]) >= need.quantity
        else (need, Counter[int]())
        for need in needs
    ]


def by_need(taken, needs):
    got = {need.purpose: Counter[int]() for need in needs}
    for one in taken:
        got[one.need.purpose][one.batch_id] += one.quantity
    return [(need, got[need.purpose]) for need in needs]


def total(needs):
    return sum(need.quantity for need in needs)


def on_the_shelf():
    return dict(StockBatch.objects.values_list("pk", "quantity_on_hand"))


def last_movements():
    """Return what each batch held after its last movement, where it had one."""
    return dict(StockMovement.objects.order_by("pk").values_list("batch", "quantity_after"))
