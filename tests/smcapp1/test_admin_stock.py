"""Stock at the pharmacy's desk, through real requests."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from smcapp1.models import ServiceItem, StockBatch, StockMovement
from tests import rows
from tests.admin_pages import (
    CONSULTATIONS,
    add_page,
    errors,
    open_form,
    page_of,
    said,
    signed_in,
    text_of,
)
from tests.factories import ConsultationFactory, UserFactory, make_drug, make_stock

BATCHES = "smcapp1_stockbatch"
ITEMS = "smcapp1_serviceitem"
NEAR_EXPIRY = reverse("admin:smcapp1_stockbatch_near_expiry")


def delivery(drug: ServiceItem, key: str, **other: Any) -> dict[str, Any]:
    return {
        "service_item": drug.pk,
        "batch_number": "B-7",
        "expires_on": (timezone.localdate() + timedelta(days=90)).isoformat(),
        "unit_cost": "2.50",
        "quantity": "40",
        "one_time_key": key,
        **other,
    }


def test_a_pharmacist_receives_stock_once(real_commits):
    drug, pharmacist = make_drug(), UserFactory(role="Pharmacist")
    client = signed_in(pharmacist)
    form = delivery(drug, open_form(client, add_page(BATCHES)))

    first, second = client.post(add_page(BATCHES), form), client.post(add_page(BATCHES), form)

    batch = StockBatch.objects.get()
    assert (first["Location"], second["Location"]) == (page_of(BATCHES, batch.pk),) * 2
    assert (batch.quantity_on_hand, batch.unit_cost) == (40, Decimal("2.50"))
    assert StockMovement.objects.values_list("kind", "quantity", "moved_by").get() == (
        "RECEIVED",
        40,
        pharmacist.pk,
    )


def test_a_second_delivery_of_a_batch_adds_to_it(real_commits):
    drug, client = make_drug(), signed_in(UserFactory(role="Pharmacist"))

    for _ in range(2):
        client.post(add_page(BATCHES), delivery(drug, open_form(client, add_page(BATCHES))))

    assert StockBatch.objects.get().quantity_on_hand == 80


def test_an_expired_delivery_is_refused(db):
    drug, client = make_drug(), signed_in(UserFactory(role="Pharmacist"))
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    key = open_form(client, add_page(BATCHES))

    answer = client.post(add_page(BATCHES), delivery(drug, key, expires_on=yesterday))

    assert errors(answer) == {"expires_on": ["This batch has expired; it cannot go on the shelf."]}
    assert StockBatch.objects.count() == 0


@pytest.mark.parametrize("quantity", ["0", "-1", "x", ""])
def test_a_delivery_of_nothing_is_refused(db, quantity):
    drug, client = make_drug(), signed_in(UserFactory(role="Pharmacist"))
    key = open_form(client, add_page(BATCHES))
    before = rows.everything()

    answer = client.post(add_page(BATCHES), delivery(drug, key, quantity=quantity))

    assert list(errors(answer)) == ["quantity"]
    assert rows.everything() == before


def test_a_batch_is_not_received_at_another_cost(real_commits):
    drug, client = make_drug(), signed_in(UserFactory(role="Pharmacist"))
    client.post(add_page(BATCHES), delivery(drug, open_form(client, add_page(BATCHES))))
    key = open_form(client, add_page(BATCHES))
    before = rows.everything()

    answer = client.post(add_page(BATCHES), delivery(drug, key, unit_cost="3.00"))

    assert errors(answer) == {
        "unit_cost": [
            "Batch B-7 came at NGN 2.50 each before."
            " Write that cost, or give this delivery a batch number of its own."
        ]
    }
    assert rows.everything() == before


def test_no_wheel_changes_a_quantity_or_a_price(db):
    item = make_drug()
    visit = ConsultationFactory()
    accountant, pharmacist = (signed_in(UserFactory(role=r)) for r in ("Accountant", "Pharmacist"))

    pages = [
        accountant.get(page_of(ITEMS, item.pk)),
        pharmacist.get(add_page(BATCHES)),
        pharmacist.get(page_of(CONSULTATIONS, visit.pk)),
    ]

    assert ['type="number"' in page.content.decode() for page in pages] == [False] * 3


# Near expiry


def shelf(batches):
    """Make a batch of 10 of a drug for each (batch number, days until it expires)."""
    drug = make_drug(name="Amoxicillin")
    for batch, days_left in batches:
        make_stock(drug, 10, days_left=days_left, batch=batch)
    return drug


def batches_on(page):
    return [batch.batch_number for batch in page.context["cl"].result_list]


def test_what_expires_first_stands_first_and_the_expired_before_it(db, settings):
    settings.NEAR_EXPIRY_DAYS = 30
    shelf([("SOON", 30), ("LATE", 31), ("GONE", -5), ("TODAY", 0)])
    make_stock(make_drug(), 4, days_left=-9, batch="EMPTY")
    StockBatch.objects.filter(batch_number="EMPTY").update(quantity_on_hand=0)

    page = signed_in(UserFactory(role="Pharmacist")).get(NEAR_EXPIRY)

    assert batches_on(page) == ["GONE", "TODAY", "SOON"]
    assert "Expired and still on the shelf: 1 batch, worth NGN 0.00. Expiring by" in text_of(page)
    assert ": 2 batches." in text_of(page)
    assert "expired 5 days ago" in text_of(page)
    assert "today is the last day" in text_of(page)


def test_an_empty_list_of_near_expiry_says_so(db):
    page = signed_in(UserFactory(role="Pharmacist")).get(NEAR_EXPIRY)

    assert "Nothing on the shelf expires soon" in text_of(page)


def test_near_expiry_costs_the_same_with_one_batch_and_with_three(db):
    client = signed_in(UserFactory(role="Pharmacist"))
    shelf([("A", 5)])
    client.get(NEAR_EXPIRY)
    few = rows.statements(lambda: client.get(NEAR_EXPIRY))

    shelf([("B", -6), ("C", 7)])

    assert rows.statements(lambda: client.get(NEAR_EXPIRY)) == few


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [("there", ["GONE", "LATE"]), ("expired", ["GONE"]), ("empty", ["EMPTY"]), ("x", None)],
)
def test_stock_is_narrowed_by_what_is_there(db, chosen, shown):
    shelf([("LATE", 300), ("GONE", -5), ("EMPTY", 9)])
    StockBatch.objects.filter(batch_number="EMPTY").update(quantity_on_hand=0)

    page = signed_in(UserFactory(role="Auditor")).get(
        reverse("admin:smcapp1_stockbatch_changelist"), {"shelf": chosen}
    )

    assert sorted(batches_on(page)) == (shown or ["EMPTY", "GONE", "LATE"])


# Writing off


def write_off_page(batch):
    return reverse("admin:smcapp1_stockbatch_write_off", args=[batch.pk])


def test_a_pharmacist_writes_off_an_expired_batch_once(real_commits):
    shelf([("GONE", -5)])
    batch, pharmacist = StockBatch.objects.get(), UserFactory(role="Pharmacist")
    client = signed_in(pharmacist)
    form = {"quantity": "10", "reason": "Expired"}
    form["one_time_key"] = open_form(client, write_off_page(batch))

    first, second = (client.post(write_off_page(batch), form) for _ in range(2))

    movement = StockMovement.objects.get(kind="WRITTEN_OFF")
    assert (first["Location"], second["Location"]) == (page_of(BATCHES, batch.pk),) * 2
    assert (movement.quantity, movement.reason, movement.moved_by) == (10, "Expired", pharmacist)
    assert said(client, first["Location"])[0] == "10 of Amoxicillin GONE written off: Expired"
    assert LogEntry.objects.count() == 1


def test_the_page_proposes_to_write_off_all_of_an_expired_batch(db):
    shelf([("GONE", -5), ("GOOD", 5)])
    client = signed_in(UserFactory(role="Supervisor"))
    gone, good = StockBatch.objects.order_by("expires_on")

    proposed = [client.get(write_off_page(batch)).context["form"].initial for batch in (gone, good)]

    assert [(one["quantity"], one["reason"]) for one in proposed] == [(10, "Expired"), (None, "")]


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"quantity": "11"}, {"quantity": ["Only 10 of this batch are on the shelf."]}),
        ({"quantity": "0"}, {"quantity": ["Ensure this value is greater than or equal to 1."]}),
        ({"reason": " "}, {"reason": ["This field is required."]}),
    ],
    ids=str,
)
def test_a_refused_write_off_says_why_and_leaves_no_trace(db, typed, why):
    shelf([("GOOD", 5)])
    batch, client = StockBatch.objects.get(), signed_in(UserFactory(role="Pharmacist"))
    form = {"quantity": "1", "reason": "Broken", **typed}
    form["one_time_key"] = open_form(client, write_off_page(batch))
    before = rows.everything()

    answer = client.post(write_off_page(batch), form)

    assert answer.context["form"].errors == why
    assert rows.everything() == before


@pytest.mark.parametrize("role", ["Cashier", "Laboratory", "Accountant", "Auditor"])
def test_nobody_else_writes_off_stock(db, role):
    shelf([("GOOD", 5)])
    batch, client = StockBatch.objects.get(), signed_in(UserFactory(role=role))

    answers = [client.get(write_off_page(batch)), client.post(write_off_page(batch), {})]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert "write-off" not in client.get(page_of(BATCHES, batch.pk)).content.decode()


def test_a_batch_that_is_used_up_is_not_written_off(db):
    shelf([("EMPTY", 5)])
    StockBatch.objects.update(quantity_on_hand=0)
    batch = StockBatch.objects.get()

    page = signed_in(UserFactory(role="Pharmacist")).get(page_of(BATCHES, batch.pk))

    assert "write-off" not in page.content.decode()
