"""Payments of bills of several sizes, each item of another department than the one before it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from uuid import uuid4

from hospital.core.models import User
from invoicing_app.payment_services import PaymentIntent, PaymentProcessingService
from smcapp1.models import Consultation, ServiceItem
from tests.benchmarks.ground import patients_and_cashiers
from tests.factories import PatientFactory, make_bill, make_drug, make_item


@dataclass(frozen=True)
class Shelf:
    """What can be ordered: a drug, a test and a procedure in turn."""

    items: Sequence[ServiceItem]

    def bills(self, size: int, number: int) -> list[Consultation]:
        """Return so many new bills of so many items; a bill of one has each kind in turn."""
        return [self._bill(size, place) for place in range(number)]

    def _bill(self, size: int, place: int) -> Consultation:
        chosen = [self.items[(place + one) % len(self.items)] for one in range(size)]
        return make_bill(*chosen, patient=PatientFactory())


def stocked_shelf(size: int) -> Shelf:
    kinds = [
        (make_drug(holding=1_000_000), make_item("LABORATORY"), make_item("PROCEDURE"))
        for _ in range(size // 3 + 1)
    ]
    return Shelf([item for kind in kinds for item in kind])


def milliseconds(bills: Sequence[Consultation]) -> float:
    """Pay each bill in cash; how long one takes, in the median."""
    cashier = User.objects.get(pk=patients_and_cashiers()[1][0])
    desk = PaymentProcessingService(actor=cashier)
    return median([_pay(desk, bill) for bill in bills])


def _pay(desk: PaymentProcessingService, bill: Consultation) -> float:
    total = sum(item.line_total for item in bill.bill_items.all())
    intent = PaymentIntent(
        consultation_id=bill.pk, payment_method="CASH", amount_paid=total, key=uuid4().hex
    )
    began = time.perf_counter()
    desk.process_transaction(intent)
    return (time.perf_counter() - began) * 1000
