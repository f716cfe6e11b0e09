"""Several tenders on the page of a payment, on its receipt and in what a cashier took."""

from decimal import Decimal

import pytest
from django.utils import timezone

from invoicing_app.models import DepositReceiving
from invoicing_app.paper_receipts.content import ReceiptTender, receipt_of
from invoicing_app.takings import takings_of
from tests.admin_pages import (
    PAYMENTS,
    errors,
    open_form,
    page_of,
    receipt_page,
    said,
    signed_in,
    text_of,
)
from tests.factories import UserFactory, make_wallet
from tests.invoicing_app.desk import pay
from tests.invoicing_app.tenders.desk import bill_of, brought_in, pay_by, waive
from tests.rows import everything

ADD = "/admin/invoicing_app/depositreceiving/add/"


def form_of(bill):
    return f"{ADD}?consultation={bill.pk}"


def filled(client, bill, **typed):
    return {
        "consultation": bill.pk,
        "department": "ALL",
        "payment_method": "CASH",
        "amount_paid": "",
        "external_reference": "",
        "one_time_key": open_form(client, form_of(bill)),
        "_save": "Take payment",
        **typed,
    }


def test_a_cashier_takes_wallet_card_and_cash_for_one_bill(real_commits):
    client = signed_in(UserFactory(role="Cashier"))
    wallet = make_wallet(holding="40.00")
    bill = bill_of("100.00", wallet.patient)
    typed = {"payment_method": "WALLET", "amount_paid": "30", "method_2": "CARD", "amount_2": "20"}
    cash = {"reference_2": "Slip 7", "method_3": "CASH", "amount_3": "1,060.50"}

    answer = client.post(ADD, filled(client, bill, **typed, **cash))

    payment = DepositReceiving.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, receipt_page(payment))
    assert brought_in(payment.pk) == [
        ("WALLET", "30.00", "30.00", "0.00"),
        ("CARD", "20.00", "20.00", "0.00"),
        ("CASH", "50.00", "1060.50", "1010.50"),
    ]
    (message,) = said(client, answer["Location"])
    assert "Give NGN 1,010.50 change. The wallet holds NGN 10.00 after it." in message
    page = text_of(client.get(page_of(PAYMENTS, payment.pk)))
    assert "Card 20.00 0.00 20.00 Slip 7" in page
    assert "Cash 1,060.50 1,010.50 50.00" in page


def test_what_the_others_leave_is_left_empty(real_commits):
    client = signed_in(UserFactory(role="Cashier"))
    bill = bill_of("100.00", make_wallet(holding="90.00").patient)
    typed = {"amount_paid": "35", "method_2": "WALLET", "amount_2": ""}

    client.post(ADD, filled(client, bill, **typed))

    assert brought_in(DepositReceiving.objects.get().pk) == [
        ("CASH", "35.00", "35.00", "0.00"),
        ("WALLET", "65.00", "65.00", "0.00"),
    ]


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"amount_paid": "99", "method_2": "CARD", "amount_2": "0.50"}, "amount_paid", "99.50"),
        ({"amount_paid": "50", "method_2": "CASH", "amount_2": "50"}, "__all__", "one tender each"),
        ({"amount_paid": "50", "method_2": "WALLET"}, "payment_method", "NGN 50.00 is needed"),
        ({"amount_paid": "50", "amount_2": "50"}, "method_2", "which method"),
        ({"amount_paid": "50", "method_2": "CARD", "amount_2": "x"}, "amount_2", "digits"),
    ],
    ids=str,
)
def test_what_is_refused_is_said_beside_its_field_and_changes_nothing(
    real_commits, typed, field, words
):
    client = signed_in(UserFactory(role="Cashier"))
    form = filled(client, bill_of("100.00"), **typed)
    before = everything()

    refused = errors(client.post(ADD, form))

    assert list(refused) == [field]
    assert words in refused[field][0]
    assert everything() == before


def test_a_payment_offers_methods_and_not_what_follows_from_them(db):
    page = signed_in(UserFactory(role="Cashier")).get(form_of(bill_of("100.00")))

    fields = page.context["adminform"].form.fields
    offered = [[value for value, _ in fields[name].choices] for name in METHODS]
    assert (
        offered
        == [["CASH", "CARD", "TRANSFER", "WALLET"]]
        + [["", "CASH", "CARD", "TRANSFER", "WALLET"]] * 2
    )


METHODS = ["payment_method", "method_2", "method_3"]


def test_the_page_says_what_is_due_in_coins(db, settings):
    settings.CASH_SMALLEST_COIN = Decimal("0.05")
    client = signed_in(UserFactory(role="Cashier"))

    page = text_of(client.get(form_of(bill_of("99.97"))))

    assert "To pay NGN 99.97 In cash NGN 99.95: rounded, so that coins make it up." in page


def test_a_bill_of_nothing_is_settled_from_its_page_which_ends_on_the_payment(real_commits):
    client = signed_in(UserFactory(role="Cashier"))
    bill = bill_of("100.00")
    waive(bill, "100.00")

    answer = client.post(ADD, filled(client, bill))

    payment = DepositReceiving.objects.get()
    assert (payment.payment_method, answer["Location"]) == ("NONE", page_of(PAYMENTS, payment.pk))
    assert client.get(answer["Location"]).status_code == 200
    asked = client.get(f"{answer['Location'].removesuffix('change/')}receipt", follow=True)
    assert asked.status_code == 200
    assert "there is no receipt" in text_of(asked)


def test_the_receipt_says_each_method_the_rounding_and_the_change(cashier, settings):
    settings.CASH_SMALLEST_COIN = Decimal("0.05")
    bill = bill_of("99.98", make_wallet(holding="40.00").patient)
    taken = pay_by(bill, cashier, ("WALLET", "30.00"), ("CASH", "80.00"))

    receipt = receipt_of(DepositReceiving.objects.get(pk=taken.payment_id).entry_id)

    assert receipt is not None
    assert (receipt.payment_method, receipt.total, receipt.rounding, receipt.change) == (
        "Several methods",
        Decimal("99.98"),
        Decimal("0.02"),
        Decimal("10.00"),
    )
    assert receipt.tenders == [
        ReceiptTender("Wallet Account", Decimal("30.00"), ""),
        ReceiptTender("Cash", Decimal("80.00"), ""),
    ]
    assert (receipt.tendered, receipt.wallet_balance) == (Decimal("110.00"), Decimal("10.00"))


def test_the_receipt_s_page_prints_them(db, settings):
    settings.CASH_SMALLEST_COIN = Decimal("0.05")
    cashier = UserFactory(role="Cashier")
    taken = pay_by(bill_of("99.98"), cashier, ("CARD", "30.00"), ("CASH", "80.00"))

    payment = DepositReceiving.objects.get(pk=taken.payment_id)
    page = text_of(signed_in(cashier).get(receipt_page(payment)))

    assert "Method Several methods Card" in page
    assert "Rounding of cash" in page


def test_takings_count_each_method_of_a_split_payment(cashier, settings):
    settings.CASH_SMALLEST_COIN = Decimal("0.05")
    pay_by(bill_of("99.98"), cashier, ("CARD", "30.00"), ("CASH", "80.00"))
    pay(bill_of("10.00"), cashier, "CASH", "20.00")

    takings = takings_of(cashier, timezone.localdate())

    assert [(one.method, one.payments.count, one.payments.amount) for one in takings.methods] == [
        ("CASH", 2, Decimal("80.00")),
        ("CARD", 1, Decimal("30.00")),
    ]
