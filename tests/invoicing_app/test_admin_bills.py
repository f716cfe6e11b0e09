"""Bills at the desk, through real requests whose commits are real."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.contrib.admin.models import LogEntry
from django.urls import reverse

from invoicing_app.models import BillItem, DepositReceiving
from smcapp1.models import Consultation
from tests import rows
from tests.admin_pages import (
    CONSULTATIONS,
    add_page,
    errors,
    open_form,
    page_of,
    receipt_page,
    said,
    signed_in,
    text_of,
)
from tests.factories import (
    ConsultationFactory,
    PatientFactory,
    UserFactory,
    make_bill,
    make_item,
    make_wallet,
)
from tests.invoicing_app.desk import items_of, pay


def ordered(item: Any, quantity: int = 1) -> dict[str, Any]:
    return {
        "bill_items-TOTAL_FORMS": "2",
        "bill_items-INITIAL_FORMS": "0",
        "bill_items-0-service_item": item.pk,
        "bill_items-0-quantity": str(quantity),
        "bill_items-1-service_item": "",
        "bill_items-1-quantity": "1",
    }


def test_a_visit_is_opened_and_items_are_ordered_on_its_page(real_commits):
    patient, item = PatientFactory(), make_item("RADIOLOGY", "40.00", name="X-ray of the hand")
    cashier = UserFactory(role="Cashier")
    client = signed_in(cashier)
    key = open_form(client, add_page(CONSULTATIONS))

    opened = client.post(add_page(CONSULTATIONS), {"patient": patient.pk, "one_time_key": key})
    page = opened["Location"]
    form = {**ordered(item, 3), "one_time_key": open_form(client, page)}
    first, second = client.post(page, form), client.post(page, form)

    visit = Consultation.objects.get()
    assert (visit.patient, visit.opened_by) == (patient, cashier)
    assert [(one.description, one.quantity, one.line_total) for one in items_of(visit)] == [
        ("X-ray of the hand", 3, Decimal("120.00"))
    ]
    assert (first["Location"], second["Location"]) == (page, page)
    assert said(client, page) == [
        "Ordered.",
        "These items were already ordered; nothing was ordered again.",
    ]
    assert LogEntry.objects.count() == 2
    assert "X-ray of the hand Radiology 3 40.00 120.00 Unpaid" in text_of(client.get(page))


def test_ordering_nothing_is_refused(real_commits):
    visit, client = ConsultationFactory(), signed_in(UserFactory(role="Cashier"))
    page = page_of(CONSULTATIONS, visit.pk)
    key = open_form(client, page)
    before = rows.everything()

    answer = client.post(
        page,
        {"bill_items-TOTAL_FORMS": "0", "bill_items-INITIAL_FORMS": "0", "one_time_key": key},
    )

    assert errors(answer) == {"__all__": ["Order at least one item."]}
    assert rows.everything() == before


def test_an_item_without_a_price_cannot_be_ordered_and_nothing_is_kept(real_commits):
    visit, client = ConsultationFactory(), signed_in(UserFactory(role="Cashier"))
    item = make_item(code="OLD-1", is_active=False)
    page = page_of(CONSULTATIONS, visit.pk)
    key = open_form(client, page)
    before = rows.everything()

    answer = client.post(page, {**ordered(item), "one_time_key": key})

    assert errors(answer) == {"__all__": ["OLD-1 cannot be ordered: it has no price today."]}
    assert rows.everything() == before


def test_nothing_is_ordered_on_a_closed_visit(db):
    visit = ConsultationFactory()
    Consultation.objects.update(status="CLOSED")

    answer = signed_in(UserFactory(role="Cashier")).post(
        page_of(CONSULTATIONS, visit.pk), {**ordered(make_item()), "one_time_key": str(uuid4())}
    )

    assert (answer.status_code, BillItem.objects.count()) == (403, 0)


def test_an_unpaid_item_is_voided_with_a_reason(real_commits):
    bill, cashier = make_bill(make_item()), UserFactory(role="Cashier")
    client = signed_in(cashier)
    (item,) = items_of(bill)
    page = reverse("admin:invoicing_app_billitem_void", args=[item.pk])

    answer = client.post(page, {"reason": "Ordered twice", "one_time_key": open_form(client, page)})

    item.refresh_from_db()
    assert answer["Location"] == page_of(CONSULTATIONS, bill.pk)
    assert (item.status, item.voided_by, item.void_reason) == ("VOID", cashier, "Ordered twice")


def test_a_paid_item_cannot_be_voided(real_commits):
    bill, cashier = make_bill(make_item()), UserFactory(role="Cashier")
    pay(bill, cashier, "CASH", "100.00")
    client = signed_in(cashier)
    page = reverse("admin:invoicing_app_billitem_void", args=[items_of(bill)[0].pk])
    key = open_form(client, page)
    before = rows.everything()

    answer = client.post(page, {"reason": "Ordered twice", "one_time_key": key})

    assert answer.context["form"].errors == {"__all__": ["This item was already paid."]}
    assert rows.everything() == before


def test_a_patients_page_shows_wallet_visits_and_what_is_due(db):
    wallet = make_wallet(holding="30.00")
    make_bill(make_item(price="1000.00"), patient=wallet.patient)
    client = signed_in(UserFactory(role="Cashier"))

    page = text_of(client.get(page_of("smcapp1_patientprofile", wallet.patient_id)))

    assert "Wallet holds NGN 30.00" in page
    assert "Open 1,000.00" in page


def test_a_visits_page_shows_its_bill_and_leads_to_payment_and_receipts(db, cashier):
    wallet = make_wallet(holding="30.00")
    bill = make_bill(make_item("RADIOLOGY", "1000.00"), make_item(), patient=wallet.patient)
    pay(bill, cashier, "CASH", "100.00", department="PROCEDURE")
    payment = DepositReceiving.objects.get()

    page = signed_in(cashier).get(page_of(CONSULTATIONS, bill.pk))

    assert "Due on this visit NGN 1,000.00 Radiology 1,000.00 Take payment" in text_of(page)
    assert "Wallet holds NGN 30.00" in text_of(page)
    html = page.content.decode()
    assert f'href="/admin/invoicing_app/depositreceiving/add/?consultation={bill.pk}"' in html
    assert f'href="{receipt_page(payment)}">{payment.receipt_number}</a>' in html


def test_a_visit_without_anything_due_offers_no_payment(db, cashier):
    bill = make_bill(make_item())
    pay(bill, cashier, "CASH", "100.00")

    page = signed_in(cashier).get(page_of(CONSULTATIONS, bill.pk))

    assert "Nothing is to be paid." in text_of(page)
    assert "add/?consultation=" not in page.content.decode()


def test_a_visits_page_costs_the_same_with_one_item_and_with_three(db, cashier):
    client = signed_in(cashier)
    one, three = [
        make_bill(*[make_item(f"WARD_{number}") for number in range(count)]) for count in (1, 3)
    ]
    pages = [page_of(CONSULTATIONS, visit.pk) for visit in (one, three)]
    client.get(pages[0])  # what is looked up once per process

    few = rows.statements(lambda: client.get(pages[0]))

    assert rows.statements(lambda: client.get(pages[1])) == few
