"""What the receipt of a deposit, a payment or a reversal says: facts, as yet without a layout."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db.models import Model, Prefetch, QuerySet

from client_wallet.models import JournalEntry, PaymentMethod, Posting, WalletDeposit
from hospital.core.money import ZERO
from invoicing_app.models import SPLIT, DepositReceiving, PaymentLine, PaymentTender
from invoicing_app.refunds.answers import lines_of, tenders_of
from invoicing_app.refunds.models import Refund, RefundLine, RefundTender
from invoicing_app.refunds.shown import refunded_of


@dataclass(frozen=True)
class ReceiptLine:
    """One item that was paid for: ``amount`` is the patient's part of it."""

    description: str
    quantity: int
    unit_price: Decimal
    amount: Decimal
    waived: Decimal = ZERO
    payer_amount: Decimal = ZERO


@dataclass(frozen=True)
class ReceiptSection:
    """What one department delivers."""

    department: str
    lines: Sequence[ReceiptLine]

    @property
    def subtotal(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)


@dataclass(frozen=True)
class ReceiptTender:
    """What was handed over by one of several methods."""

    payment_method: str
    tendered: Decimal
    external_reference: str


@dataclass(frozen=True)
class ReceiptContent:
    """
    A receipt, without anybody's name but the cashier's: the paper shows the patient's number.

    ``document`` is the deposit or payment that it is about. Amounts are in CURRENCY; what a kind of
    receipt does not have is None or empty.
    """

    entry_id: int
    document: Model
    title: str
    number: str
    issued_at: datetime
    cashier: str
    patient_id: int
    patient_number: str
    payment_method: str
    external_reference: str
    total: Decimal
    wallet_balance: Decimal | None
    reversed_at: datetime | None = None
    number_label: str = "Receipt"
    cashier_label: str = "Cashier"
    total_label: str = "Total"
    sections: Sequence[ReceiptSection] = ()
    tendered: Decimal | None = None
    change: Decimal | None = None
    rounding: Decimal | None = None  # paid in cash beyond the total; below zero, let go
    tenders: Sequence[ReceiptTender] = ()  # where there are several
    refunded: Decimal = ZERO  # of a payment: what went back to the patient, rounding included
    refunded_at: datetime | None = None  # the last time
    is_refunded_whole: bool = False


def letterhead() -> dict[str, Any]:
    """Return the hospital's name, and the lines below it."""
    written = [
        settings.HOSPITAL_ADDRESS,
        settings.HOSPITAL_PHONE and f"Tel. {settings.HOSPITAL_PHONE}",
        settings.HOSPITAL_TAX_ID and f"Tax ID {settings.HOSPITAL_TAX_ID}",
    ]
    return {"name": settings.HOSPITAL_NAME, "lines": [line for line in written if line]}


def receipt_of(entry_id: int | None) -> ReceiptContent | None:
    """
    Return the receipt of an entry, or None where there is none.

    The number of queries does not grow with the items.
    """
    entry = None if entry_id is None else _entries().filter(pk=entry_id).first()
    if entry is None:
        return None
    if payment := getattr(entry, "payment", None):
        return _of_payment(entry, payment)
    if refund := getattr(entry, "refund", None):
        return _of_refund(entry, refund)
    if deposit := getattr(entry, "deposit", None):
        return _of_deposit(entry, deposit)
    if reversed_deposit := getattr(entry, "reversed_deposit", None):
        return _of_reversal(entry, reversed_deposit)
    return None


_BY_DEPARTMENT = "payment_line__bill_item__department__name"


def _entries() -> QuerySet[JournalEntry]:
    lines = PaymentLine.objects.select_related("bill_item__department")
    back = RefundLine.objects.select_related("payment_line__bill_item__department")
    of_wallets = Posting.objects.filter(wallet__isnull=False)
    return JournalEntry.objects.select_related(
        "actor",
        "deposit__wallet__patient",
        "reversed_deposit__wallet__patient",
        "payment__consultation__patient",
        "refund__payment__consultation__patient",
    ).prefetch_related(
        Prefetch("postings", queryset=of_wallets),
        Prefetch("payment__tenders", queryset=PaymentTender.objects.order_by("pk")),
        Prefetch("payment__lines", queryset=lines.order_by("bill_item__department__name", "pk")),
        Prefetch("refund__lines", queryset=back.order_by(_BY_DEPARTMENT, "pk")),
        Prefetch("refund__tenders", queryset=RefundTender.objects.select_related("tender")),
    )


def _of_deposit(entry: JournalEntry, deposit: WalletDeposit) -> ReceiptContent:
    return ReceiptContent(
        title="Deposit receipt",
        total_label="Deposited",
        reversed_at=deposit.reversed_at,
        **_of_money_into_a_wallet(entry, deposit),
    )


