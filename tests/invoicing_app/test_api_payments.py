"""Payments over REST."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import Group

from invoicing_app.models import DepositReceiving
from tests.api import (
    CREATE_PAYMENT,
    client_of,
    make_patient_user,
    pay,
    post,
    problem_of,
)
from tests.factories import make_bill, make_drug, make_item, make_wallet


@pytest.fixture
def desk(cashier):
    return client_of(cashier)


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
        "rounding": "0.00",
        "tenders": [
            {
                "payment_method": "CASH",
                "amount": "50.00",
                "tendered": "60.00",
                "change_given": "10.00",
                "external_reference": "",
            }
        ],
        "items": [
            {
                "id": item.pk,
                "department": "RADIOLOGY",
                "description": item.description,
                "quantity": 1,
                "unit_price": "50.00",
                "line_total": "50.00",
                "waived": "0.00",
                "payer_share": "0.00",
                "patient_due": "50.00",
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

    response = post(desk, CREATE_PAYMENT, {**body, field: value})

    assert problem_of(response) == (400, "invalid-request")
    assert list(response.json()["errors"]) == [field]


def test_cash_has_to_say_what_was_handed_over(desk):
    response = pay(desk, make_bill(make_item("RADIOLOGY")), "CASH")

    assert problem_of(response) == (400, "invalid-request")
    assert list(response.json()["errors"]) == ["amount_paid"]


def test_an_unknown_consultation_is_not_found(desk):
    body = {"consultation_id": 424242, "department": "ALL", "payment_method": "WALLET"}

    assert problem_of(post(desk, CREATE_PAYMENT, body)) == (404, "not-found")
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


def test_a_patient_who_may_read_everything_still_pays_the_own_bill_only():
    user = make_patient_user()
    user.groups.add(Group.objects.get(name="Auditor"))
    foreign = make_bill(make_item("RADIOLOGY", "50.00"))
    make_wallet(holding="500.00", patient=foreign.patient)

    response = pay(client_of(user), foreign, method="WALLET", amount=None)

    assert problem_of(response) == (404, "not-found")
    assert not DepositReceiving.objects.exists()


def test_a_patient_pays_the_own_bill_from_the_wallet_only():
    user = make_patient_user()
    make_wallet(holding="80.00", patient=user.patient)
    bill = make_bill(make_item("RADIOLOGY", "50.00"), patient=user.patient)
    client = client_of(user)

    by_cash = pay(client, bill, "CASH", "50.00")
    by_cash_for_nobody = post(
        client,
        CREATE_PAYMENT,
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
