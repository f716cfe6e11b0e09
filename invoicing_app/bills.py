"""A consultation's bill: what stands on it, and who owes what of it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from hospital.core.money import ZERO
from invoicing_app.models import ALL_DEPARTMENTS, BillItem
from invoicing_app.shares import Share, payer_shares
from invoicing_app.tenders import in_coins


@dataclass(frozen=True)
class DepartmentDue:
    """What is unpaid in one department that stands on the bill; 0.00 where all is paid."""

    department: str
    total_due: Decimal


@dataclass(frozen=True)
class Bill:
    """A consultation's bill: every item but void ones; ``department`` (or ALL) is what is asked."""

    consultation_id: int
    department: str
    all_items: Sequence[BillItem]
    shares: Mapping[int, Share] = field(default_factory=dict)  # of what is unpaid

    @property
    def items(self) -> list[BillItem]:
        """What stands on the bill of the department asked for."""
        if self.department == ALL_DEPARTMENTS:
            return list(self.all_items)
        return [item for item in self.all_items if item.department.code == self.department]

    @property
    def unpaid(self) -> list[BillItem]:
        return [item for item in self.items if item.status == BillItem.Status.UNPAID]

    @property
    def total_due(self) -> Decimal:
        """What the patient owes."""
        return sum((self.patient_due(item) for item in self.unpaid), ZERO)

    @property
    def cash_due(self) -> Decimal:
        """What the patient pays who pays all of it in cash."""
        return in_coins(self.total_due)

    @property
    def payer(self) -> str | None:
        """The code of who pays a share of what is unpaid, if anybody does."""
        return next((share.payer_code for share in self.shares.values()), None)

    @property
    def payer_total(self) -> Decimal:
        """The payer's share of what is unpaid."""
        return sum((self.payer_share(item) for item in self.unpaid), ZERO)

    def payer_share(self, item: BillItem) -> Decimal:
        """What a payer owes of an item; of a paid one, what the payer took over."""
        if item.status != BillItem.Status.UNPAID:
            of_line: Decimal = item.payment_line.payer_amount
            return of_line
        share = self.shares.get(item.pk)
        return share.amount if share else ZERO

    def patient_due(self, item: BillItem) -> Decimal:
        """The patient's part of an item."""
        due: Decimal = item.line_total - item.waived
        return due - self.payer_share(item)

    @property
    def departments(self) -> list[DepartmentDue]:
        """What is due in each department that has an item, whichever department was asked for."""
        due: dict[str, Decimal] = defaultdict(lambda: ZERO)
        for item in self.all_items:
            is_unpaid = item.status == BillItem.Status.UNPAID
            due[item.department.code] += self.patient_due(item) if is_unpaid else ZERO
        return [DepartmentDue(code, total) for code, total in sorted(due.items())]


class PaymentCalculationService:
    """What is due, by department and in all. Totals come from here and never from a client."""

    @staticmethod
    def bill(
        consultation_id: int,
        department: str = ALL_DEPARTMENTS,
        *,
        on: date | None = None,
        hold: bool = False,
    ) -> Bill:
        """
        Return the bill as it stands, in one query and those of the payer's cover.

        ``department`` is a department's code or ``"ALL"``; ``on`` is the business day whose covers
        count, today if it is left out. Decide on it only under the consultation's lock, and with
        ``hold``, which locks the patient's covers.
        """
        items = list(BillItem.objects.on_bill(consultation_id))
        unpaid = [item for item in items if item.status == BillItem.Status.UNPAID]
        shares = payer_shares(consultation_id, unpaid, on=on, hold=hold)
        return Bill(consultation_id, department, items, shares)
