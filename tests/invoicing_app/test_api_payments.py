"""Bills, orders and payments over REST, as DESIGN section 7 has them."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from invoicing_app.models import DepositReceiving
from tests.api import client_as, client_of, make_patient_user, post, problem_of
from tests.factories import make_bill, make_drug, make_item, make_wallet

CREATE = "/invoicing_app/payments/create/"


@pytest.fixture
def desk(cashier):
    return client_of(cashier)


def pay(client, bill, method="CASH", amount=None, department="ALL", key=""):
    body = {"consultation_id": bill.pk, "department": department, "payment_method": method}
    return post(client, CREATE, body if amount is None else {**body, "amount_paid": amount}, key)


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
        "departments": departments,
        "items": [shown_drug],
    }


def test_a_cash_payment_answers_everything_the_contract_names(desk, cashier):
    bill = make_bill(make_item("RADIOLOGY", "50.00"))

    response = pay(desk, bill, amount="60")

    payment = DepositReceiving.objects.get()
    (item,) = bill.bill_items.all()
    assert response.status_code == 201
    assert response.json() == {
        "payment_id": payment.pk,
        "receipt_number": f"PAY-{cashier.pk:04d}-000001",
        "consultation_id": bill.pk,
        "department": "ALL",
        "payment_method": "CASH",
        "total_due": "50.00",
        "amount_paid": "60.00",
        "change_given": "10.00",
        "items": [
            {
                "id": item.pk,
                "department": "RADIOLOGY",
                "description": item.description,
                "quantity": 1,
                "unit_price": "50.00",
                "line_total": "50.00",
                "status": "PAID",
                "receipt_number": payment.receipt_number,
            }
        ],
        "created_at": payment.created_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }


@pytest.mark.parametrize("amount", [None, "50.00", "60.00"])
def test_a_wallet_payment_debits_exactly_the_total(desk, amount):
    wallet = make_wallet(holding="80.00")
    bill = make_bill(make_item("RADIOLOGY", "50.00"), patient=wallet.patient)

    body = pay(desk, bill, "WALLET", amount).json()

    wallet.refresh_from_db()
    assert wallet.account_balance == Decimal("30.00")
    assert (body["amount_paid"], body["change_given"]) == ("50.00", "0.00")
    assert body["wallet_balance"] == "30.00"


def test_a_payment_reads_the_same_as_it_was_answered(desk):
    wallet = make_wallet(holding="80.00")
    bill = make_bill(make_item("RADIOLOGY", "50.00"), patient=wallet.patient)

    answered = pay(desk, bill, "WALLET").json()

    one = desk.get(f"/invoicing_app/payments/{answered['payment_id']}/").json()
    (listed,) = desk.get(f"/invoicing_app/payments/?consultation_id={bill.pk}").json()["results"]
    assert one == answered
    assert listed == answered


@pytest.mark.parametrize(
    ("method", "amount", "expected"),
    [
        ("CASH", "49.99", (422, "underpayment")),
        ("CARD", "49.99", (422, "underpayment")),
        ("CARD", "50.01", (422, "overpayment")),
        ("TRANSFER", "50.01", (422, "overpayment")),
        ("WALLET", "49.99", (422, "underpayment")),
        ("WALLET", None, (409, "insufficient-funds")),
    ],
)
def test_refusals_are_named(desk, method, amount, expected):
    bill = make_bill(make_item("RADIOLOGY", "50.00"))

    assert problem_of(pay(desk, bill, method, amount)) == expected
    assert not DepositReceiving.objects.exists()


def test_more_refusals_are_named(desk):
    make_item("DENTAL")
    bill = make_bill((make_drug(holding=1), 2))
    frozen = make_wallet(holding="900.00", status="FROZEN")
    of_frozen = make_bill(make_item("RADIOLOGY"), patient=frozen.patient)

    assert problem_of(pay(desk, bill, amount="200")) == (409, "out-of-stock")
    assert problem_of(pay(desk, bill, amount="200", department="DENTAL")) == (409, "nothing-to-pay")
    assert problem_of(pay(desk, of_frozen, "WALLET")) == (409, "wallet-frozen")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("department", "NOWHERE"),
        ("department", ""),
        ("department", None),
        ("payment_method", "GOLD"),
        ("payment_method", None),
        ("amount_paid", "1.234"),
        ("amount_paid", "-1"),
        ("amount_paid", "0"),
        ("consultation_id", "x"),
        ("consultation_id", None),
    ],
)
def test_bad_input_names_its_field(desk, field, value):
    bill = make_bill(make_item("RADIOLOGY", "50.00"))
    body = {
        "consultation_id": bill.pk,
        "department": "ALL",
        "payment_method": "CASH",
        "amount_paid": "50.00",
    }

    response = post(desk, CREATE, {**body, field: value})

    assert problem_of(response) == (400, "invalid-request")
    assert list(response.json()["errors"]) == [field]


def test_cash_has_to_say_what_was_handed_over(desk):
    response = pay(desk, make_bill(make_item("RADIOLOGY")), "CASH")

    assert problem_of(response) == (400, "invalid-request")
    assert list(response.json()["errors"]) == ["amount_paid"]


def test_an_unknown_consultation_is_not_found(desk):
    body = {"consultation_id": 424242, "department": "ALL", "payment_method": "WALLET"}

    assert problem_of(post(desk, CREATE, body)) == (404, "not-found")
    assert problem_of(desk.get("/invoicing_app/consultations/424242/bill/")) == (404, "not-found")
    assert problem_of(desk.get("/invoicing_app/payments/424242/")) == (404, "not-found")


def test_the_same_key_pays_once(desk):
    bill = make_bill(make_item("RADIOLOGY", "50.00"))

    first = pay(desk, bill, amount="60.00", key="p1")
    again = pay(desk, bill, amount="60", key="p1")
    other = pay(desk, bill, amount="61", key="p1")
    unkeyed = pay(desk, bill, amount="60")

    assert (again.status_code, again.json()) == (200, first.json())
    assert again["Idempotent-Replayed"] == "true"
    assert problem_of(other) == (422, "key-reused")
    assert problem_of(unkeyed) == (409, "nothing-to-pay")
    assert DepositReceiving.objects.count() == 1


def test_a_patient_pays_the_own_bill_from_the_wallet_only():
    user = make_patient_user()
    make_wallet(holding="80.00", patient=user.patient)
    bill = make_bill(make_item("RADIOLOGY", "50.00"), patient=user.patient)
    client = client_of(user)

    by_cash = pay(client, bill, "CASH", "50.00")
    by_cash_for_nobody = post(
        client,
        CREATE,
        {"consultation_id": 1, "department": "ALL", "payment_method": "CASH", "amount_paid": "1"},
    )
    by_wallet = pay(client, bill, "WALLET")

    assert problem_of(by_cash) == (403, "permission-denied")
    assert problem_of(by_cash_for_nobody) == (403, "permission-denied")
    assert by_wallet.status_code == 201
    assert DepositReceiving.objects.get().taken_by == user


def test_payments_are_listed_newest_first_in_pages_and_filtered(desk):
    item = make_item("RADIOLOGY", "50.00")
    bills = [make_bill(item) for _ in range(3)]
    receipts = [pay(desk, bill, amount="50").json()["receipt_number"] for bill in bills]

    def listed(query):
        return [one["receipt_number"] for one in desk.get(query).json()["results"]]

    base = "/invoicing_app/payments/"
    today = DepositReceiving.objects.latest("pk").business_date.isoformat()
    first = desk.get(f"{base}?page_size=2").json()
    assert [one["receipt_number"] for one in first["results"]] == receipts[:0:-1]
    assert listed(first["next"]) == receipts[:1]
    assert listed(f"{base}?consultation_id={bills[0].pk}") == receipts[:1]
    assert listed(f"{base}?receipt_number={receipts[1]}") == [receipts[1]]
    assert listed(f"{base}?payment_method=CARD") == []
    assert listed(f"{base}?department=RADIOLOGY") == []
    assert listed(f"{base}?department=ALL&from={today}&to={today}") == receipts[::-1]
    assert listed(f"{base}?from=2099-01-01") == []
    assert listed(f"{base}?to=2000-01-01") == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("consultation_id", "x"),
        ("department", "NOWHERE"),
        ("payment_method", "GOLD"),
        ("from", "31.01.2026"),
        ("to", "x"),
        ("to", "10/25/2026"),
        ("receipt_number", "%00"),
    ],
)
def test_a_filter_that_cannot_be_read_names_its_field(desk, name, value):
    response = desk.get(f"/invoicing_app/payments/?{name}={value}")

    assert problem_of(response) == (400, "invalid-request")
    assert list(response.json()["errors"]) == [name]


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
