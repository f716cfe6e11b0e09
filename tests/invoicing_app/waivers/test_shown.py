"""What is waived stands on receipts, on the patient's bill, and in what is due everywhere."""

from decimal import Decimal

import pytest
from django.urls import reverse

from invoicing_app.models import DepositReceiving
from invoicing_app.panels.bills import BILL_PAPER
from invoicing_app.paper_receipts.content import receipt_of
from tests.admin_pages import page_of, receipt_page, signed_in, text_of
from tests.api import make_patient_user
from tests.factories import UserFactory, make_bill, make_item
from tests.invoicing_app.desk import items_of, pay, void
from tests.invoicing_app.waivers.desk import ask, ask_for_much
from tests.rows import statements

pytestmark = pytest.mark.django_db


def test_a_receipt_says_what_was_waived_of_each_item(cashier):
    bill = make_bill(make_item(name="Suture"), make_item("LABORATORY", name="Blood count"))
    ask(bill, cashier, "60.00")
    pay(bill, cashier, "CASH", "140.00")
    payment = DepositReceiving.objects.get()

    content = receipt_of(payment.entry_id)
    page = text_of(signed_in(cashier).get(receipt_page(payment)))

    assert content is not None
    lines = [line for section in content.sections for line in section.lines]
    assert [(line.description, line.amount, line.waived) for line in lines] == [
        ("Blood count", Decimal("100.00"), Decimal("0.00")),
        ("Suture", Decimal("40.00"), Decimal("60.00")),
    ]
    assert content.total == Decimal("140.00")
    assert "waived − 60.00" in page


def test_a_patient_reads_what_is_waived(cashier):
    user = make_patient_user()
    bill = make_bill(make_item(), patient=user.patient)
    ask(bill, cashier, "60.00")
    client = signed_in(user)

    page = text_of(client.get(reverse("portal-bill", args=[bill.pk])))
    overview = text_of(client.get(reverse("portal")))

    assert "40.00" in page
    assert "Waived:" in page
    assert "60.00" in page
    assert "40.00" in overview
    assert "100.00" not in overview


def test_a_patient_does_not_read_what_is_only_asked_for(cashier):
    user = make_patient_user()
    bill = make_bill(make_item(), patient=user.patient)
    ask_for_much(bill, cashier, "60.00")

    assert "Waived" not in text_of(signed_in(user).get(reverse("portal-bill", args=[bill.pk])))


def test_the_visit_lists_its_waivers_with_those_that_wait(cashier):
    bill = make_bill(make_item())
    ask(bill, cashier, "10.00", reason="STAFF")
    ask_for_much(bill, cashier, "20.00", reason="COMPLAINT")

    page = text_of(signed_in(cashier).get(page_of("smcapp1_consultation", bill.pk)))

    assert "Staff and their families" in page
    assert "Complaint" in page
    assert "Asked for" in page
    assert "NGN 90.00" in page


def test_what_is_due_is_without_what_is_waived_on_every_page_of_the_desk(cashier):
    bill = make_bill(make_item())
    ask(bill, cashier, "60.00")
    client = signed_in(cashier)

    pages = [
        reverse("admin:smcapp1_consultation_changelist"),
        page_of("smcapp1_patientprofile", bill.patient_id),
        f"{reverse('admin:invoicing_app_depositreceiving_add')}?consultation={bill.pk}",
    ]

    for page in pages:
        text = text_of(client.get(page))
        assert ("40.00" in text, "100.00" in text) == (True, False)


def test_the_printed_bill_says_what_is_waived_why_and_what_is_left(cashier):
    bill = make_bill(
        make_item(name="Suture"), make_item("LABORATORY", "50.00", name="Blood count"), make_item()
    )
    ask(bill, cashier, "60.00", reason="STAFF", bill_item_id=items_of(bill)[0].pk)
    pay(bill, cashier, "CASH", "50.00", department="LABORATORY")
    void(items_of(bill)[2], cashier)

    page = text_of(signed_in(cashier).get(reverse(BILL_PAPER, args=[bill.pk])))

    assert "Suture 1 × 100.00 , Procedure Waived: Staff and their families 100.00 60.00" in page
    assert "Total 150.00 Waived −60.00 Paid by the patient −50.00" in page
    assert "To be paid by the patient ₦40.00" in page
    assert "Payer pays" not in page


def test_a_bill_is_printed_by_who_may_see_it(cashier):
    bill = make_bill(make_item())
    laboratory, nobody = UserFactory(role="Laboratory"), UserFactory()

    codes = [
        signed_in(user).get(reverse(BILL_PAPER, args=[bill.pk])).status_code
        for user in (laboratory, nobody)
    ]

    sees_bills = laboratory.has_perm("invoicing_app.view_billitem")
    assert codes == [200 if sees_bills else 403, 403]
    assert signed_in(cashier).get(reverse(BILL_PAPER, args=[987_654])).status_code == 404


def test_printing_takes_as_many_statements_for_three_items_as_for_one(cashier):
    client = signed_in(cashier)
    one, three = make_bill(make_item()), make_bill(*(make_item() for _ in range(3)))
    for bill in (one, three):
        ask(bill, cashier, percent=Decimal(10))
    client.get(reverse(BILL_PAPER, args=[one.pk]))

    first = statements(lambda: client.get(reverse(BILL_PAPER, args=[one.pk])))

    assert statements(lambda: client.get(reverse(BILL_PAPER, args=[three.pk]))) == first
