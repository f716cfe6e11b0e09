"""What somebody else than the patient owes of what stands unpaid on a bill."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from invoicing_app.models import BillItem
from invoicing_app.payers.sharing import payer_parts


@dataclass(frozen=True)
class Share:
    """
    What a payer owes of one item: ``amount`` above zero, at most what is not waived of the item.

    ``payer_code`` names the payer on the bill, and its receivable account in the journal.
    """

    payer_id: int
    cover_id: int
    amount: Decimal
    payer_code: str


def payer_shares(
    consultation_id: int,
    items: Sequence[BillItem],
    *,
    on: date | None = None,
    hold: bool = False,
) -> Mapping[int, Share]:
    """
    Return the payer's share of each of these unpaid items that is covered, by the item's id.

    The items are all that stand unpaid on the bill, in the order of their ids; the day is the
    business day, today if it is left out. A bill has one payer. Decide on it only under the
    consultation's lock, as on the bill itself, and with ``hold``, which locks the patient's covers.
    """
    parts = payer_parts(consultation_id, items, on=on or timezone.localdate(), hold=hold)
    return {
        part.bill_item_id: Share(part.payer.pk, part.cover_id, part.amount, part.payer.code)
        for part in parts
    }
