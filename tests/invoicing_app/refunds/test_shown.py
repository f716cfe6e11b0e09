"""What was refunded says so: on receipts, to strangers, in takings and in the reports."""

from decimal import Decimal

import pytest
from django.utils import timezone

from client_wallet.models import ReceiptPrint
from client_wallet.receipt_prints import print_receipt
from hospital.core.acts import Act
from invoicing_app.models import DepositReceiving
from invoicing_app.paper_receipts.content import receipt_of
from invoicing_app.portal.own_receipts import receipts_of
from invoicing_app.refunds.models import Refund
from invoicing_app.reports.money_in import earned, received, total
from invoicing_app.reports.period import one_day
from invoicing_app.takings import takings_of
from tests.factories import UserFactory, make_bill, make_item
from tests.invoicing_app.desk import items_of, pay
from tests.invoicing_app.refunds.desk import give_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def cashier(db):
    return UserFactory(role="Cashier")


@pytest.fixture
def paid(cashier):
    return pay(make_bill(make_item(), make_item("RADIOLOGY", "40.00")), cashier, "CASH", "140.00")


def items_paid(paid):
    return items_of(DepositReceiving.objects.get(pk=paid.payment_id).consultation)


def receipt_with(entry_id):
    receipt = receipt_of(entry_id)
    assert receipt is not None
    return receipt


def entry_of(paid):
    return DepositReceiving.objects.get(pk=paid.payment_id).entry_id


def public_page(client, entry_id, cashier):
    print_receipt(entry_id=entry_id, act=Act(cashier))
    token = ReceiptPrint.objects.latest("pk").token
    return client.get(f"/r/{token}").content.decode()


def test_a_receipt_says_what_of_it_went_back(cashier, paid):
    first, second = items_paid(paid)
    before = receipt_with(entry_of(paid))
    give_back(paid, cashier, (second, 1))
    in_part = receipt_with(entry_of(paid))
    give_back(paid, cashier, (first, 1))
    whole = receipt_with(entry_of(paid))

    assert [(one.refunded, one.is_refunded_whole) for one in (before, in_part, whole)] == [
        (Decimal("0.00"), False),
        (Decimal("40.00"), False),
        (Decimal("140.00"), True),
    ]


def test_a_refund_has_a_receipt_of_its_own(cashier, paid):
    refund = give_back(paid, cashier, (items_paid(paid)[1], 1))

    receipt = receipt_with(Refund.objects.get(pk=refund.id).entry_id)

    assert (receipt.title, receipt.number, receipt.total, receipt.payment_method) == (
        "Refund receipt",
        refund.receipt_number,
        Decimal("40.00"),
        "Cash",
    )
    assert [entry.kind for entry in receipts_of(receipt.patient_id, limit=9)] == [
        "REFUND",
        "PAYMENT",
    ]


def test_who_scans_the_receipt_learns_of_the_refund(client, cashier, paid):
    first, second = items_paid(paid)
    refund = give_back(paid, cashier, (second, 1))
    in_part = public_page(client, entry_of(paid), cashier)
    of_refund = public_page(client, Refund.objects.get(pk=refund.id).entry_id, cashier)
    give_back(paid, cashier, (first, 1))
    whole = public_page(client, entry_of(paid), cashier)

    assert "Refunded in part" in in_part
    assert "all that it shows was refunded" in whole
    assert "40.00" in of_refund
    assert "This receipt is genuine." in of_refund


def test_takings_and_reports_have_refunds_on_their_day(cashier, paid):
    give_back(paid, cashier, (items_paid(paid)[1], 1))
    today = timezone.localdate()

    takings = takings_of(cashier, today)

    (cash,) = takings.methods
    assert (cash.payments.amount, cash.refunded.amount, takings.net) == (
        Decimal("140.00"),
        Decimal("40.00"),
        Decimal("100.00"),
    )
    assert total(received(one_day(today)), "moved") == Decimal("100.00")
    assert total(earned(one_day(today)), "moved") == Decimal("100.00")
