"""The patient's bills: all of them, and one with its departments."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.views import View

from hospital.core.money import ZERO
from invoicing_app.models import BillItem, DepositReceiving
from invoicing_app.panels.bills import with_due
from invoicing_app.payment_services import Bill, PaymentCalculationService
from invoicing_app.portal.pages import newest_of, page_of
from invoicing_app.running_bill import running_bill
from smcapp1.models import Consultation, PatientProfile
from smcapp1.portal import PatientPage


class BillsPage(PatientPage):
    """All visits with what is due on each, newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        visits = with_due(Consultation.objects.filter(patient=self.patient))
        context = {"title": "Bills", "page": page_of(newest_of(visits), request)}
        return TemplateResponse(request, "invoicing_app/portal/bills.html", context)


class OwnBill(View):
    """
    What pages about one bill begin with; put it after ``PatientPage``.

    ``visit`` is the patient's own; anybody else's is not there.
    """

    patient: PatientProfile
    visit: Consultation

    def dispatch(self, request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        own = Consultation.objects.filter(patient=self.patient)
        visit = own.filter(pk=named["consultation_id"]).first()
        if visit is None:
            raise Http404
        self.visit = visit
        return super().dispatch(request, *args, **named)


@dataclass(frozen=True)
class Line:
    """An item of a bill, and the entry whose receipt says that it was paid."""

    item: BillItem
    payer_share: Decimal
    patient_due: Decimal
    receipt: UUID | None


@dataclass(frozen=True)
class Section:
    """What one department did or will do, and what of it is due."""

    code: str
    name: str
    lines: Sequence[Line]

    @property
    def total(self) -> Decimal:
        return sum((line.item.line_total for line in self.lines), ZERO)

    @property
    def due(self) -> Decimal:
        unpaid = (line for line in self.lines if line.item.status == BillItem.Status.UNPAID)
        return sum((line.patient_due for line in unpaid), ZERO)


class BillPage(PatientPage, OwnBill):
    """One bill by department: what is due and what was paid, with the ways to both."""

    def get(self, request: HttpRequest, consultation_id: int) -> HttpResponse:
        bill = PaymentCalculationService.bill(self.visit.pk)
        context = {
            "title": "Bill",
            "visit": self.visit,
            "sections": _sections(bill),
            "total_due": bill.total_due,
            "is_unpaid": bool(bill.unpaid),
            "running": running_bill(self.visit, bill),
        }
        return TemplateResponse(request, "invoicing_app/portal/bill.html", context)


def _sections(bill: Bill) -> list[Section]:
    receipts = _receipts_of(bill)
    items = sorted(bill.items, key=_by_department)
    return [
        Section(
            department.code,
            department.name,
            [
                Line(
                    item,
                    bill.payer_share(item),
                    bill.patient_due(item),
                    receipts.get(item.receipt_number),
                )
                for item in of_department
            ],
        )
        for department, of_department in groupby(items, key=lambda item: item.department)
    ]


def _by_department(item: BillItem) -> tuple[str, int, int]:
    return item.department.name, item.department_id, item.pk


def _receipts_of(bill: Bill) -> dict[str, UUID]:
    """Return the journal entry behind each receipt number on the bill. One query."""
    payments = DepositReceiving.objects.filter(consultation=bill.consultation_id)
    with_receipt = payments.filter(entry__isnull=False)
    return dict(with_receipt.values_list("receipt_number", "entry__uid"))
