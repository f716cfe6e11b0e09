"""Waivers over REST: one success and the refusals of each address."""

import pytest

from hospital.core.acts import Act
from invoicing_app.waivers.deciding import take_back_waiver
from invoicing_app.waivers.models import Waiver, WaiverLimit, WaiverReason
from tests.api import client_as, client_of, make_patient_user, post, problem_of
from tests.factories import UserFactory, make_bill, make_item
from tests.invoicing_app.desk import items_of, pay
from tests.invoicing_app.waivers.desk import ask, ask_for_much, states
from tests.rows import statements

pytestmark = pytest.mark.django_db
WAIVERS = "/invoicing_app/waivers/"


def body(bill, **other):
    return {
        "consultation_id": bill.pk,
        "department": "PROCEDURE",
        "amount": "40.00",
        "reason": "CANNOT_PAY",
        "note": "A widow",
        **other,
    }


def without(name, given):
    return {key: value for key, value in given.items() if key != name}


def test_a_waiver_is_answered_whole_and_found_again(cashier):
    client = client_of(cashier)
    bill = make_bill(make_item())

    made = post(client, WAIVERS, body(bill))

    waiver = made.json()
    assert (made.status_code, waiver["status"], waiver["amount"]) == (201, "GRANTED", "40.00")
    assert client.get(f"{WAIVERS}{waiver['id']}/").json() == waiver
    assert client.get(WAIVERS).json()["results"] == [waiver]


def test_the_bill_says_what_is_waived(cashier):
    client, bill = client_of(cashier), make_bill(make_item())
    post(client, WAIVERS, body(bill))

    shown = client.get(f"/invoicing_app/consultations/{bill.pk}/bill/").json()

    (item,) = shown["items"]
    assert (shown["total_due"], item["line_total"], item["waived"], item["patient_due"]) == (
        "60.00",
        "100.00",
        "40.00",
        "60.00",
    )


def test_the_same_key_is_answered_with_200_and_the_first_answer(cashier):
    client, bill = client_of(cashier), make_bill(make_item())
    first = post(client, WAIVERS, body(bill), key="tap-1")

    again = post(client, WAIVERS, body(bill), key="tap-1")

    assert (again.status_code, again["Idempotent-Replayed"]) == (200, "true")
    assert again.json() == first.json()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount": "1.001"}, "amount"),
        ({"amount": 0}, "amount"),
        ({"amount": None, "percent": "0"}, "percent"),
        ({"amount": None, "percent": "100.01"}, "percent"),
        ({"amount": None, "percent": "1.001"}, "percent"),
        ({"amount": None}, "amount"),
        ({"percent": "5"}, "amount"),
        ({"department": ""}, "bill_item_id"),
        ({"bill_item_id": 1}, "bill_item_id"),
        ({"bill_item_id": "one", "department": ""}, "bill_item_id"),
        ({"reason": "WHIM"}, "reason"),
        ({"note": ""}, "note"),
        ({"note": "x" * 201}, "note"),
        ({"consultation_id": 0}, "consultation_id"),
    ],
)
def test_a_request_that_cannot_be_read_names_its_field(cashier, wrong, field):
    refused = post(client_of(cashier), WAIVERS, body(make_bill(make_item()), **wrong))

    assert problem_of(refused) == (400, "invalid-request")
    assert list(refused.json()["errors"]) == [field]


def test_more_than_is_due_says_what_is_due(cashier):
    refused = post(client_of(cashier), WAIVERS, body(make_bill(make_item()), amount="100.01"))

    assert problem_of(refused) == (409, "more-than-due")
    assert (refused.json()["total_due"], refused.json()["amount"]) == ("100.00", "100.01")


def test_no_such_consultation_or_item_is_404(cashier):
    bill = make_bill(make_item())
    client = client_of(cashier)

    assert problem_of(post(client, WAIVERS, body(bill, consultation_id=987654))) == (
        404,
        "not-found",
    )
    item = without("department", body(bill, bill_item_id=987654))
    assert problem_of(post(client, WAIVERS, item)) == (404, "not-found")
    assert client.get(f"{WAIVERS}987654/").status_code == 404


