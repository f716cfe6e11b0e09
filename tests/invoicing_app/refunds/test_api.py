"""Refunds over REST: one success and the refusals of each address."""

import pytest

from tests.api import client_as, client_of, post, problem_of
from tests.factories import UserFactory, make_bill, make_item
from tests.invoicing_app.desk import items_of, pay
from tests.invoicing_app.refunds.desk import approve, ask, states
from tests.rows import statements

pytestmark = pytest.mark.django_db
REFUNDS = "/invoicing_app/refunds/"


@pytest.fixture
def cashier(db):
    return UserFactory(role="Cashier")


def paid_by(cashier, *items):
    bill = make_bill(*(items or (make_item(),)))
    return pay(bill, cashier, "CASH", "900.00"), items_of(bill)


def body(paid, *items, **other):
    lines = [{"bill_item_id": item.pk, "quantity": item.quantity} for item in items]
    return {
        "payment_id": paid.payment_id,
        "kind": "RETURN",
        "reason": "Wrong",
        "lines": lines,
    } | other


def act(client, refund_id, name, given=None, key=""):
    return post(client, f"{REFUNDS}{refund_id}/{name}/", given or {}, key)


def test_a_refund_goes_all_its_way(cashier):
    client, supervisor = client_of(cashier), client_as("Supervisor")
    paid, items = paid_by(cashier)
    plan = post(client, f"{REFUNDS}plan/", body(paid, *items)).json()

    asked = post(client, REFUNDS, body(paid, *items, plan_hash=plan["plan_hash"]), "k")
    again = post(client, REFUNDS, body(paid, *items, plan_hash=plan["plan_hash"]), "k")
    refund = asked.json()
    approved = act(supervisor, refund["id"], "approve", {"request_hash": refund["request_hash"]})
    paid_out = act(client, refund["id"], "pay-out")

    assert plan["tenders"] == [
        {
            "payment_method": "CASH",
            "amount": "100.00",
            "goes_to": "CASH",
            "external_reference": "",
        }
    ]
    assert (plan["amount"], plan["drawer_is_short"]) == ("100.00", False)
    assert (asked.status_code, again.status_code, again.json()) == (201, 200, refund)
    assert again["Idempotent-Replayed"] == "true"
    assert (approved.status_code, approved.json()["status"]) == (200, "APPROVED")
    assert (paid_out.status_code, paid_out.json()["status"]) == (200, "PAID")
    assert client.get(f"{REFUNDS}{refund['id']}/").json() == paid_out.json()
    assert client.get(REFUNDS, {"status": "PAID"}).json()["results"] == [paid_out.json()]


def test_what_is_asked_can_be_changed_by_who_asked(cashier):
    client = client_of(cashier)
    paid, (first, second) = paid_by(cashier, make_item(), make_item())
    refund = ask(paid, (first, 1), by=cashier)
    approve(refund)

    changed = client.patch(f"{REFUNDS}{refund.id}/", body(paid, second), format="json").json()

    assert (changed["status"], changed["version"]) == ("REQUESTED", 2)
    assert [line["bill_item_id"] for line in changed["lines"]] == [second.pk]
    other = client_as("Cashier")
    refused = other.patch(f"{REFUNDS}{refund.id}/", body(paid, second), format="json")
    assert problem_of(refused) == (409, "not-your-refund")


def test_refusals_are_named(cashier):
    client, supervisor = client_of(cashier), client_as("Supervisor")
    paid, (item,) = paid_by(cashier)
    refund = post(client, REFUNDS, body(paid, item)).json()

    assert problem_of(post(client, REFUNDS, body(paid, item))) == (409, "already-refunded")
    assert problem_of(act(client, refund["id"], "pay-out")) == (409, "refund-not-approved")
    wrong = act(supervisor, refund["id"], "approve", {"request_hash": "0" * 64})
    assert problem_of(wrong) == (409, "refund-changed")
    assert problem_of(act(client, refund["id"], "reject", {"reason": "No"}))[0] == 403
    rejected = act(supervisor, refund["id"], "reject", {"reason": "No"}).json()
    assert (rejected["status"], rejected["decision_note"]) == ("REJECTED", "No")
    assert problem_of(act(client, refund["id"], "withdraw")) == (409, "refund-ended")
    changed = post(client, REFUNDS, body(paid, item, plan_hash="0" * 64))
    assert problem_of(changed) == (409, "refund-plan-changed")
    assert problem_of(client.patch(f"{REFUNDS}987654/", body(paid, item), format="json"))[0] == 404
    assert states() == ["REJECTED"]


def test_the_list_takes_as_many_statements_for_three_as_for_one(cashier):
    client = client_as("Auditor")
    ask(paid_by(cashier)[0])
    one = statements(lambda: client.get(REFUNDS))
    for _ in range(2):
        ask(paid_by(cashier)[0])

    assert statements(lambda: client.get(REFUNDS)) == one
    assert len(client.get(REFUNDS).json()["results"]) == 3
