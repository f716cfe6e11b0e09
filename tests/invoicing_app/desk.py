"""What the tests of bills and payments share: a short way to act, and what was posted."""

from decimal import Decimal
from typing import Any

from client_wallet.models import Posting
from hospital.core.acts import Act
from invoicing_app.models import BillItem
from invoicing_app.payment_services import PaymentIntent, PaymentProcessingService, PaymentTaken
from invoicing_app.services import void_item
from smcapp1.models import Consultation

Side = tuple[str, str, Decimal]  # (DEBIT or CREDIT, account, amount)


def intent(
    consultation: Consultation, method: str = "CASH", amount: str | None = None, **wanted: Any
) -> PaymentIntent:
    paid = None if amount is None else Decimal(amount)
    return PaymentIntent(consultation.pk, method, amount_paid=paid, **wanted)


def pay(
    consultation: Consultation,
    cashier: Any,
    method: str = "CASH",
    amount: str | None = None,
    **wanted: Any,
) -> PaymentTaken:
    """Pay through the service, as the cashier."""
    service = PaymentProcessingService(actor=cashier)
    return service.process_transaction(intent(consultation, method, amount, **wanted))


def void(item: BillItem, actor: Any) -> None:
    void_item(bill_item_id=item.pk, reason="Ordered by mistake", act=Act(actor))


def items_of(consultation: Consultation) -> list[BillItem]:
    return list(BillItem.objects.filter(consultation=consultation).order_by("pk"))


def postings_of(payment_id: int) -> list[Side]:
    """Return both sides of a payment's entry, sorted."""
    sides = Posting.objects.filter(entry__payment=payment_id)
    return sorted(sides.values_list("side", "account_id", "amount"))
