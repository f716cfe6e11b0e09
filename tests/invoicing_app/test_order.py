"""Ordering items onto a bill."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest, KeyReused, NotFound
from invoicing_app.models import BillItem
from invoicing_app.services import MAX_QUANTITY, Order, order_items
from smcapp1.errors import ConsultationClosed
from smcapp1.models import Price, ServiceItem
from tests.factories import ConsultationFactory, DepartmentFactory, make_drug, make_item
from tests.invoicing_app.desk import items_of, pay
from tests.rows import everything


def order(consultation, *orders, actor, key=""):
    return order_items(
        consultation_id=consultation.pk,
        orders=[Order(entry.pk, quantity) for entry, quantity in orders],
        act=Act(actor, key),
    )


def test_ordered_items_stand_on_the_bill_unpaid_at_the_server_s_price(cashier):
    consultation = ConsultationFactory()
    scan = make_item("RADIOLOGY", "1500.00", name="Chest X-ray")
    drug = make_drug(price="19.95", name="Paracetamol 500 mg")
    before = timezone.now()

    ordered = order(consultation, (scan, 1), (drug, 3), actor=cashier)

    first, second = items_of(consultation)
    assert (ordered.items, ordered.replayed) == ([first, second], False)
    assert before <= first.ordered_at <= timezone.now()
    common = {
        "consultation_id": consultation.pk,
        "ordered_at": first.ordered_at,
        "waived": Decimal("0.00"),
        "status": "UNPAID",
        "receipt_number": "",
        "ordered_by_id": cashier.pk,
        "lab_result_id": None,
        "voided_by_id": None,
        "voided_at": None,
        "void_reason": "",
        "external_id": None,
    }
    assert list(BillItem.objects.order_by("pk").values()) == [
        {
            **common,
            "id": first.pk,
            "service_item_id": scan.pk,
            "department_id": scan.department_id,
            "description": "Chest X-ray",
            "quantity": 1,
            "unit_price": Decimal("1500.00"),
            "line_total": Decimal("1500.00"),
        },
        {
            **common,
            "id": second.pk,
            "ordered_at": second.ordered_at,
            "service_item_id": drug.pk,
            "department_id": drug.department_id,
            "description": "Paracetamol 500 mg",
            "quantity": 3,
            "unit_price": Decimal("19.95"),
            "line_total": Decimal("59.85"),
        },
    ]


def test_the_price_is_the_one_in_force_on_the_day(cashier):
    today = timezone.localdate()
    scan = make_item("RADIOLOGY", "1500.00")
    for days, price in [(-30, "1600.00"), (0, "1700.00"), (1, "1800.00")]:
        Price.objects.create(
            service_item=scan,
            unit_price=Decimal(price),
            effective_from=today + timedelta(days=days),
        )

    ordered = order(ConsultationFactory(), (scan, 2), actor=cashier)

    assert [(item.unit_price, item.line_total) for item in ordered.items] == [
        (Decimal("1700.00"), Decimal("3400.00"))
    ]


def test_a_later_price_leaves_what_was_ordered_as_it_was(cashier):
    scan = make_item("RADIOLOGY", "1500.00")
    consultation = ConsultationFactory()
    order(consultation, (scan, 1), actor=cashier)
    Price.objects.update(unit_price=Decimal("9999.00"))
    ServiceItem.objects.update(name="Renamed")

    answer = pay(consultation, cashier, "CASH", "1500.00")

    assert (answer.total_due, answer.items[0]["description"]) == ("1500.00", scan.name)


def test_the_same_thing_ordered_twice_is_two_items(cashier):
    scan = make_item("RADIOLOGY")

    ordered = order(ConsultationFactory(), (scan, 1), (scan, 2), actor=cashier)

    assert [item.quantity for item in ordered.items] == [1, 2]


def test_a_drug_can_be_ordered_before_it_is_in_stock(cashier):
    ordered = order(ConsultationFactory(), (make_drug(), 5), actor=cashier)

    assert [item.status for item in ordered.items] == ["UNPAID"]


def test_the_largest_order_is_accepted(cashier):
    cheap, dear = make_item(price="0.01"), make_item(price="9999998999.99")

    ordered = order(ConsultationFactory(), (cheap, MAX_QUANTITY), (dear, 1), actor=cashier)

    assert [item.line_total for item in ordered.items] == [
        Decimal("1000.00"),
        Decimal("9999998999.99"),
    ]


def test_the_same_key_returns_the_same_items_and_orders_nothing(cashier):
    consultation = ConsultationFactory()
    scan, drug = make_item("RADIOLOGY"), make_drug()
    first = order(consultation, (scan, 1), (drug, 2), actor=cashier, key="tap-1")
    before = everything()

    again = order(consultation, (scan, 1), (drug, 2), actor=cashier, key="tap-1")

    assert (again.items, again.replayed) == (first.items, True)
    assert everything() == before


def test_a_replay_is_given_even_when_the_consultation_was_closed_meanwhile(cashier):
    consultation = ConsultationFactory()
    scan = make_item("RADIOLOGY")
    first = order(consultation, (scan, 1), actor=cashier, key="tap-1")
    consultation.status = "CLOSED"
    consultation.save(update_fields=["status"])

    again = order(consultation, (scan, 1), actor=cashier, key="tap-1")

    assert (again.items, again.replayed) == (first.items, True)


def nothing_is_ordered(consultation):
    return consultation.pk, []


def the_quantity_is_zero(consultation):
    return consultation.pk, [Order(make_item().pk, 1), Order(make_item().pk, 0)]


def the_quantity_is_negative(consultation):
    return consultation.pk, [Order(make_item().pk, -1)]


def the_quantity_is_absurd(consultation):
    return consultation.pk, [Order(make_item().pk, MAX_QUANTITY + 1)]


def the_line_is_worth_too_much(consultation):
    return consultation.pk, [Order(make_item(price="9999999999.99").pk, 2)]


def the_item_has_no_price(consultation):
    unpriced = ServiceItem.objects.create(
        code="NEW", name="New", department=DepartmentFactory(code="RADIOLOGY")
    )
    return consultation.pk, [Order(make_item().pk, 1), Order(unpriced.pk, 1)]


def the_item_has_a_price_from_tomorrow_on(consultation):
    _, orders = the_item_has_no_price(consultation)
    Price.objects.create(
        service_item_id=orders[1].service_item_id,
        unit_price=Decimal("5.00"),
        effective_from=timezone.localdate() + timedelta(days=1),
    )
    return consultation.pk, orders


def the_item_is_no_longer_offered(consultation):
    return consultation.pk, [Order(make_item().pk, 1), Order(make_item(is_active=False).pk, 1)]


def there_is_no_such_item(consultation):
    return consultation.pk, [Order(make_item().pk, 1), Order(987_654_321, 1)]


def no_item_can_have_this_id(consultation):
    return consultation.pk, [Order(2**70, 1)]


def there_is_no_such_consultation(consultation):
    return 987_654_321, [Order(make_item().pk, 1)]


def the_consultation_is_closed(consultation):
    consultation.status = "CLOSED"
    consultation.save(update_fields=["status"])
    return consultation.pk, [Order(make_item().pk, 1)]


REFUSALS = [
    (nothing_is_ordered, InvalidRequest),
    (the_quantity_is_zero, InvalidRequest),
    (the_quantity_is_negative, InvalidRequest),
    (the_quantity_is_absurd, InvalidRequest),
    (the_line_is_worth_too_much, InvalidRequest),
    (the_item_has_no_price, InvalidRequest),
    (the_item_has_a_price_from_tomorrow_on, InvalidRequest),
    (the_item_is_no_longer_offered, InvalidRequest),
    (there_is_no_such_item, NotFound),
    (no_item_can_have_this_id, NotFound),
    (there_is_no_such_consultation, NotFound),
    (the_consultation_is_closed, ConsultationClosed),
]


@pytest.mark.parametrize(
    ("arranged", "error"), REFUSALS, ids=[arranged.__name__ for arranged, _ in REFUSALS]
)
def test_a_refused_order_changes_nothing_at_all(cashier, arranged, error):
    consultation_id, orders = arranged(ConsultationFactory())
    before = everything()

    with pytest.raises(error) as refusal:
        order_items(consultation_id=consultation_id, orders=orders, act=Act(cashier, "tap-1"))

    assert refusal.type is error
    assert everything() == before


def test_missing_items_are_named_by_their_ids(cashier):
    consultation = ConsultationFactory()
    orders = [Order(987_654_322, 1), Order(make_item().pk, 1), Order(987_654_321, 1)]

    with pytest.raises(NotFound) as refusal:
        order_items(consultation_id=consultation.pk, orders=orders, act=Act(cashier))

    assert refusal.value.facts == {"service_item_ids": [987_654_321, 987_654_322]}


@pytest.mark.parametrize("other", ["item", "quantity", "more", "consultation"])
def test_the_same_key_with_another_order_is_refused(cashier, other):
    consultation, scan = ConsultationFactory(), make_item("RADIOLOGY")
    order(consultation, (scan, 1), actor=cashier, key="tap-1")
    changed = {
        "item": (consultation, (make_item(), 1)),
        "quantity": (consultation, (scan, 2)),
        "more": (consultation, (scan, 1), (scan, 1)),
        "consultation": (ConsultationFactory(), (scan, 1)),
    }[other]
    before = everything()

    with pytest.raises(KeyReused):
        order(*changed, actor=cashier, key="tap-1")

    assert everything() == before


def test_a_refused_order_does_not_spend_its_key(cashier):
    consultation, scan = ConsultationFactory(), make_item("RADIOLOGY", is_active=False)
    with pytest.raises(InvalidRequest):
        order(consultation, (scan, 1), actor=cashier, key="tap-1")
    ServiceItem.objects.update(is_active=True)

    ordered = order(consultation, (scan, 1), actor=cashier, key="tap-1")

    assert (len(ordered.items), ordered.replayed) == (1, False)
