"""The journal as an auditor reads it in the admin."""

from decimal import Decimal

from django.urls import reverse

from client_wallet.models import JournalEntry
from invoicing_app.payment_services import PaymentIntent, PaymentProcessingService
from tests.admin_pages import signed_in
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
