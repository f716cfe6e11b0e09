"""What the tests of receipts share: documents with a receipt, and prints of them."""

import re
from decimal import Decimal
from typing import Any

from client_wallet.models import ReceiptPrint, WalletDeposit
from client_wallet.receipt_prints import print_receipt
from client_wallet.services import deposit_to_wallet, reverse_deposit
from hospital.core.acts import Act
from invoicing_app.models import DepositReceiving
from smcapp1.models import PatientProfile
from tests.factories import PatientFactory, UserFactory, make_bill, make_item
from tests.invoicing_app.desk import pay


def make_payment(
    *items: Any, patient: PatientProfile | None = None, **wanted: Any
) -> DepositReceiving:
    """Return a payment of items (or of one), by cash with 500.00 handed over unless said."""
    bill = make_bill(*(items or [make_item()]), patient=patient)
    wanted = {"method": "CASH", "amount": "500.00"} | wanted
    taken = pay(bill, UserFactory(role="Cashier"), **wanted)
    return DepositReceiving.objects.get(pk=taken.payment_id)


def take_deposit(patient: PatientProfile | None = None, **wanted: Any) -> WalletDeposit:
    """Return a deposit of 250.00, by cash unless said."""
    patient = patient or PatientFactory()
    taken = deposit_to_wallet(
        patient_id=patient.pk,
        amount=Decimal("250.00"),
        act=Act(UserFactory(role="Cashier")),
        **wanted,
    )
    return WalletDeposit.objects.get(pk=taken.deposit_id)


def make_reversed_deposit(patient: PatientProfile | None = None) -> WalletDeposit:
    deposit = take_deposit(patient)
    reverse_deposit(
        deposit_id=deposit.pk, reason="wrong patient", act=Act(UserFactory(role="Supervisor"))
    )
    deposit.refresh_from_db()
    return deposit


def print_of(entry_id: int | None, copy: int = 1) -> ReceiptPrint:
    """Print a receipt so often, and return the last print."""
    assert entry_id is not None
    for _ in range(copy):
        print_receipt(entry_id=entry_id, act=Act(UserFactory(role="Cashier")))
    return ReceiptPrint.objects.get(receipt__entry_id=entry_id, copy_number=copy)


def rows_of(response: Any) -> list[tuple[str, str]]:
    """Return the labels of a page with what stands beside each."""
    html = response.content.decode()
    pairs = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", html, re.DOTALL)
    return [(label, re.sub(r"<[^>]*>", "", value)) for label, value in pairs]
