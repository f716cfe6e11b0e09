"""What the races at a bill share: who is at it, where they meet, and what came of it."""

from collections import Counter

from client_wallet.models import JournalEntry
from invoicing_app.models import BillItem, DepositReceiving
from tests.factories import UserFactory

BEFORE_THE_RECEIPT = "INSERT INTO client_wallet_receiptcounter"  # all is read and decided


def cashiers():
    return UserFactory(role="Cashier"), UserFactory(role="Cashier")


def standing():
    """Return what was settled, counted: payments, entries of payments, and items by status."""
    return (
        DepositReceiving.objects.count(),
        JournalEntry.objects.filter(kind="PAYMENT").count(),
        dict(Counter(BillItem.objects.values_list("status", flat=True))),
    )
