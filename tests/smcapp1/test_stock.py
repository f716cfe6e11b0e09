"""Drugs onto the shelf and off it."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hospital.core.acts import Act
from hospital.core.errors import InvalidAmount, InvalidRequest, KeyReused, NotFound
from smcapp1.errors import BatchCostDiffers, OutOfStock
from smcapp1.models import ServiceItem, StockBatch, StockMovement
from smcapp1.services import (
    Delivery,
    Need,
    Received,
    receive_deliveries,
    receive_stock,
    take_stock,
)
from tests.factories import UserFactory, make_drug, make_stock
from tests.rows import everything, statements


@pytest.fixture
def pharmacist(db):
    return UserFactory(role="Pharmacist")


def days(number):
    return timezone.localdate() + timedelta(days=number)


def receive(drug, quantity, act, **wanted):
    facts = {"batch_number": "B1", "expires_on": days(90), **wanted}
    return receive_stock(service_item_id=drug.pk, quantity=quantity, act=act, **facts)


def batches():
    """Return what lies on the shelf: number, days left, how many, at which cost."""
    return [
        (
            batch.batch_number,
            (batch.expires_on - timezone.localdate()).days,
            batch.quantity_on_hand,
            batch.unit_cost,
        )
        for batch in StockBatch.objects.order_by("pk")
    ]


# Onto the shelf


def test_a_delivery_opens_its_batch_and_leaves_a_movement(pharmacist):
    drug = make_drug()

    received = receive(drug, 40, Act(pharmacist), unit_cost=Decimal("12.50"))

    assert batches() == [("B1", 90, 40, Decimal("12.50"))]
    assert received == Received(StockMovement.objects.get(), replayed=False)
    assert list(
        StockMovement.objects.values_list(
            "batch__service_item", "kind", "quantity", "quantity_after", "reason", "moved_by"
        )
    ) == [(drug.pk, "RECEIVED", 40, 40, "", pharmacist.pk)]


def test_a_second_delivery_of_a_batch_adds_to_it(pharmacist):
    drug = make_drug()
    receive(drug, 40, Act(pharmacist))

    receive(drug, 2, Act(pharmacist))

    assert batches() == [("B1", 90, 42, Decimal("0.00"))]
    movements = StockMovement.objects.order_by("pk")
    assert list(movements.values_list("quantity", "quantity_after")) == [(40, 40), (2, 42)]


def test_another_drug_number_or_expiry_is_another_batch(pharmacist):
    drug, other = make_drug(), make_drug()
    receive(drug, 1, Act(pharmacist))

    receive(other, 2, Act(pharmacist))
    receive(drug, 3, Act(pharmacist), batch_number="B2")
    receive(drug, 4, Act(pharmacist), expires_on=days(91))

    assert [row[:3] for row in batches()] == [
        ("B1", 90, 1),
        ("B1", 90, 2),
        ("B2", 90, 3),
        ("B1", 91, 4),
    ]


def test_the_same_key_gives_the_same_movement_and_adds_nothing(pharmacist):
    drug = make_drug()
    first = receive(drug, 40, Act(pharmacist, "tap-1"))
    before = everything()

    again = receive(drug, 40, Act(pharmacist, "tap-1"))

    assert again == Received(first.movement, replayed=True)
    assert everything() == before


@pytest.mark.parametrize(
    "other",
    [{"quantity": 41}, {"batch_number": "B2"}, {"expires_on": None}, {"unit_cost": Decimal(1)}],
    ids=lambda other: next(iter(other)),
)
def test_the_same_key_with_another_fact_is_refused(pharmacist, other):
    drug, act = make_drug(), Act(pharmacist, "tap-1")
    receive(drug, 40, act)
    before = everything()
    if "expires_on" in other:
        other = {"expires_on": days(91)}

    with pytest.raises(KeyReused):
        receive(**{"drug": drug, "quantity": 40, "act": act, **other})

    assert everything() == before


@pytest.mark.parametrize("quantity", [0, -1])
def test_a_delivery_of_nothing_is_refused_without_a_trace(pharmacist, quantity):
    drug = make_drug(holding=5)
    before = everything()

    with pytest.raises(InvalidRequest):
        receive(drug, quantity, Act(pharmacist, "tap-1"))

    assert everything() == before


@pytest.mark.parametrize("cost", ["1.005", "-0.01", "NaN", "Infinity", "10000000000.00"])
def test_a_cost_that_is_no_money_is_refused_and_not_rounded(pharmacist, cost):
    drug = make_drug(holding=5)
    before = everything()

    with pytest.raises(InvalidAmount) as refusal:
        receive(drug, 40, Act(pharmacist, "tap-1"), unit_cost=Decimal(cost))

    assert refusal.value.wrong_field == "unit_cost"
    assert everything() == before


def test_an_expired_batch_is_not_taken_in_by_hand(pharmacist):
    drug = make_drug(holding=5)
    before = everything()

    with pytest.raises(InvalidRequest) as refusal:
        receive(drug, 40, Act(pharmacist, "tap-1"), expires_on=days(-1))

    assert refusal.value.wrong_field == "expires_on"
    assert everything() == before


def test_a_batch_is_taken_in_on_its_last_day(pharmacist):
    receive(make_drug(), 40, Act(pharmacist), expires_on=days(0))

    assert batches() == [("B1", 0, 40, Decimal("0.00"))]


def test_a_delivery_of_an_item_that_does_not_exist_is_refused_without_a_trace(pharmacist):
    nothing = ServiceItem(pk=987_654_321)
    before = everything()

    with pytest.raises(NotFound) as refusal:
        receive(nothing, 40, Act(pharmacist, "tap-1"))

    assert refusal.value.facts == {"service_item_ids": [987_654_321]}
    assert everything() == before


@pytest.mark.parametrize("cost", ["2.50", "0.00"])
def test_a_batch_is_not_received_at_another_cost(pharmacist, cost):
    drug = make_drug()
    receive(drug, 40, Act(pharmacist), unit_cost=Decimal("2.00"))
    before = everything()

    with pytest.raises(BatchCostDiffers) as refusal:
        receive(drug, 2, Act(pharmacist, "tap-1"), unit_cost=Decimal(cost))

    assert (refusal.value.field, refusal.value.facts) == ("unit_cost", {"unit_cost": "2.00"})
    assert refusal.value.detail == (
        "Batch B1 came at NGN 2.00 each before."
        " Write that cost, or give this delivery a batch number of its own."
    )
    assert everything() == before


def test_one_lot_does_not_open_a_batch_at_two_costs(pharmacist):
    drug = make_drug()
    deliveries = [Delivery(drug.pk, "B1", days(90), 5, Decimal(cost)) for cost in ("1.00", "2.00")]
    before = everything()

    with pytest.raises(BatchCostDiffers):
        receive_deliveries(deliveries=deliveries, act=Act(pharmacist))

    assert everything() == before


def test_one_delivery_of_nothing_refuses_the_whole_lot(pharmacist):
    deliveries = [Delivery(make_drug().pk, "B1", days(90), quantity) for quantity in (5, 0)]
    before = everything()

    with pytest.raises(InvalidRequest):
        receive_deliveries(deliveries=deliveries, act=Act(pharmacist))

    assert everything() == before


def test_many_deliveries_arrive_at_once_each_in_its_batch(pharmacist):
    drug, other = make_drug(), make_drug()
    make_stock(other, 1, days_left=90, batch="B1")

    movements = receive_deliveries(
        deliveries=[
            Delivery(drug.pk, "B1", days(90), 10, Decimal("1.50")),
            Delivery(other.pk, "B1", days(90), 20),
            Delivery(drug.pk, "B1", days(90), 5, Decimal("1.50")),
            Delivery(drug.pk, "B1", days(30), 7),
        ],
        act=Act(pharmacist),
    )

    assert [(one.quantity, one.quantity_after, one.kind) for one in movements] == [
        (10, 10, "RECEIVED"),
        (20, 21, "RECEIVED"),
        (5, 15, "RECEIVED"),
        (7, 7, "RECEIVED"),
    ]
    assert Counter(row[:3] for row in batches()) == Counter(
        [("B1", 90, 21), ("B1", 90, 15), ("B1", 30, 7)]
    )


def test_many_deliveries_take_the_statements_of_one(pharmacist):
    def arrive(drugs):
        deliveries = [Delivery(drug.pk, "B1", days(90), 5) for drug in drugs]
        receive_deliveries(deliveries=deliveries, act=Act(pharmacist))

    one, many = [make_drug()], [make_drug() for _ in range(20)]

    assert statements(lambda: arrive(many)) == statements(lambda: arrive(one))


# Off the shelf


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
