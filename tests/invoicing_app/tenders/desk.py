"""Short ways to pay by several tenders."""

from decimal import Decimal
from typing import Any

from invoicing_app.models import BillItem, DepositReceiving
from invoicing_app.payment_services import PaymentIntent, PaymentProcessingService, PaymentTaken
from invoicing_app.tenders import Tender
from smcapp1.models import Consultation, PatientProfile
from tests.factories import make_bill, make_item

Wanted = tuple[str, str | None]  # method, amount


def tenders(*wanted: Wanted) -> list[Tender]:
    return [
        Tender(method, None if amount is None else Decimal(amount)) for method, amount in wanted
    ]


def split_intent(consultation: Consultation, *wanted: Wanted, **more: Any) -> PaymentIntent:
    return PaymentIntent(consultation.pk, tenders=tenders(*wanted), **more)


def pay_by(consultation: Consultation, cashier: Any, *wanted: Wanted, **more: Any) -> PaymentTaken:
    """Pay a bill by these tenders, through the service."""
    service = PaymentProcessingService(actor=cashier)
    return service.process_transaction(split_intent(consultation, *wanted, **more))


def bill_of(total: str, patient: PatientProfile | None = None) -> Consultation:
    """Return a bill of one scan."""
    return make_bill(make_item("RADIOLOGY", total), patient=patient)


def waive(consultation: Consultation, amount: str) -> None:
    """Forgive so much of the only item, past the waiver's service."""
    BillItem.objects.filter(consultation=consultation).update(waived=Decimal(amount))


def brought_in(payment_id: int) -> list[tuple[str, str, str, str]]:
    """Return a payment's tenders: method, amount, tendered, change."""
    rows = DepositReceiving.objects.get(pk=payment_id).tenders.order_by("pk")
    return [
        (one.payment_method, str(one.amount), str(one.tendered), str(one.change_given))
        for one in rows
    ]
