"""What somebody asks to pay, and what a payment answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hospital.core.acts import Answer
from hospital.core.money import money_text
from hospital.core.times import wire_time
from invoicing_app.models import ALL_DEPARTMENTS, BillItem, DepositReceiving, PaymentTender
from invoicing_app.services import item_facts
from invoicing_app.tenders import Tender

ShownItem = tuple[BillItem, Decimal]  # with the payer's share of it


@dataclass(frozen=True)
class PaymentIntent:
    """
    What somebody asks to pay: never how much is due, only what was handed over.

    By one method: ``amount_paid`` is in CURRENCY, two places; None will do for WALLET, which takes
    the exact total. Or by several at once: ``tenders``, and neither method nor amount. Where the
    patient owes nothing, there is no amount.
    """

    consultation_id: int
    payment_method: str = ""
    department: str = ALL_DEPARTMENTS
    amount_paid: Decimal | None = None
    external_reference: str = ""
    key: str = ""
    tenders: Sequence[Tender] | None = None

    @property
    def offered(self) -> Sequence[Tender]:
        if self.tenders is not None:
            return self.tenders
        return [Tender(self.payment_method, self.amount_paid, self.external_reference)]

    @property
    def methods(self) -> set[str]:
        return {tender.payment_method for tender in self.offered}

    def facts(self) -> dict[str, Any]:
        bill = {"consultation_id": self.consultation_id, "department": self.department}
        if self.tenders is not None:
            return {**bill, "tenders": [tender.facts for tender in self.tenders]}
        return {
            **bill,
            "payment_method": str(self.payment_method),
            "amount_paid": None if self.amount_paid is None else money_text(self.amount_paid),
            "external_reference": self.external_reference,
        }


@dataclass(frozen=True)
class PaymentTaken(Answer):
    """
    A payment: amounts as text with two places, times in RFC 3339, items as the bill shows them.
    """

    payment_id: int
    receipt_number: str
    consultation_id: int
    department: str
    payment_method: str
    total_due: str
    amount_paid: str
    change_given: str
    items: list[dict[str, Any]]
    wallet_balance: str | None  # of a payment by WALLET
    created_at: str
    tenders: list[dict[str, str]] | None = None  # not in answers kept before there were several
    rounding: str | None = None
    replayed: bool = False


def payment_facts(payment: DepositReceiving) -> PaymentTaken:
    """Return a stored payment as it is shown; from ``with_details()``, so no query runs."""
    postings = payment.entry.postings.all() if payment.entry else []
    of_wallet = [posting.balance_after for posting in postings]
    items = [(item, item.payment_line.payer_amount) for item in payment.items.all()]
    return answer_of(payment, payment.tenders.all(), items, of_wallet[0] if of_wallet else None)


def answer_of(
    payment: DepositReceiving,
    tenders: Iterable[PaymentTender],
    items: Iterable[ShownItem],
    wallet_balance: Decimal | None,
) -> PaymentTaken:
    return PaymentTaken(
        payment_id=payment.pk,
        receipt_number=payment.receipt_number,
        consultation_id=payment.consultation_id,
        department=payment.department,
        payment_method=str(payment.payment_method),
        total_due=money_text(payment.total_due),
        amount_paid=money_text(payment.amount_paid),
        change_given=money_text(payment.change_given),
        rounding=money_text(payment.rounding),
        tenders=[_tender_facts(tender) for tender in tenders],
        items=[item_facts(item, share) for item, share in items],
        wallet_balance=None if wallet_balance is None else money_text(wallet_balance),
        created_at=wire_time(payment.created_at),
    )


def _tender_facts(tender: PaymentTender) -> dict[str, str]:
    return {
        "payment_method": str(tender.payment_method),
        "amount": money_text(tender.amount),
        "tendered": money_text(tender.tendered),
        "change_given": money_text(tender.change_given),
        "external_reference": tender.external_reference,
    }