def _of_reversal(entry: JournalEntry, deposit: WalletDeposit) -> ReceiptContent:
    return ReceiptContent(
        title="Reversal of a deposit",
        number_label="Reversed receipt",
        cashier_label="Reversed by",
        total_label="Taken back",
        **_of_money_into_a_wallet(entry, deposit),
    )


def _of_money_into_a_wallet(entry: JournalEntry, deposit: WalletDeposit) -> dict[str, Any]:
    """Return what a deposit and its reversal have in common, each with its own entry's facts."""
    return {
        **_of_entry(entry),
        "document": deposit,
        "number": deposit.receipt_number,
        "patient_id": deposit.wallet.patient_id,
        "patient_number": deposit.wallet.patient.hospital_number,
        "payment_method": deposit.get_payment_method_display(),
        "external_reference": deposit.external_reference,
        "total": deposit.amount,
    }


def _of_payment(entry: JournalEntry, payment: DepositReceiving) -> ReceiptContent:
    is_cash = any(one.payment_method == PaymentMethod.CASH for one in payment.tenders.all())
    return ReceiptContent(
        **_of_entry(entry),
        document=payment,
        title="Payment receipt",
        number=payment.receipt_number,
        patient_id=payment.consultation.patient_id,
        patient_number=payment.consultation.patient.hospital_number,
        payment_method=payment.get_payment_method_display(),
        external_reference=payment.external_reference,
        total=payment.total_due,
        sections=_sections(payment.lines.all()),
        tendered=payment.amount_paid if is_cash else None,
        change=payment.change_given if is_cash else None,
        rounding=payment.rounding or None,
        tenders=_tenders(payment) if payment.payment_method == SPLIT else (),
        **_refunds_of(payment),
    )


def _refunds_of(payment: DepositReceiving) -> dict[str, Any]:
    """Return what of a payment went back."""
    back = refunded_of(payment)
    return {
        "refunded": back.amount,
        "refunded_at": back.last_at,
        "is_refunded_whole": back.is_whole,
    }


def _of_refund(entry: JournalEntry, refund: Refund) -> ReceiptContent:
    tenders = tenders_of(refund)
    methods = {part.get_goes_to_display() for part in tenders}
    return ReceiptContent(
        **_of_entry(entry),
        document=refund,
        title="Refund receipt",
        number=refund.receipt_number,
        cashier_label="Paid out by",
        total_label="Given back",
        patient_id=refund.payment.consultation.patient_id,
        patient_number=refund.payment.consultation.patient.hospital_number,
        payment_method=" and ".join(sorted(methods)) or "Nothing to give back",
        external_reference=f"Refund of {refund.payment.receipt_number}",
        total=refund.amount + refund.rounding,
        sections=_sections_of_refund(lines_of(refund)),
        rounding=refund.rounding or None,
        tenders=[
            ReceiptTender(part.get_goes_to_display(), part.amount, part.tender.external_reference)
            for part in tenders
        ]
        if len(tenders) > 1
        else (),
    )


def _sections_of_refund(lines: Sequence[RefundLine]) -> list[ReceiptSection]:
    return [
        ReceiptSection(
            department,
            [
                ReceiptLine(
                    line.payment_line.bill_item.description,
                    line.quantity,
                    line.payment_line.bill_item.unit_price,
                    line.amount,
                    payer_amount=line.payer_amount,
                )
                for line in of_department
            ],
        )
        for department, of_department in groupby(
            lines, key=lambda line: line.payment_line.bill_item.department.name
        )
    ]


def _tenders(payment: DepositReceiving) -> list[ReceiptTender]:
    return [
        ReceiptTender(one.get_payment_method_display(), one.tendered, one.external_reference)
        for one in payment.tenders.all()
    ]


def _of_entry(entry: JournalEntry) -> dict[str, Any]:
    balances = [posting.balance_after for posting in entry.postings.all()]
    return {
        "entry_id": entry.pk,
        "issued_at": entry.posted_at,
        "cashier": entry.actor.get_full_name() or entry.actor.get_username(),
        "wallet_balance": balances[0] if balances else None,
    }


def _sections(lines: Sequence[PaymentLine] | QuerySet[PaymentLine]) -> list[ReceiptSection]:
    """Group lines that come department by department."""
    return [
        ReceiptSection(department, [_line(line) for line in of_department])
        for department, of_department in groupby(
            lines, key=lambda line: line.bill_item.department.name
        )
    ]


def _line(line: PaymentLine) -> ReceiptLine:
    item = line.bill_item
    return ReceiptLine(
        item.description,
        item.quantity,
        item.unit_price,
        line.amount,
        waived=line.waived,
        payer_amount=line.payer_amount,
    )
