"""The patient's bills: the list, and one with its departments."""

from functools import partial

import pytest

from client_wallet.models import JournalEntry
from tests.factories import UserFactory, add_to_bill, make_bill, make_item
from tests.invoicing_app.desk import pay
from tests.invoicing_app.portal.visitor import make_visitor, read
from tests.rows import statements

pytestmark = pytest.mark.django_db


def make_visit(patient):
    return make_bill(make_item(), patient=patient)


def test_the_bills_are_listed_with_what_is_due_on_each():
    patient, client = make_visitor()
    paid = make_bill(make_item("PROCEDURE", "60.00"), patient=patient)
    pay(paid, UserFactory(role="Cashier"), "CASH", "60.00")
    make_bill(make_item("RADIOLOGY", "40.00"), patient=patient)

    words = read(client, "/portal/bills/")

    assert words.count("nothing") == 1
    assert words.count("₦40.00") == 1
    assert "You have no bills." in read(make_visitor()[1], "/portal/bills/")


def test_long_lists_come_in_pages_and_every_bill_is_on_one(monkeypatch):
    monkeypatch.setattr("invoicing_app.portal.pages.ROWS", 2)
    patient, client = make_visitor()
    bills = [make_visit(patient) for _ in range(5)]

    pages = []
    address = "/portal/bills/"
    while address:
        page = client.get(address).context["page"]
        pages.append([visit.pk for visit in page.rows])
        address = f"/portal/bills/{page.older_url}" if page.older_url else ""

    newest = [visit.pk for visit in reversed(bills)]
    assert pages == [newest[:2], newest[2:4], newest[4:]]


def test_a_bill_shows_its_departments_with_what_is_due_and_what_was_paid():
    patient, client = make_visitor()
    scan = make_item("RADIOLOGY", "40.00", name="Chest X-ray")
    bill = make_bill(make_item("PROCEDURE", "60.00", name="Dressing"), (scan, 2), patient=patient)
    taken = pay(bill, UserFactory(role="Cashier"), "CASH", "80.00", department="RADIOLOGY")

    words = read(client, f"/portal/bills/{bill.pk}/")

    assert "To be paid ₦60.00 Your wallet is ₦60.00 short of this bill. Pay all of it" in words
    assert "Dressing Unpaid ₦60.00 To be paid ₦60.00" in words
    assert (
        f"Chest X-ray 2 × ₦40.00 Paid, receipt {taken.receipt_number} ₦80.00 Total ₦80.00" in words
    )
    entry = JournalEntry.objects.get(payment=taken.payment_id)
    html = client.get(f"/portal/bills/{bill.pk}/").content.decode()
    assert f'<a href="/portal/receipts/{entry.uid}/">receipt' in html


def test_a_bill_of_three_departments_takes_as_many_statements_as_one_of_one():
    patient, client = make_visitor()
    one, three = make_visit(patient), make_visit(patient)
    add_to_bill(three, make_item("RADIOLOGY"), make_item("DENTAL"))

    paths = [f"/portal/bills/{bill.pk}/" for bill in (one, three)]

    counts = [statements(partial(client.get, path)) for path in paths]

    assert counts[0] == counts[1]


def test_somebody_elses_bill_is_not_there():
    _, client = make_visitor()
    bill = make_bill(make_item())

    paths = [f"/portal/bills/{bill.pk}/", f"/portal/bills/{bill.pk}/pay/", "/portal/bills/99999/"]

    assert [client.get(path).status_code for path in paths] == [404, 404, 404]
    assert client.post(paths[1], {"confirmed": "yes"}).status_code == 404
