"""The journal as an auditor reads it in the admin."""

from decimal import Decimal

from django.urls import reverse

from client_wallet.models import JournalEntry
from invoicing_app.payment_services import PaymentIntent, PaymentProcessingService
from tests.admin_pages import page_of, signed_in
from tests.factories import UserFactory, make_bill, make_item


def test_the_list_shows_what_each_entry_moves(cashier):
    bill = make_bill(make_item("RADIOLOGY", "1200.00"), make_item("DENTAL", "34.50"))
    service = PaymentProcessingService(cashier)
    service.process_transaction(PaymentIntent(bill.pk, "CASH", amount_paid=Decimal("2000.00")))

    page = signed_in(UserFactory(role="Auditor")).get(
        reverse("admin:client_wallet_journalentry_changelist")
    )

    assert JournalEntry.objects.with_amount().get().amount == Decimal("1234.50")
    assert "1,234.50" in page.content.decode()


def test_an_entry_leads_to_its_receipt_from_the_list_and_from_its_page(cashier):
    bill = make_bill(make_item(price="30.00"))
    service = PaymentProcessingService(cashier)
    service.process_transaction(PaymentIntent(bill.pk, "CASH", amount_paid=Decimal("30.00")))
    entry, client = JournalEntry.objects.get(), signed_in(UserFactory(role="Auditor"))

    pages = [
        client.get(reverse("admin:client_wallet_journalentry_changelist")),
        client.get(page_of("client_wallet_journalentry", entry.pk)),
    ]

    link = f'href="{reverse("admin:receipt", args=[entry.pk])}">{entry.memo}</a>'
    assert [link in page.content.decode() for page in pages] == [True, True]
    assert client.get(reverse("admin:receipt", args=[entry.pk])).status_code == 200
