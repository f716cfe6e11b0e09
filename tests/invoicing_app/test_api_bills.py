"""Bills, orders, voids and paid tests over REST."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api import (
    client_as,
    client_of,
    pay,
    post,
    problem_of,
)
from tests.factories import make_bill, make_drug, make_item


@pytest.fixture
def desk(cashier):
    return client_of(cashier)


def test_a_bill_lists_items_and_what_is_due_in_each_department(desk):
    bill = make_bill(make_item("RADIOLOGY", "50.00"), (make_drug(price="2.50", holding=9), 3))
    assert pay(desk, bill, amount="50.00", department="RADIOLOGY").status_code == 201

    whole = desk.get(f"/invoicing_app/consultations/{bill.pk}/bill/").json()
    part = desk.get(f"/invoicing_app/consultations/{bill.pk}/bill?department=PHARMACY").json()

    xray, drug = bill.bill_items.order_by("pk")
    shown_drug = {
        "id": drug.pk,
        "department": "PHARMACY",
        "description": drug.description,
        "quantity": 3,
        "unit_price": "2.50",
        "line_total": "7.50",
        "waived": "0.00",
        "payer_share": "0.00",
        "patient_due": "7.50",
        "status": "UNPAID",
        "receipt_number": None,
    }
    departments = [
        {"department": "PHARMACY", "total_due": "7.50"},
        {"department": "RADIOLOGY", "total_due": "0.00"},
    ]
    assert (whole["total_due"], whole["department"]) == ("7.50", "ALL")
    assert whole["departments"] == departments
    assert [item["status"] for item in whole["items"]] == ["PAID", "UNPAID"]
    assert whole["items"][0]["receipt_number"] == xray.receipt_number
    assert part == {
        "consultation_id": bill.pk,
        "patient_id": bill.patient_id,
        "department": "PHARMACY",
        "total_due": "7.50",
        "cash_due": "7.50",
        "payer": None,
        "payer_total": "0.00",
        "departments": departments,
        "items": [shown_drug],
    }


def test_an_order_is_priced_by_the_server(desk):
    drug = make_drug(price="2.50")
    bill = make_bill(make_item())

    response = post(
        desk,
        f"/api/consultations/{bill.pk}/items/",
        {"items": [{"service_item_id": drug.pk, "quantity": 4, "unit_price": "0.01"}]},
        key="o1",
    )

    (item,) = response.json()["items"]
    assert response.status_code == 201
    assert (item["unit_price"], item["line_total"], item["status"]) == ("2.50", "10.00", "UNPAID")


@pytest.mark.parametrize(
    "items",
    [
        [],
        None,
        {},
        [{"service_item_id": 1}],
        [{"quantity": 1}],
        [{"service_item_id": 1, "quantity": 0}],
        [{"service_item_id": 1, "quantity": -1}],
        [{"service_item_id": 1, "quantity": "x"}],
        [{"service_item_id": 1, "quantity": 10**9}],
        ["x"],
    ],
)
def test_an_order_that_cannot_be_read_names_its_field(desk, items):
    bill = make_bill(make_item())

    response = post(desk, f"/api/consultations/{bill.pk}/items/", {"items": items})

    assert problem_of(response) == (400, "invalid-request")
    assert list(response.json()["errors"]) == ["items"]


def test_orders_of_or_for_nothing_are_not_found(desk):
    item = make_item()
    bill = make_bill(item)
    known = {"items": [{"service_item_id": item.pk, "quantity": 1}]}
    unknown = {"items": [{"service_item_id": 987654, "quantity": 1}]}

    assert problem_of(post(desk, "/api/consultations/98765/items/", known)) == (404, "not-found")
    path = f"/api/consultations/{bill.pk}/items/"
    assert problem_of(post(desk, path, unknown)) == (404, "not-found")


def test_an_unpaid_item_is_voided_once_and_a_paid_one_never(desk):
    bill = make_bill(make_item("RADIOLOGY", "50.00"), make_item("DENTAL", "20.00"))
    xray, tooth = bill.bill_items.order_by("pk")
    pay(desk, bill, amount="20.00", department="DENTAL")

    voided = post(desk, f"/api/bill-items/{xray.pk}/void/", {"reason": "twice"}, key="v1")
    replay = post(desk, f"/api/bill-items/{xray.pk}/void/", {"reason": "twice"}, key="v1")
    paid = post(desk, f"/api/bill-items/{tooth.pk}/void/", {"reason": "twice"})
    absent = post(desk, "/api/bill-items/98765/void/", {"reason": "twice"})
    unreasoned = post(desk, f"/api/bill-items/{xray.pk}/void/", {})

    assert (voided.status_code, voided.json()["status"]) == (200, "VOID")
    assert (replay.status_code, replay["Idempotent-Replayed"]) == (200, "true")
    assert problem_of(paid) == (409, "already-paid")
    assert problem_of(absent) == (404, "not-found")
    assert problem_of(unreasoned) == (400, "invalid-request")
    bill_now = desk.get(f"/invoicing_app/consultations/{bill.pk}/bill/").json()
    assert [item["id"] for item in bill_now["items"]] == [tooth.pk]


def test_a_paid_test_waits_for_its_result(desk):
    bill = make_bill(make_item("LABORATORY", "25.00", name="Full blood count"))
    pay(desk, bill, amount="25.00")

    listed = client_as("Laboratory").get(f"/api/lab-results/?consultation_id={bill.pk}")

    (shown,) = listed.json()["results"]
    (item,) = bill.bill_items.all()
    assert shown == {
        "id": item.lab_result_id,
        "bill_item_id": item.pk,
        "consultation_id": bill.pk,
        "test": "Full blood count",
        "status": "PENDING",
        "result": "",
        "requested_at": shown["requested_at"],
        "resulted_at": None,
    }


def queries_of(client, path):
    client.get(path)  # the content types and permissions of the user are cached
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    "path",
    [
        "/invoicing_app/payments/",
        "/api/patients/",
        "/api/departments/",
        "/api/service-items/",
        "/api/consultations/",
        "/api/lab-results/",
        "/api/stock/",
    ],
)
def test_a_list_of_three_costs_as_many_queries_as_a_list_of_one(desk, path):
    def add_rows():
        drug = make_drug(holding=9)
        bill = make_bill(drug, make_item("LABORATORY"), make_item("RADIOLOGY"))
        assert pay(desk, bill, amount="300").status_code == 201

    add_rows()
    with_one = queries_of(desk, path)
    add_rows()
    add_rows()

    assert queries_of(desk, path) == with_one


def test_a_repeated_order_gives_the_first_answer_even_when_it_was_paid_meanwhile(desk):
    item = make_item("RADIOLOGY", "50.00")
    bill = make_bill(item)
    path = f"/api/consultations/{bill.pk}/items/"
    body = {"items": [{"service_item_id": item.pk, "quantity": 1}]}
    first = post(desk, path, body, key="o1")
    assert pay(desk, bill, amount="100.00").status_code == 201

    again = post(desk, path, body, key="o1")

    assert (again.status_code, again.json()) == (200, first.json())
    assert [shown["status"] for shown in again.json()["items"]] == ["UNPAID"]
    assert bill.bill_items.count() == 2


def test_a_bill_never_grows_beyond_what_one_payment_can_settle(desk):
    dear = make_item("PROCEDURE", "9999999999.99")
    bill = make_bill(dear)
    cheap = make_item("PROCEDURE", "0.01")

    response = post(
        desk,
        f"/api/consultations/{bill.pk}/items/",
        {"items": [{"service_item_id": cheap.pk, "quantity": 1}]},
    )

    assert problem_of(response) == (400, "invalid-request")
    assert list(response.json()["errors"]) == ["items"]
    assert pay(desk, bill, amount="9999999999.99").status_code == 201
