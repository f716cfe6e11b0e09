"""A drug is handed out in part over REST and at the pharmacy's window."""

import pytest
from django.urls import reverse

from invoicing_app.models import DrugHandOut
from tests.admin_pages import signed_in, text_of
from tests.api import client_of, post, problem_of
from tests.factories import UserFactory
from tests.invoicing_app.stock.drugs import counts_of, paid_drug

pytestmark = pytest.mark.django_db
WAITING = reverse("admin:invoicing_app_drughandout_waiting")


@pytest.fixture
def pharmacist():
    return UserFactory(role="Pharmacist")


def test_a_part_and_then_the_rest(pharmacist):
    item, client = paid_drug(10), client_of(pharmacist)
    path = f"/api/bill-items/{item.pk}/hand-out/"

    part = post(client, path, {"quantity": 4}, "tap-1")
    again = post(client, path, {"quantity": 4}, "tap-1")
    rest = post(client, path, {})
    none = post(client, path, {})

    first = DrugHandOut.objects.earliest("pk")
    assert part.status_code == 201
    assert {**part.json(), "handed_out_at": None} == {
        "id": first.pk,
        "bill_item_id": item.pk,
        "quantity": 4,
        "owed": 6,
        "handed_out_by": pharmacist.pk,
        "handed_out_at": None,
    }
    assert (again.status_code, again.json()) == (200, part.json())
    assert (rest.json()["quantity"], rest.json()["owed"]) == (6, 0)
    assert problem_of(none) == (409, "already-handed-out")


@pytest.mark.parametrize("quantity", [0, -1, "many", 1.5, None])
def test_what_is_no_number_names_its_field(pharmacist, quantity):
    item = paid_drug(10)

    refused = post(
        client_of(pharmacist), f"/api/bill-items/{item.pk}/hand-out/", {"quantity": quantity}
    )

    assert problem_of(refused) == (400, "invalid-request")
    assert list(refused.json()["errors"]) == ["quantity"]


def test_more_than_is_owed_and_what_is_not_there(pharmacist):
    item, client = paid_drug(10), client_of(pharmacist)

    more = post(client, f"/api/bill-items/{item.pk}/hand-out/", {"quantity": 11})

    assert problem_of(more) == (409, "more-than-owed")
    assert (more.json()["owed"], more.json()["requested"]) == (10, 11)
    nothing = post(client, "/api/bill-items/999999/hand-out/", {})
    assert problem_of(nothing) == (404, "not-found")


def test_the_window_hands_out_a_part_and_shows_what_is_owed(pharmacist):
    item, client = paid_drug(10), signed_in(pharmacist)
    ((visit, key),) = client.get(WAITING).context["visits"]
    form = {
        "consultation": visit.consultation.pk,
        "one_time_key": key,
        "items": [item.pk],
        f"quantity-{item.pk}": "4",
    }

    done = client.post(WAITING, form, follow=True)

    said = f"1 drug handed out to {item.consultation.patient}. 6 are still owed."
    assert said in text_of(done)
    assert "6 × " in text_of(done)
    assert "owed of 10" in text_of(done)
    assert counts_of(item) == [(10, 4, 0, 0)]


@pytest.mark.parametrize("typed", ["", "4.5", "-4", "four", "0"])
def test_what_is_no_number_is_handed_out_nowhere(pharmacist, typed):
    item, client = paid_drug(10), signed_in(pharmacist)
    ((visit, key),) = client.get(WAITING).context["visits"]
    form = {
        "consultation": visit.consultation.pk,
        "one_time_key": key,
        "items": [item.pk],
        f"quantity-{item.pk}": typed,
    }

    refused = client.post(WAITING, form)

    assert refused.status_code == 200
    assert counts_of(item) == [(10, 0, 0, 0)]
