"""Payments from before there were tenders get theirs by migration."""

from decimal import Decimal
from importlib import import_module

from invoicing_app.models import DepositReceiving, PaymentTender
from tests.databases import owner_cursor
from tests.factories import UserFactory, make_wallet
from tests.invoicing_app.desk import pay
from tests.invoicing_app.tenders.desk import bill_of, pay_by

WITHOUT_RULES = "ALTER TABLE invoicing_app_paymenttender DISABLE TRIGGER append_only"
FORWARDS = import_module("invoicing_app.migrations.0018_tenders_of_earlier_payments").FORWARDS


def tenders():
    return list(PaymentTender.objects.order_by("payment").values_list(*SAID))


SAID = (
    "payment",
    "payment_method",
    "amount",
    "tendered",
    "change_given",
    "wallet",
    "external_reference",
)


def test_each_payment_gets_the_tender_that_it_would_have_now(real_commits):
    cashier, wallet = UserFactory(role="Cashier"), make_wallet(holding="90.00")
    pay(bill_of("80.00"), cashier, "CASH", "100.00")
    pay(bill_of("80.00"), cashier, "CARD", "80.00", external_reference="Slip 7")
    pay(bill_of("80.00", wallet.patient), cashier, "WALLET")
    before = tenders()

    with owner_cursor(real_commits) as owner:
        owner.execute(WITHOUT_RULES)
        owner.execute("DELETE FROM invoicing_app_paymenttender")
        owner.execute(FORWARDS)

    assert (len(before), tenders()) == (3, before)


def test_it_leaves_alone_what_has_tenders(real_commits):
    pay_by(bill_of("80.00"), UserFactory(role="Cashier"), ("CARD", "30.00"), ("CASH", "50.00"))
    before = tenders()

    with owner_cursor(real_commits) as owner:
        owner.execute(FORWARDS)

    assert tenders() == before
    assert DepositReceiving.objects.get().total_due == Decimal("80.00")
