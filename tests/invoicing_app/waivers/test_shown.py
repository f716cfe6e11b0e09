"""What is waived stands on receipts, on the patient's bill, and in what is due everywhere."""

from decimal import Decimal

import pytest
from django.urls import reverse

from invoicing_app.models import DepositReceiving
from invoicing_app.paper_receipts.content import receipt_of
from tests.admin_pages import page_of, receipt_page, signed_in, text_of
from tests.api import make_patient_user
from tests.factories import make_bill, make_item
from tests.invoicing_app.desk import pay
from tests.invoicing_app.waivers.desk import ask, ask_for_much

pytestmark = pytest.mark.django_db


def test_a_receipt_says_what_was_waived_of_each_item(cashier):
    bill = make_bill(make_item(name="Suture"), make_item("LABORATORY", name="Blood count"))
    ask(bill, cashier, "60.00")
    pay(bill, cashier, "CASH", "140.00")
    payment = DepositReceiving.objects.get()

    content = receipt_of(payment.entry_id)
    page = text_of(signed_in(cashier).get(receipt_page(payment)))

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
