"""What somebody else than the patient owes of what stands unpaid on a bill."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from invoicing_app.models import BillItem


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


def payer_shares(consultation_id: int, items: Sequence[BillItem]) -> Mapping[int, Share]:  # noqa: ARG001 - no payers yet
    """
    Return the payer's share of each of these unpaid items that is covered, by the item's id.

    The items are all that stand unpaid on the bill, in the order of their ids. A bill has one
    payer. Decide on it only under the consultation's lock, as on the bill itself.
    """
    return {}
