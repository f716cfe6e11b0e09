"""Several tenders, rounding and bills of nothing over REST."""

from decimal import Decimal

import pytest

from hospital.core.acts import Act
from hospital.core.idempotency import keep_answer
from invoicing_app.models import DepositReceiving
from tests.api import CREATE_PAYMENT, client_of, make_patient_user, post, problem_of
from tests.api import pay as pay_over_rest
from tests.factories import make_wallet
from tests.invoicing_app.desk import pay
from tests.invoicing_app.tenders.desk import bill_of, pay_by, waive

LIST = "/invoicing_app/payments/"


@pytest.fixture
def desk(cashier):
    return client_of(cashier)


def asked(bill, *wanted, **more):
    tenders = [
        {"payment_method": method, **({} if amount is None else {"amount": amount})}
        for method, amount in wanted
    ]
    return {"consultation_id": bill.pk, "department": "ALL", "tenders": tenders, **more}


def test_part_wallet_part_card_part_cash_answers_what_each_brought_in(desk):
    wallet = make_wallet(holding="30.00")
    bill = bill_of("100.00", wallet.patient)
    wanted = asked(bill, ("WALLET", "30.00"), ("CASH", "60"))
    wanted["tenders"].insert(
        1, {"payment_method": "CARD", "amount": "20", "external_reference": "Slip 7"}
    )

    response = post(desk, CREATE_PAYMENT, wanted, key="tap-1")
    again = post(desk, CREATE_PAYMENT, wanted, key="tap-1")

    body = response.json()
    told = ("payment_method", "total_due", "amount_paid", "change_given", "rounding")
    assert (response.status_code, again.status_code, again.json()) == (201, 200, body)
    assert [body[name] for name in told] == ["SPLIT", "100.00", "110.00", "10.00", "0.00"]
    assert body["wallet_balance"] == "0.00"
    assert body["tenders"] == [
        {
            "payment_method": "WALLET",
            "amount": "30.00",
            "tendered": "30.00",
            "change_given": "0.00",
            "external_reference": "",
        },
        {
            "payment_method": "CARD",
            "amount": "20.00",
            "tendered": "20.00",
            "change_given": "0.00",
            "external_reference": "Slip 7",
        },
        {
            "payment_method": "CASH",
            "amount": "50.00",
            "tendered": "60.00",
            "change_given": "10.00",
            "external_reference": "",
        },
    ]
    assert desk.get(f"{LIST}{body['payment_id']}/").json() == body


def test_a_tender_without_an_amount_pays_the_rest(desk):
    wallet = make_wallet(holding="80.00")
    bill = bill_of("100.00", wallet.patient)

    body = post(desk, CREATE_PAYMENT, asked(bill, ("CASH", "40.00"), ("WALLET", None))).json()

    assert [one["amount"] for one in body["tenders"]] == ["40.00", "60.00"]
    assert body["wallet_balance"] == "20.00"


def test_rounded_cash_is_told_before_and_after_it_is_paid(desk, settings):
    settings.CASH_SMALLEST_COIN = Decimal("0.05")
    bill = bill_of("99.97")

    due = desk.get(f"/invoicing_app/consultations/{bill.pk}/bill/").json()
    paid = pay_over_rest(desk, bill, "CASH", due["cash_due"]).json()

    assert (due["total_due"], due["cash_due"]) == ("99.97", "99.95")
    assert (paid["total_due"], paid["amount_paid"], paid["rounding"]) == ("99.97", "99.95", "-0.02")


