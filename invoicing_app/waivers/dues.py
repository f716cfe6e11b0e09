"""What the patient owes of each unpaid item of a bill: no more than that can be waived."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hospital.core.errors import NotFound
from hospital.core.money import ZERO
from invoicing_app.errors import AlreadyPaid, AlreadyVoid
from invoicing_app.models import BillItem
from invoicing_app.shares import Share, payer_shares


@dataclass(frozen=True)
class Owed:
    """One unpaid item, with its department, and what the patient owes of it."""

    item: BillItem
    due: Decimal


def owed_on(consultation_id: int, *, on: date) -> list[Owed]:
    """
    Return all that is unpaid, by the covers of a business day: locks the patient's covers.

    Decide on it only under the consultation's lock.
    """
    items = list(BillItem.objects.on_bill(consultation_id).unpaid())
    shares = payer_shares(consultation_id, items, on=on, hold=True)
    return [
        Owed(item, item.line_total - item.waived - _amount(shares.get(item.pk))) for item in items
    ]


def owed_of(
    consultation_id: int, *, on: date, bill_item_id: int | None = None, department: str = ""
) -> list[Owed]:
    """
    Return what is owed of one item, or of a department's items.

    :raises NotFound: if the item is not on the bill
    :raises AlreadyPaid: if it was paid
    :raises AlreadyVoid: if it was voided
    """
    owed = owed_on(consultation_id, on=on)
    if bill_item_id is None:
        return [one for one in owed if one.item.department.code == department]
    wanted = [one for one in owed if one.item.pk == bill_item_id]
    if not wanted:
        _refuse(consultation_id, bill_item_id)
    return wanted


def total_of(owed: Sequence[Owed]) -> Decimal:
    return sum((one.due for one in owed), ZERO)


def _amount(share: Share | None) -> Decimal:
    return share.amount if share else ZERO


def _refuse(consultation_id: int, bill_item_id: int) -> None:
    """Refuse an item that is not among the unpaid ones."""
    item = BillItem.objects.filter(consultation_id=consultation_id, pk=bill_item_id).first()
    if item is None:
        raise NotFound("There is no such item on this bill.")
    raise AlreadyVoid if item.status == BillItem.Status.VOID else AlreadyPaid
