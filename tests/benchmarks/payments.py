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


def milliseconds(shelf: Shelf, sizes: Sequence[int], number: int) -> list[float]:
    """Pay so many bills of each size in cash, size after size; how long each takes, in medians."""
    cashier = User.objects.get(pk=patients_and_cashiers()[1][0])
    desk = PaymentProcessingService(actor=cashier)
    bills = zip(*(shelf.bills(size, number) for size in sizes), strict=True)
    taken = [[_pay(desk, bill) for bill in of_each_size] for of_each_size in bills]
    return [median(of_one) for of_one in zip(*taken, strict=True)]


def _pay(desk: PaymentProcessingService, bill: Consultation) -> float:
    total = sum(item.line_total for item in bill.bill_items.all())
    intent = PaymentIntent(
        consultation_id=bill.pk, payment_method="CASH", amount_paid=total, key=uuid4().hex
    )
    began = time.perf_counter()
    desk.process_transaction(intent)
    return (time.perf_counter() - began) * 1000