@pytest.mark.parametrize("wanted", [{"payment_method": "CASH"}, {"tenders": []}], ids=str)
def test_a_bill_of_nothing_is_settled_without_an_amount(desk, wanted):
    bill = bill_of("100.00")
    waive(bill, "100.00")

    response = post(
        desk, CREATE_PAYMENT, {"consultation_id": bill.pk, "department": "ALL", **wanted}
    )

    body = response.json()
    assert (response.status_code, body["payment_method"], body["tenders"]) == (201, "NONE", [])
    assert (body["total_due"], body["amount_paid"]) == ("0.00", "0.00")
    assert [item["waived"] for item in body["items"]] == ["100.00"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ([("CASH", "99.99")], (422, "underpayment")),
        ([("CARD", "60.00"), ("TRANSFER", "40.01")], (422, "overpayment")),
        ([("WALLET", "10.00"), ("CASH", "90.00")], (409, "insufficient-funds")),
        ([("CASH", "50.00"), ("CASH", "50.00")], (400, "invalid-request")),
        ([("CHEQUE", "100.00")], (400, "invalid-request")),
        ([("CARD", "0.001"), ("CASH", "100.00")], (400, "invalid-request")),
        ([("CARD", None), ("TRANSFER", None)], (400, "invalid-request")),
        ([], (400, "invalid-request")),
        ([("CARD", "1.00")] * 11, (400, "invalid-request")),
    ],
    ids=str,
)
def test_refusals_are_named(desk, wanted, expected):
    bill = bill_of("100.00")

    response = post(desk, CREATE_PAYMENT, asked(bill, *wanted))

    assert problem_of(response) == expected
    assert "tenders" in response.json().get("errors", {"tenders": []})
    assert not DepositReceiving.objects.exists()


@pytest.mark.parametrize(
    "more", [{"payment_method": "CASH"}, {"amount_paid": "100.00"}, {"tenders": "CASH"}], ids=str
)
def test_one_method_and_several_are_not_asked_for_at_once(desk, more):
    wanted = {**asked(bill_of("100.00"), ("CASH", "100.00")), **more}

    assert problem_of(post(desk, CREATE_PAYMENT, wanted)) == (400, "invalid-request")


def test_without_a_method_nothing_is_paid(desk):
    wanted = {"consultation_id": bill_of("100.00").pk, "department": "ALL"}

    response = post(desk, CREATE_PAYMENT, wanted)

    assert problem_of(response) == (400, "invalid-request")
    assert list(response.json()["errors"]) == ["payment_method"]


def test_a_patient_pays_by_the_own_wallet_alone(db):
    user = make_patient_user()
    make_wallet(holding="500.00", patient=user.patient)
    own, other = bill_of("100.00", user.patient), bill_of("100.00")
    client = client_of(user)

    split = post(client, CREATE_PAYMENT, asked(own, ("WALLET", "50.00"), ("CARD", "50.00")))
    none = post(client, CREATE_PAYMENT, asked(own))
    foreign = post(client, CREATE_PAYMENT, asked(other, ("WALLET", None)))
    alone = post(client, CREATE_PAYMENT, asked(own, ("WALLET", None)))

    assert [problem_of(one)[0] for one in (split, none, foreign)] == [403, 403, 404]
    assert (alone.status_code, alone.json()["payment_method"]) == (201, "WALLET")


def test_a_payment_is_found_by_each_of_its_methods(desk, cashier):
    wallet = make_wallet(holding="900.00")
    forgiven = bill_of("100.00")
    waive(forgiven, "100.00")
    split = pay_by(
        bill_of("100.00", wallet.patient), cashier, ("WALLET", "60.00"), ("CASH", "40.00")
    )
    cash = pay(bill_of("100.00"), cashier, "CASH", "100.00")
    nothing = pay(forgiven, cashier, "CASH")

    def found(method):
        listed = desk.get(f"{LIST}?payment_method={method}").json()["results"]
        return [one["payment_id"] for one in listed]

    assert found("CASH") == [cash.payment_id, split.payment_id]
    assert found("WALLET") == found("SPLIT") == [split.payment_id]
    assert found("CARD") == []
    assert found("NONE") == [nothing.payment_id]


def test_an_answer_kept_before_there_were_tenders_is_given_again_as_it_was(desk, cashier):
    bill = bill_of("100.00")
    asked_then = {
        "consultation_id": bill.pk,
        "department": "ALL",
        "payment_method": "CASH",
        "amount_paid": "100.00",
        "external_reference": "",
    }
    answered_then = {
        **asked_then,
        "payment_id": 7,
        "receipt_number": "PAY-0001-000001",
        "total_due": "100.00",
        "change_given": "0.00",
        "items": [],
        "wallet_balance": None,
        "created_at": "2026-01-01T00:00:00.000000Z",
    }
    del answered_then["external_reference"]
    keep_answer(Act(cashier, "old"), "payment", asked_then, answered_then)

    again = post(desk, CREATE_PAYMENT, asked_then, key="old")

    del answered_then["wallet_balance"]
    assert (again.status_code, again.json()) == (200, answered_then)
