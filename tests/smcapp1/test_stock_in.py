"""Drugs onto the shelf."""

from collections import Counter
from decimal import Decimal

import pytest

from hospital.core.acts import Act
from hospital.core.errors import InvalidAmount, InvalidRequest, KeyReused, NotFound
from smcapp1.errors import BatchCostDiffers
from smcapp1.models import ServiceItem, StockMovement
from smcapp1.services import (
    Delivery,
    Received,
    receive_deliveries,
    receive_stock,
)
from tests.factories import UserFactory, make_drug, make_stock
from tests.rows import everything, statements
from tests.smcapp1.shelf import batches, days


@pytest.fixture
def pharmacist(db):
    return UserFactory(role="Pharmacist")


def receive(drug, quantity, act, **wanted):
    facts = {"batch_number": "B1", "expires_on": days(90), **wanted}
    return receive_stock(service_item_id=drug.pk, quantity=quantity, act=act, **facts)


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
