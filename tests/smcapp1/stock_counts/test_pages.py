"""Stock counts at the desk, through real requests."""

import pytest
from django.urls import reverse

from smcapp1.models import StockCount
from tests.admin_pages import add_page, errors, open_form, page_of, signed_in, text_of
from tests.factories import UserFactory, make_drug, make_stock
from tests.smcapp1.stock_counts.counting import (
    batch_of,
    count_of,
    counted,
    movements_of_counts,
    on_hand,
    pharmacist,
    shelf,
)

COUNTS = "smcapp1_stockcount"
WAYS = ["count", "explain", "approve", "reject"]


def way(name, count):
    return reverse(f"admin:{COUNTS}_{name}", args=[count.pk])


def send(client, url, **typed):
    return client.post(url, {"one_time_key": open_form(client, url), **typed}, follow=True)


def test_a_count_from_its_beginning_to_its_approval(real_commits):
    batch = batch_of(make_drug(holding=777, name="Amoxicillin"))
    at_the_shelf, at_the_desk = (
        signed_in(pharmacist()),
        signed_in(UserFactory(role="Supervisor")),
    )
    department = batch.service_item.department_id

    begun = send(at_the_shelf, add_page(COUNTS), department=department, batch_numbers="")
    count = StockCount.objects.get()
    blind = text_of(at_the_shelf.get(way("count", count)))
    submitted = send(at_the_shelf, way("count", count), **{f"batch_{batch.pk}": "775"})
    explained = send(at_the_shelf, way("explain", count), **{f"batch_{batch.pk}": "Broken"})
    seen = text_of(at_the_desk.get(way("approve", count)))
    approved = send(at_the_desk, way("approve", count))

    assert f"Stock count {count.pk} has begun." in text_of(begun)
    assert "Amoxicillin B1, expires" in blind
    assert "777" not in blind
    assert "Counted. What should be there is shown now." in text_of(submitted)
    assert "The reasons were saved; somebody else approves the count." in text_of(explained)
    assert "775 777 -2 Broken" in seen
    assert f"Stock count {count.pk} was approved." in text_of(approved)
    assert on_hand(batch) == [775]


def test_a_double_click_approves_once(real_commits):
    (batch,) = shelf(10)
    count = counted({batch: 8}, pharmacist())
    client = signed_in(UserFactory(role="Supervisor"))
    url = way("approve", count)
    form = {"one_time_key": open_form(client, url)}

    client.post(url, form)
    again = client.post(url, form, follow=True)

    assert "This form had done it before" in text_of(again)
    assert (on_hand(batch), len(movements_of_counts())) == ([8], 1)


def test_batches_are_chosen_by_their_numbers(db):
    drug = make_drug()
    make_stock(drug, 5, batch="X1")
    make_stock(drug, 6, batch="X2")
    client = signed_in(pharmacist())

    unknown = send(client, add_page(COUNTS), department="", batch_numbers="X1\nX9")
    send(client, add_page(COUNTS), department="", batch_numbers=" X1 \n\nX2")

    assert errors(unknown) == {"batch_numbers": ["No batch X9 is on the shelf."]}
    assert StockCount.objects.get().lines.count() == 2


def test_neither_or_both_is_refused_beside_the_department(db):
    client = signed_in(pharmacist())

    refused = send(client, add_page(COUNTS), department="", batch_numbers="")

    assert errors(refused) == {"department": ["Count a department, or batches that you choose."]}
    assert StockCount.objects.count() == 0


def test_whoever_counted_is_told_that_somebody_else_approves(db):
    (batch,) = shelf(10)
    supervisor = UserFactory(role="Supervisor")
    count = counted({batch: 8}, supervisor)

    refused = send(signed_in(supervisor), way("approve", count))

    assert "Whoever counted cannot approve the count." in text_of(refused)
    assert on_hand(batch) == [10]


@pytest.mark.parametrize(
    ("role", "name", "status"),
    [
        ("Pharmacist", "count", 200),
        ("Supervisor", "count", 403),
        ("Auditor", "count", 403),
        ("Pharmacist", "approve", 403),
        ("Supervisor", "approve", 200),
        ("Pharmacist", "reject", 200),
        ("Auditor", "reject", 403),
    ],
)
def test_each_role_gets_its_own_pages(db, role, name, status):
    count = count_of(shelf(10), pharmacist())

    assert signed_in(UserFactory(role=role)).get(way(name, count)).status_code == status


def test_an_auditor_reads_a_count_and_finds_no_way_to_change_it(db):
    (batch,) = shelf(10)
    count = counted({batch: 8}, pharmacist())

    page = signed_in(UserFactory(role="Auditor")).get(page_of(COUNTS, count.pk))

    html = page.content.decode()
    assert "Miscounted before" in text_of(page)
    ways = [reverse(f"admin:{COUNTS}_{name}", args=[count.pk]) for name in WAYS]
    assert [url for url in ways if url in html] == []