def test_from_request_to_approval(cashier, supervisor):
    WaiverLimit.objects.update(day_amount=0)
    asked = post(client_of(cashier), WAIVERS, body(make_bill(make_item()))).json()
    path = f"{WAIVERS}{asked['id']}/approve/"
    client = client_of(supervisor)

    unread = post(client, path, {})
    other = post(client, path, {"request_hash": "0" * 64})
    granted = post(client, path, {"request_hash": asked["request_hash"]}, key="tap-1")
    again = post(client, path, {"request_hash": asked["request_hash"]}, key="tap-1")

    assert problem_of(unread) == (400, "invalid-request")
    assert problem_of(other) == (409, "waiver-changed")
    assert (granted.status_code, granted.json()["status"]) == (200, "GRANTED")
    assert (again["Idempotent-Replayed"], again.json()) == ("true", granted.json())


def test_nobody_decides_on_their_own(supervisor):
    asked = ask_for_much(make_bill(make_item()), supervisor, "40.00")
    client = client_of(supervisor)

    approved = post(client, f"{WAIVERS}{asked.id}/approve/", {"request_hash": asked.request_hash})
    rejected = post(client, f"{WAIVERS}{asked.id}/reject/", {"reason": "no"})

    assert [problem_of(one) for one in (approved, rejected)] == [(422, "self-approval")] * 2
    assert states() == ["REQUESTED"]


def test_rejected_withdrawn_and_taken_back(cashier, supervisor):
    bill = make_bill(make_item())
    granted = ask(bill, cashier, "1.00")
    one, other = (ask_for_much(bill, cashier, "40.00") for _ in range(2))

    answers = [
        post(client_of(supervisor), f"{WAIVERS}{one.id}/reject/", {"reason": "He can pay"}),
        post(client_of(cashier), f"{WAIVERS}{other.id}/withdraw/", {}),
        post(client_of(cashier), f"{WAIVERS}{granted.id}/take-back/", {"reason": "Wrong bill"}),
    ]

    assert [(answer.status_code, answer.json()["status"]) for answer in answers] == [
        (200, "REJECTED"),
        (200, "WITHDRAWN"),
        (200, "TAKEN_BACK"),
    ]
    assert states() == ["TAKEN_BACK", "REJECTED", "WITHDRAWN"]


def test_a_paid_waiver_stays(cashier):
    bill = make_bill(make_item())
    granted = ask(bill, cashier, "1.00")
    pay(bill, cashier, "CASH", "99.00")

    refused = post(client_of(cashier), f"{WAIVERS}{granted.id}/take-back/", {"reason": "x"})

    assert problem_of(refused) == (409, "already-paid")


def test_the_list_is_narrowed(cashier, supervisor):
    client = client_of(supervisor)
    bill, other = make_bill(make_item()), make_bill(make_item())
    kept = ask(bill, cashier, "1.00", reason="STAFF")
    back = ask(bill, cashier, "2.00")
    take_back_waiver(waiver_id=back.id, reason="x", act=Act(cashier))
    asked = ask_for_much(other, cashier, "3.00")

    def ids(query):
        return [one["id"] for one in client.get(f"{WAIVERS}?{query}").json()["results"]]

    assert ids("") == [asked.id, back.id, kept.id]
    assert ids("status=REQUESTED") == [asked.id]
    assert ids(f"consultation_id={bill.pk}") == [back.id, kept.id]
    assert ids("reason=STAFF") == [kept.id]
    assert ids("from=2000-01-01&to=2000-01-02") == []
    assert client.get(f"{WAIVERS}?status=WHO").status_code == 400


def test_the_list_takes_as_many_statements_for_three_as_for_one(cashier):
    client = client_as("Auditor")
    ask(make_bill(make_item()), cashier, "1.00")
    client.get(WAIVERS)
    one = statements(lambda: client.get(WAIVERS))
    for _ in range(2):
        ask(make_bill(make_item(), make_item()), UserFactory(role="Cashier"), "1.00")

    assert statements(lambda: client.get(WAIVERS)) == one


def test_reasons_are_those_in_use(cashier):
    WaiverReason.objects.exclude(code__in=["OTHER", "STAFF"]).update(is_active=False)

    shown = client_of(cashier).get("/api/waiver-reasons/").json()["results"]

    assert sorted(shown, key=lambda one: one["code"]) == [
        {"code": "OTHER", "name": "Other"},
        {"code": "STAFF", "name": "Staff and their families"},
    ]


def test_a_patient_sees_none_and_waives_nothing():
    user = make_patient_user()
    bill = make_bill(make_item(), patient=user.patient)
    client = client_of(user)

    assert client.get(WAIVERS).status_code == 403
    assert problem_of(post(client, WAIVERS, body(bill))) == (403, "permission-denied")
    assert Waiver.objects.count() == 0
    assert items_of(bill)[0].waived == 0
