"""Stock counts over REST: blind until they are submitted."""

import pytest

from tests.api import client_of, post
from tests.factories import UserFactory
from tests.rows import statements
from tests.smcapp1.stock_counts.counting import count_of, counted, on_hand, pharmacist, shelf

pytestmark = pytest.mark.django_db


def line_of(batch, **changed):
    facts = {
        "batch_id": batch.pk,
        "service_item_id": batch.service_item_id,
        "drug": batch.service_item.name,
        "batch_number": batch.batch_number,
        "expires_on": batch.expires_on.isoformat(),
        "counted": None,
        "expected": None,
        "variance": None,
        "reason": "",
    }
    return {**facts, **changed}


def test_a_count_from_its_opening_to_its_approval():
    (batch,) = shelf(10)
    counter, supervisor = pharmacist(), UserFactory(role="Supervisor")
    at_the_shelf, at_the_desk = client_of(counter), client_of(supervisor)

    opened = post(at_the_shelf, "/api/stock-counts/", {"department": "PHARMACY"})
    path = f"/api/stock-counts/{opened.json()['id']}"
    submitted = post(
        at_the_shelf, f"{path}/submit/", {"counts": [{"batch_id": batch.pk, "counted": 8}]}
    )
    explained = post(
        at_the_shelf,
        f"{path}/explain/",
        {"reasons": [{"batch_id": batch.pk, "reason": "Broken and not written off"}]},
    )
    approved = post(at_the_desk, f"{path}/approve/", {})

    assert (opened.status_code, opened.json()["status"]) == (201, "OPEN")
    assert opened.json()["lines"] == [line_of(batch)]
    assert (submitted.status_code, submitted.json()["status"]) == (200, "COUNTED")
    assert submitted.json()["lines"] == [line_of(batch, counted=8, expected=10, variance=-2)]
    assert explained.json()["lines"][0]["reason"] == "Broken and not written off"
    assert (approved.status_code, approved.json()["status"]) == (200, "APPROVED")
    assert (approved.json()["counted_by"], approved.json()["decided_by"]) == (
        counter.pk,
        supervisor.pk,
    )
    assert on_hand(batch) == [8]
    assert at_the_desk.get(f"{path}/").json() == approved.json()


def test_the_same_key_approves_once():
    (batch,) = shelf(10)
    count = counted({batch: 8}, pharmacist())
    client = client_of(UserFactory(role="Supervisor"))
    path = f"/api/stock-counts/{count.pk}/approve/"

    first, again = post(client, path, {}, key="tap-1"), post(client, path, {}, key="tap-1")

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()
    assert on_hand(batch) == [8]


def test_whoever_counted_and_may_approve_is_told_that_somebody_else_has_to():
    (batch,) = shelf(10)
    supervisor = UserFactory(role="Supervisor")
    count = counted({batch: 8}, supervisor)

    refused = post(client_of(supervisor), f"/api/stock-counts/{count.pk}/approve/", {})

    assert (refused.status_code, refused.json()["code"]) == (422, "self-approval")


def test_a_batch_that_is_named_twice_is_an_error_of_its_field():
    (batch,) = shelf(10)
    actor = pharmacist()
    count = count_of([batch], actor)
    line = {"batch_id": batch.pk, "counted": 8}

    refused = post(
        client_of(actor), f"/api/stock-counts/{count.pk}/submit/", {"counts": [line, line]}
    )

    assert refused.status_code == 400
    assert refused.json()["errors"] == {"counts": ["A batch is named twice."]}


def test_a_rejected_count_says_why():
    (batch,) = shelf(10)
    count = counted({batch: 8}, pharmacist())
    client = client_of(UserFactory(role="Supervisor"))

    rejected = post(client, f"/api/stock-counts/{count.pk}/reject/", {"reason": "Counted at night"})

    assert (rejected.json()["status"], rejected.json()["reject_reason"]) == (
        "REJECTED",
        "Counted at night",
    )


def test_the_list_is_narrowed_by_status_and_its_queries_do_not_grow():
    client = client_of(UserFactory(role="Auditor"))
    counter = pharmacist()
    first = count_of(shelf(10), counter)
    few = statements(lambda: client.get("/api/stock-counts/"))
    waiting = counted({shelf(10)[0]: 10}, counter)
    count_of(shelf(5, 6), counter)

    assert statements(lambda: client.get("/api/stock-counts/")) == few
    found = client.get("/api/stock-counts/?status=COUNTED").json()["results"]
    assert [one["id"] for one in found] == [waiting.pk]
    assert client.get("/api/stock-counts/").json()["results"][-1]["id"] == first.pk
    assert client.get("/api/stock-counts/?status=LOST").status_code == 400
