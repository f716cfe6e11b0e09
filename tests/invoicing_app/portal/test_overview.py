"""The patient's first page: what the wallet holds, what is due, what happened last."""

from decimal import Decimal

import pytest
from django.test import Client

from client_wallet.models import JournalEntry, WalletAccount
from client_wallet.withdrawals import schedule_withdrawal
from hospital.core.acts import Act
from hospital.core.locale_formats import local_moment
from invoicing_app.models import DepositReceiving
from tests.admin_pages import signed_in
from tests.client_wallet.desk import deposit
from tests.factories import UserFactory, make_bill, make_item, make_wallet
from tests.invoicing_app.desk import pay
from tests.invoicing_app.portal.visitor import make_visitor, read
from tests.rows import statements

pytestmark = pytest.mark.django_db
DESTINATION = {"bank_code": "058", "account_number": "0123456789", "account_name": "Ada Obi"}


def add_a_row_of_each(patient):
    """Give the patient a visit with something due, one that was paid, and a withdrawal."""
    cashier = UserFactory(role="Cashier")
    deposit(patient, "500.00", Act(cashier))
    make_bill(make_item("RADIOLOGY", "40.00"), patient=patient)
    pay(make_bill(make_item("PROCEDURE", "60.00"), patient=patient), cashier, "WALLET")
    schedule_withdrawal(
        wallet_id=patient.wallet.pk,
        amount=Decimal("7.00"),
        destination=DESTINATION,
        act=Act(cashier),
    )


def test_a_new_patient_is_told_what_will_be_there():
    _, client = make_visitor()

    words = read(client, "/portal/")

    assert "₦0.00" in words
    assert "Nothing is due." in words
    assert "No money has moved through your wallet yet." in words
    assert "There are no receipts yet." in words
    assert "Withdrawals under way" not in words


def test_it_shows_balance_dues_movements_withdrawals_and_receipts():
    patient, client = make_visitor()
    add_a_row_of_each(patient)
    payment = DepositReceiving.objects.get()

    words = read(client, "/portal/")

    assert f"₦440.00 Hospital number {patient.hospital_number}" in words
    assert "To be paid ₦40.00 Visit of" in words
    assert "Waiting ₦7.00" in words
    paid_at, deposited_at = map(local_moment, newest_times())
    assert f"Payment {paid_at} −₦60.00 ₦440.00" in words
    assert f"Deposit {deposited_at} +₦500.00 ₦500.00" in words
    assert f"Payment {payment.receipt_number} {paid_at} ₦60.00" in words


def newest_times():
    entries = JournalEntry.objects.order_by("-pk")
    return entries.values_list("posted_at", flat=True)


def test_what_is_due_is_the_sum_of_all_bills_and_not_of_those_shown():
    patient, client = make_visitor()
    item = make_item("RADIOLOGY", "10.00")
    for _ in range(6):
        make_bill(item, patient=patient)

    words = read(client, "/portal/")

    assert "To be paid ₦60.00" in words
    assert "Your wallet is ₦10.00 short of the bill of your newest visit." in words
    assert words.count("₦10.00") == 1 + 5


def test_it_knows_nothing_of_anybody_else():
    patient, client = make_visitor()
    other, _ = make_visitor()
    before = read(client, "/portal/")

    add_a_row_of_each(other)

    assert read(client, "/portal/") == before


def test_a_frozen_wallet_is_called_so():
    patient, client = make_visitor()
    make_wallet(patient=patient, status=WalletAccount.Status.FROZEN)

    assert "It is frozen: nothing can be taken from it." in read(client, "/portal/")


def test_more_rows_take_no_more_statements():
    patient, client = make_visitor()
    add_a_row_of_each(patient)
    one = statements(lambda: client.get("/portal/"))

    for _ in range(2):
        add_a_row_of_each(patient)

    assert statements(lambda: client.get("/portal/")) == one
    assert JournalEntry.objects.count() == 6


def test_whoever_is_not_signed_in_is_led_to_the_sign_in():
    response = Client().get("/portal/bills/")

    assert (response.status_code, response["Location"].split("?")[-1]) == (
        302,
        "next=/portal/bills/",
    )


def test_staff_are_told_that_these_are_pages_of_patients():
    bill = make_bill(make_item())
    client = signed_in(UserFactory(role="Cashier"))

    answers = [client.get(path).status_code for path in ("/portal/", f"/portal/bills/{bill.pk}/")]

    assert answers == [403, 403]
