"""A patient pays a bill from the own wallet: read first, then done, once."""

from decimal import Decimal

import pytest

from client_wallet.models import JournalEntry
from invoicing_app.models import DepositReceiving
from tests.admin_pages import signed_in
from tests.client_wallet.desk import set_status
from tests.factories import (
    PatientFactory,
    UserFactory,
    add_to_bill,
    make_bill,
    make_drug,
    make_item,
    make_wallet,
)
from tests.invoicing_app.desk import items_of, void
from tests.invoicing_app.portal.visitor import confirm, go_on, hidden_fields, make_visitor, words_of
from tests.rows import everything

pytestmark = pytest.mark.django_db


def make_owing(holding="500.00"):
    """Return a patient's visit with 40.00 and 60.00 due, the client, and the page that pays it."""
    patient, client = make_visitor()
    make_wallet(patient=patient, holding=holding)
    items = make_item("RADIOLOGY", "40.00"), make_item("PROCEDURE", "60.00")
    visit = make_bill(*items, patient=patient)
    return visit, client, f"/portal/bills/{visit.pk}/pay/"


def held_by(visit):
    visit.patient.wallet.refresh_from_db()
    return visit.patient.wallet.account_balance


def statuses(visit):
    return {item.department.code: item.status for item in items_of(visit)}


def test_what_is_paid_is_read_first_and_nothing_is_done_by_reading():
    visit, client, page = make_owing()
    before = everything()

    step = go_on(client, page, department="ALL")

    words = words_of(step)
    assert "Nothing has been done yet." in words
    assert "Pays for All departments Taken from your wallet ₦100.00" in words
    assert "Your wallet holds now ₦500.00 Your wallet holds after it ₦400.00" in words
    assert everything() == before


def test_all_of_a_bill_is_paid_and_ends_on_its_receipt():
    visit, client, page = make_owing()

    paid = confirm(client, page, go_on(client, page, department="ALL"))

    payment = DepositReceiving.objects.get()
    entry = JournalEntry.objects.get(payment=payment)
    assert paid["Location"] == f"/portal/receipts/{entry.uid}/"
    words = words_of(client.get(paid["Location"]))
    assert "₦100.00 was paid from your wallet." in words
    assert payment.receipt_number in words
    assert (payment.taken_by, payment.payment_method) == (visit.patient.user, "WALLET")
    assert statuses(visit) == {"RADIOLOGY": "PAID", "PROCEDURE": "PAID"}
    assert held_by(visit) == Decimal("400.00")


def test_a_department_is_paid_alone_and_the_page_begins_with_the_one_asked_for():
    visit, client, page = make_owing()

    form = client.get(f"{page}?department=RADIOLOGY").context["form"]
    confirm(client, page, go_on(client, page, department="RADIOLOGY"))

    assert form["department"].value() == "RADIOLOGY"
    assert statuses(visit) == {"RADIOLOGY": "PAID", "PROCEDURE": "UNPAID"}
    assert held_by(visit) == Decimal("460.00")


def test_pressed_twice_it_is_paid_once_and_both_end_on_the_same_receipt():
    visit, client, page = make_owing()
    step = go_on(client, page, department="RADIOLOGY")

    first, second = [confirm(client, page, step) for _ in range(2)]

    assert first["Location"] == second["Location"]
    words = words_of(client.get(second["Location"]))
    assert "It had been done before; nothing was done again." in words
    assert DepositReceiving.objects.count() == 1
    assert held_by(visit) == Decimal("460.00")


def test_a_form_that_was_used_pays_nothing_else():
    visit, client, page = make_owing()
    step = go_on(client, page, department="RADIOLOGY")
    confirm(client, page, step)
    key = hidden_fields(step)["one_time_key"]

    back = client.post(page, {"one_time_key": key, "department": "PROCEDURE"})
    refused = confirm(client, page, back)

    assert "This form was used before" in words_of(refused)
    assert statuses(visit) == {"RADIOLOGY": "PAID", "PROCEDURE": "UNPAID"}


def test_a_bill_that_grew_after_it_was_read_is_read_again():
    visit, client, page = make_owing()
    step = go_on(client, page, department="ALL")
    add_to_bill(visit, make_item("RADIOLOGY", "25.00"))

    refused = confirm(client, page, step)

    assert "NGN 125.00 is due; NGN 100.00 is not enough." in words_of(refused)
    assert held_by(visit) == Decimal("500.00")
    again = client.post(page, {**hidden_fields(refused), "department": "ALL"})
    assert "Taken from your wallet ₦125.00" in words_of(again)
    confirm(client, page, again)
    assert held_by(visit) == Decimal("375.00")


def test_of_a_bill_that_shrank_only_what_is_left_is_taken():
    visit, client, page = make_owing()
    step = go_on(client, page, department="ALL")
    void(items_of(visit)[0], UserFactory(role="Supervisor"))

    confirm(client, page, step)

    assert held_by(visit) == Decimal("440.00")


def test_the_last_button_alone_pays_nothing():
    visit, client, page = make_owing()
    key = hidden_fields(go_on(client, page, department="ALL"))["one_time_key"]

    refused = client.post(page, {"one_time_key": key, "department": "ALL", "confirmed": "yes"})

    assert "Read how much it is, then press the button again." in words_of(refused)
    assert held_by(visit) == Decimal("500.00")


def test_a_wallet_that_holds_too_little_is_told_before_the_last_press():
    visit, client, page = make_owing(holding="99.00")
    before = everything()

    words = words_of(client.get(page))
    refused = words_of(go_on(client, page, department="ALL"))

    assert "Your wallet holds ₦99.00 . Add money That is" in words
    assert "That is ₦1.00 short of the whole bill." in words
    assert "The wallet holds NGN 99.00; NGN 100.00 is needed." in refused
    assert everything() == before


def test_what_is_paid_already_leads_back_to_the_bill():
    visit, client, page = make_owing()
    late = go_on(client, page, department="ALL")
    confirm(client, page, go_on(client, page, department="ALL"))

    assert client.get(page)["Location"] == f"/portal/bills/{visit.pk}/"
    assert "Nothing is due here." in words_of(confirm(client, page, late))


@pytest.mark.parametrize("department", ["", "NOWHERE", "\x00"])
def test_a_department_that_is_none_is_refused_beside_its_field(department):
    visit, client, page = make_owing()

    step = go_on(client, page, department=department)

    assert list(step.context["form"].errors) == ["department"]
    assert "Nothing has been done yet." not in words_of(step)


def test_a_sign_in_without_the_right_pays_nothing():
    user = UserFactory(is_staff=False)
    visit = make_bill(make_item(), patient=PatientFactory(user=user))
    client = signed_in(user)

    page = f"/portal/bills/{visit.pk}/pay/"

    assert [client.get(page).status_code, client.post(page).status_code] == [403, 403]


def test_a_frozen_wallet_and_an_empty_shelf_are_told_before_the_last_press():
    visit, client, page = make_owing()
    drug = make_drug(price="1.00", holding=1)
    add_to_bill(visit, (drug, 2))
    short = words_of(go_on(client, page, department="ALL"))
    set_status(visit.patient.wallet, "FROZEN")

    frozen = words_of(go_on(client, page, department="RADIOLOGY"))

    assert "This wallet is frozen; no money can be taken from it." in frozen
    assert "Nothing has been done yet." not in short + frozen
    assert statuses(visit) == {"RADIOLOGY": "UNPAID", "PROCEDURE": "UNPAID", "PHARMACY": "UNPAID"}
