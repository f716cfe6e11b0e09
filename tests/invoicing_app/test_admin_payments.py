"""Payments at the desk, through real requests whose commits are real."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from client_wallet.models import WalletAccount
from invoicing_app.models import DepositReceiving
from smcapp1.models import Consultation, Department, LabResult, StockBatch
from tests import rows
from tests.admin_pages import (
    PAYMENTS,
    errors,
    one_time_key,
    open_form,
    page_of,
    receipt_page,
    said,
    signed_in,
    text_of,
)
from tests.factories import (
    UserFactory,
    make_bill,
    make_drug,
    make_item,
    make_wallet,
)
from tests.invoicing_app.desk import items_of, pay
from tests.races import run_together

ADD = "/admin/invoicing_app/depositreceiving/add/"


def form_of(bill: Consultation) -> str:
    return f"{ADD}?consultation={bill.pk}"


def filled(bill: Consultation, key: str, **other: Any) -> dict[str, Any]:
    return {
        "consultation": bill.pk,
        "department": "ALL",
        "payment_method": "CASH",
        "amount_paid": "100.00",
        "external_reference": "",
        "one_time_key": key,
        "_save": "Take payment",
        **other,
    }


def test_a_cashier_takes_cash_and_is_told_the_change(real_commits):
    cashier, bill = UserFactory(role="Cashier"), make_bill(make_item(price="75.50"))
    client = signed_in(cashier)

    answer = client.post(ADD, filled(bill, open_form(client, form_of(bill))))

    payment = DepositReceiving.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, receipt_page(payment))
    assert (payment.total_due, payment.change_given, payment.taken_by) == (
        Decimal("75.50"),
        Decimal("24.50"),
        cashier,
    )
    assert said(client, answer["Location"]) == [
        f"Payment {payment.receipt_number}: NGN 75.50 taken. "
        '<strong class="settled">Give NGN 24.50 change.</strong>'
    ]
    assert LogEntry.objects.values_list("user_id", "object_id").get() == (
        cashier.pk,
        str(payment.pk),
    )


@pytest.mark.parametrize("role", ["Cashier", "Supervisor", "Accountant", "Auditor"])
def test_whoever_sees_a_payment_sees_what_it_settled(db, role):
    bill = make_bill(make_item("RADIOLOGY", "60.00", name="Chest X-ray"))
    taken = pay(bill, UserFactory(role="Cashier"), "CASH", "60.00")

    page = signed_in(UserFactory(role=role)).get(page_of(PAYMENTS, taken.payment_id))

    assert "1 × Chest X-ray Radiology 60.00" in text_of(page)


def test_a_wallet_pays_exactly_the_total_without_an_amount(real_commits):
    wallet = make_wallet(holding="500.00")
    bill = make_bill(make_item(price="120.00"), make_drug(holding=5), patient=wallet.patient)
    client = signed_in(UserFactory(role="Cashier"))
    form = filled(bill, open_form(client, form_of(bill)), payment_method="WALLET", amount_paid="")

    answer = client.post(ADD, form)

    assert answer["Location"] == receipt_page(DepositReceiving.objects.get())
    assert WalletAccount.objects.get().account_balance == Decimal("280.00")
    assert StockBatch.objects.get().quantity_on_hand == 4


def test_one_department_is_paid_alone(real_commits):
    bill = make_bill(make_item("LABORATORY", "60.00"), make_item("RADIOLOGY", "100.00"))
    client = signed_in(UserFactory(role="Cashier"))

    client.post(ADD, filled(bill, open_form(client, form_of(bill)), department="RADIOLOGY"))

    assert sorted(item.status for item in items_of(bill)) == ["PAID", "UNPAID"]
    assert LabResult.objects.count() == 0


def test_a_payment_from_a_wallet_says_what_is_left(real_commits):
    wallet = make_wallet(holding="500.00")
    bill = make_bill(make_item(price="120.00"), patient=wallet.patient)
    client = signed_in(UserFactory(role="Cashier"))
    form = filled(bill, open_form(client, form_of(bill)), payment_method="WALLET")
    del form["amount_paid"]  # the page does not ask for it

    answer = client.post(ADD, form)

    assert said(client, answer["Location"]) == [
        f"{DepositReceiving.objects.get()}: NGN 120.00 taken. "
        '<strong class="settled">The wallet holds NGN 380.00 after it.</strong>'
    ]


def refused(client: Any, bill: Consultation, **typed: Any) -> dict[str, list[str]]:
    """Try to pay, see that nothing at all is kept and nothing good is said; return the errors."""
    key = open_form(client, form_of(bill))
    before = rows.everything()
    answer = client.post(ADD, {**filled(bill, key), **typed})
    assert rows.everything() == before
    assert list(answer.context["messages"]) == []
    assert one_time_key(answer.content.decode()) == key
    shown = errors(answer)
    assert all(words in text_of(answer) for beside in shown.values() for words in beside)
    return shown


@pytest.fixture
def desk(real_commits: str) -> Any:
    return signed_in(UserFactory(role="Cashier"))


def test_too_little_is_refused_beside_the_amount(desk):
    bill = make_bill(make_item(price="100.00"))

    assert refused(desk, bill, amount_paid="99.99") == {
        "amount_paid": ["NGN 100.00 is due; NGN 99.99 is not enough."]
    }


def test_too_much_by_card_is_refused_beside_the_amount(desk):
    bill = make_bill(make_item(price="90.00"))

    assert refused(desk, bill, payment_method="CARD") == {
        "amount_paid": ["This is more than what is due; change is given from cash only."]
    }


def test_cash_without_an_amount_is_refused_beside_the_amount(desk):
    bill = make_bill(make_item(price="90.00"))

    assert refused(desk, bill, amount_paid="") == {"amount_paid": ["Say how much was handed over."]}


def test_a_wallet_that_holds_too_little_is_refused_beside_the_method(desk):
    wallet = make_wallet(holding="30.00")
    bill = make_bill(make_item(price="100.00"), patient=wallet.patient)

    assert refused(desk, bill, payment_method="WALLET") == {
        "payment_method": ["The wallet holds NGN 30.00; NGN 100.00 is needed."]
    }


def test_a_drug_that_ran_out_refuses_the_whole_payment(desk):
    bill = make_bill(make_item(price="50.00"), make_drug(price="50.00", name="Amoxicillin"))

    assert refused(desk, bill) == {"__all__": ["Not enough in stock: Amoxicillin."]}


def test_a_department_without_anything_due_is_refused_beside_the_department(desk):
    bill = make_bill(make_item("RADIOLOGY"))
    make_item("LABORATORY")

    assert refused(desk, bill, department="LABORATORY") == {"department": ["Nothing is due here."]}


def test_a_department_that_does_not_exist_is_refused_beside_the_department(desk):
    assert list(refused(desk, make_bill(make_item()), department="NOWHERE")) == ["department"]


def test_after_a_refusal_the_same_form_pays(desk):
    bill = make_bill(make_item(price="100.00"))
    form = filled(bill, open_form(desk, form_of(bill)))

    desk.post(ADD, {**form, "amount_paid": "10.00"})
    answer = desk.post(ADD, form)

    assert answer["Location"] == receipt_page(DepositReceiving.objects.get())


def test_a_double_click_pays_once_and_says_so(desk):
    bill = make_bill(make_item(price="80.00"))
    form = filled(bill, open_form(desk, form_of(bill)))

    first = desk.post(ADD, form)
    said(desk, first["Location"])
    second = desk.post(ADD, form)

    payment = DepositReceiving.objects.get()
    assert (first["Location"], second["Location"]) == (receipt_page(payment),) * 2
    assert said(desk, second["Location"]) == [
        f"{payment} was already taken by this form; nothing was taken again. "
        '<strong class="settled">Give NGN 20.00 change.</strong>'
    ]
    assert LogEntry.objects.count() == 1


def test_going_back_and_paying_another_amount_is_refused_in_words(desk):
    bill = make_bill(make_item(price="100.00"))
    key = open_form(desk, form_of(bill))
    desk.post(ADD, filled(bill, key))

    answer = desk.post(ADD, filled(bill, key, amount_paid="200.00"))

    assert errors(answer)["__all__"][0].startswith("This form was used before")
    assert DepositReceiving.objects.count() == 1


def test_a_form_without_its_key_is_refused(desk):
    bill = make_bill(make_item(price="100.00"))
    form = filled(bill, "")
    del form["one_time_key"]

    answer = desk.post(ADD, form)

    assert "nothing was done" in errors(answer)["__all__"][0]
    assert one_time_key(answer.content.decode()) != ""
    assert DepositReceiving.objects.count() == 0


def test_what_a_client_says_about_totals_is_not_believed(desk):
    bill = make_bill(make_item(price="100.00"))

    desk.post(
        ADD, filled(bill, open_form(desk, form_of(bill)), total_due="1.00", change_given="99.00")
    )

    payment = DepositReceiving.objects.get()
    assert (payment.total_due, payment.change_given) == (Decimal("100.00"), Decimal("0.00"))


@pytest.mark.parametrize("page", ["change", "delete"])
def test_not_even_a_superuser_edits_or_deletes_a_payment(real_commits, page):
    pay(make_bill(make_item()), UserFactory(role="Cashier"), "CASH", "100.00")
    url = reverse(f"admin:{PAYMENTS}_{page}", args=[DepositReceiving.objects.get().pk])
    client = signed_in(UserFactory(is_superuser=True))
    before = rows.everything()

    answer = client.post(url, {"amount_paid": "1.00", "post": "yes", "one_time_key": str(uuid4())})

    assert answer.status_code == 403
    assert rows.everything() == before


@pytest.mark.parametrize("role", ["Pharmacist", "Laboratory", "Accountant", "Auditor"])
def test_who_may_not_take_payments_is_not_let_in(db, role):
    bill, client = make_bill(make_item()), signed_in(UserFactory(role=role))
    before = rows.everything()

    answer = client.post(ADD, filled(bill, str(uuid4())))

    assert (client.get(ADD).status_code, answer.status_code) == (403, 403)
    assert rows.everything() == before


@pytest.mark.race
def test_two_clicks_at_once_pay_once(real_commits):
    cashier, bill = UserFactory(role="Cashier"), make_bill(make_item(price="100.00"))
    clients = [signed_in(cashier), signed_in(cashier)]
    form = filled(bill, open_form(clients[0], form_of(bill)))

    answers = run_together(
        *[lambda client=client: client.post(ADD, form) for client in clients],
        pause_before="INSERT INTO",
    )

    payment = DepositReceiving.objects.get()
    assert [answer["Location"] for answer in answers] == [receipt_page(payment)] * 2
    assert LogEntry.objects.count() == 1


@pytest.mark.race
def test_two_cashiers_at_once_are_paid_once_and_one_is_told(real_commits):
    bill = make_bill(make_item(price="100.00"))
    clients = [signed_in(UserFactory(role="Cashier")) for _ in range(2)]
    forms = [filled(bill, open_form(client, form_of(bill))) for client in clients]

    answers = run_together(
        *[
            lambda client=client, form=form: client.post(ADD, form)
            for client, form in zip(clients, forms, strict=True)
        ],
        pause_before="INSERT INTO",
    )

    assert DepositReceiving.objects.count() == 1
    assert sorted(answer.status_code for answer in answers) == [200, 302]
    (told,) = [answer for answer in answers if answer.status_code == 200]
    assert errors(told) == {"department": ["Nothing is due here."]}


def paid_lists(department, cashier):
    """Return how many queries the list asks with one payment of a department, and with three."""
    client = signed_in(cashier)
    for further in (1, 2):
        for _ in range(further):
            bill = make_bill(make_item("LABORATORY", price="100.00"))
            pay(bill, cashier, amount="100.00", department=department)
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(reverse(f"admin:{PAYMENTS}_changelist"))
        yield len(asked), text_of(answer)


@pytest.mark.parametrize(
    ("department", "name"), [("ALL", "All departments"), ("LABORATORY", "Laboratory")]
)
def test_the_list_names_departments_in_one_statement(db, department, name):
    Department.objects.create(code="LABORATORY", name="Laboratory", kind="LABORATORY")

    (with_one, _), (with_three, words) = paid_lists(department, UserFactory(role="Cashier"))

    assert words.count(f" {name} Cash 100.00 ") == 3
    assert with_three == with_one


def test_a_form_with_one_wrong_field_speaks_of_one_error(db):
    client, bill = signed_in(UserFactory(role="Cashier")), make_bill(make_item(price="100.00"))
    key = open_form(client, form_of(bill))

    answer = client.post(ADD, filled(bill, key, amount_paid="a hundred"))

    assert list(errors(answer)) == ["amount_paid"]
    assert "Please correct the error below." in text_of(answer)
