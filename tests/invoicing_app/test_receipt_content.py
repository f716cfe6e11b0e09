"""What the receipt of each kind of document says."""

from dataclasses import replace
from decimal import Decimal

import pytest

from client_wallet.models import WalletAccount
from invoicing_app.paper_receipts.content import (
    ReceiptContent,
    ReceiptLine,
    ReceiptSection,
    letterhead,
    receipt_of,
)
from tests.client_wallet.desk import make_full_wallet
from tests.factories import make_item, make_wallet
from tests.invoicing_app.receipts import make_payment, make_reversed_deposit, take_deposit
from tests.rows import statements

pytestmark = pytest.mark.django_db


def test_a_payment_in_cash_shows_items_by_department_what_was_tendered_and_the_change():
    visit = make_item("CONSULTATION", "50.00", name="Visit")
    scan, film = [make_item("RADIOLOGY", "30.00", name=name) for name in ("Scan", "Film")]

    payment = make_payment((scan, 2), visit, film, amount="150.50")

    assert receipt_of(payment.entry_id) == ReceiptContent(
        entry_id=payment.entry_id or 0,
        document=payment,
        title="Payment receipt",
        number=payment.receipt_number,
        issued_at=payment.created_at,
        cashier=payment.taken_by.username,
        patient_id=payment.consultation.patient_id,
        patient_number=payment.consultation.patient.hospital_number,
        payment_method="Cash",
        external_reference="",
        total=Decimal("140.00"),
        wallet_balance=None,
        sections=[
            ReceiptSection(
                "Consultation", [ReceiptLine("Visit", 1, Decimal("50.00"), Decimal("50.00"))]
            ),
            ReceiptSection(
                "Radiology",
                [
                    ReceiptLine("Scan", 2, Decimal("30.00"), Decimal("60.00")),
                    ReceiptLine("Film", 1, Decimal("30.00"), Decimal("30.00")),
                ],
            ),
        ],
        tendered=Decimal("150.50"),
        change=Decimal("10.50"),
    )


def test_the_subtotals_of_the_departments_are_the_total():
    payment = make_payment(make_item("RADIOLOGY", "0.10"), make_item("DENTAL", "0.20"))

    receipt = receipt_of(payment.entry_id)

    assert receipt is not None
    assert [section.subtotal for section in receipt.sections] == [Decimal("0.20"), Decimal("0.10")]
    assert receipt.total == Decimal("0.30")


def test_a_payment_from_the_wallet_shows_what_the_wallet_holds_after_it():
    wallet = make_wallet(holding="130.00")

    receipt = receipt_of(
        make_payment(patient=wallet.patient, method="WALLET", amount=None).entry_id
    )

    assert receipt is not None
    assert (receipt.payment_method, receipt.wallet_balance) == ("Wallet Account", Decimal("30.00"))
    assert (receipt.tendered, receipt.change) == (None, None)


def test_a_deposit_shows_the_wallet_after_it_and_the_reference_of_the_bank():
    deposit = take_deposit(payment_method="TRANSFER", external_reference="GTB-77")
    take_deposit(deposit.wallet.patient)

    receipt = receipt_of(deposit.entry_id)

    assert receipt == ReceiptContent(
        entry_id=deposit.entry_id,
        document=deposit,
        title="Deposit receipt",
        number=deposit.receipt_number,
        issued_at=deposit.created_at,
        cashier=deposit.taken_by.username,
        patient_id=deposit.wallet.patient_id,
        patient_number=deposit.wallet.patient.hospital_number,
        payment_method="Bank transfer",
        external_reference="GTB-77",
        total=Decimal("250.00"),
        wallet_balance=Decimal("250.00"),
        total_label="Deposited",
    )


def test_a_reversed_deposit_says_so_and_its_reversal_has_a_receipt_of_its_own():
    deposit = make_reversed_deposit()
    assert deposit.reversal_id is not None
    assert deposit.reversed_by is not None
    assert deposit.reversed_at is not None

    receipt, reversal = receipt_of(deposit.entry_id), receipt_of(deposit.reversal_id)

    assert receipt is not None
    assert reversal is not None
    assert receipt.reversed_at == deposit.reversed_at
    assert reversal == replace(
        receipt,
        entry_id=deposit.reversal_id,
        title="Reversal of a deposit",
        issued_at=deposit.reversed_at,
        cashier=deposit.reversed_by.username,
        wallet_balance=Decimal("0.00"),
        reversed_at=None,
        number_label="Reversed receipt",
        cashier_label="Reversed by",
        total_label="Taken back",
    )


def test_the_cashier_is_named_where_a_name_is_known():
    payment = make_payment()
    payment.taken_by.first_name, payment.taken_by.last_name = "Ngozi", "Okafor"
    payment.taken_by.save()

    receipt = receipt_of(payment.entry_id)

    assert receipt is not None
    assert receipt.cashier == "Ngozi Okafor"


def test_what_is_no_document_has_no_receipt():
    wallet: WalletAccount = make_full_wallet()
    posting = wallet.postings.get()

    assert (receipt_of(posting.entry_id), receipt_of(posting.entry_id + 1)) == (None, None)


def test_three_items_cost_as_many_queries_as_one():
    one = make_payment(make_item("RADIOLOGY"))
    three = make_payment(make_item("RADIOLOGY"), make_item("DENTAL"), make_item("DENTAL"))

    few = statements(lambda: receipt_of(one.entry_id))

    assert statements(lambda: receipt_of(three.entry_id)) == few


def test_the_head_has_the_lines_that_are_set(settings):
    settings.HOSPITAL_NAME, settings.HOSPITAL_ADDRESS = "St. Mary", "12 Marina Road"
    settings.HOSPITAL_PHONE, settings.HOSPITAL_TAX_ID = "", "0123-4"

    assert letterhead() == {"name": "St. Mary", "lines": ["12 Marina Road", "Tax ID 0123-4"]}
