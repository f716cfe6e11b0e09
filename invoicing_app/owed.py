"""
What a patient is owed of the drugs they paid for: paid, less handed out, less taken back.

Whoever changes it holds the consultation's lock first, and adds to the counts of the stock that
was dispensed for the item; the constraints of that one row stop whoever did not. So a rest is
handed out or refunded, never both.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Sum

from hospital.core.statements import Statement, rows
from invoicing_app.errors import MoreThanHandedOut, MoreThanOwed
from invoicing_app.models import BillItem, DispensedStock


@dataclass(frozen=True)
class Portion:
    """So many of a bill item's drug out of one batch, by the row of the stock dispensed for it."""

    bill_item_id: int
    dispensed_id: int
    batch_id: int
    expires_on: date
    quantity: int


def owed(bill_item_id: int) -> int:
    """Return how many of a bill item can still be handed out or refunded; 0 of what is no drug."""
    return owed_of([bill_item_id])[bill_item_id]


def owed_of(bill_item_ids: Collection[int]) -> dict[int, int]:
    """Return ``owed`` of each of these items, in one query; decide on it only under the lock."""
    counted = (
        DispensedStock.objects.owed()
        .filter(bill_item__in=bill_item_ids, bill_item__status=BillItem.Status.PAID)
        .values("bill_item")
        .annotate(rest=Sum(F("quantity") - F("handed_out") - F("taken_back")))
        .values_list("bill_item", "rest")
    )
    return {**dict.fromkeys(bill_item_ids, 0), **dict(counted)}


def owed_portions(wanted: Mapping[int, int]) -> list[Portion]:
    """
    Return which stock so many of each bill item come from: what expires first, first.

    Changes nothing. The caller holds the consultation's lock.

    :raises MoreThanOwed: if less of an item is owed
    """
    stock = _stock_of(wanted)
    portions = _portions(wanted, [(row, row.owed) for row in stock])
    for bill_item_id, there, requested in _short(wanted, portions):
        raise MoreThanOwed(bill_item_id=bill_item_id, owed=there, requested=requested)
    return portions


def take_back(wanted: Mapping[int, int]) -> list[Portion]:
    """
    Let so many of each bill item be owed no longer; return which batches they came from.

    The caller holds the consultation's lock, and puts the stock back or writes it off. Together
    with hand-outs no more is taken back than was paid, whoever forgets the lock.

    :raises MoreThanOwed: if less of an item is owed
    """
    portions = owed_portions(wanted)
    _count(_TAKE_BACK, portions)
    return portions


def bring_back(wanted: Mapping[int, int]) -> list[Portion]:
    """
    Note that so many of each bill item came back from the patient; return their batches.

    The caller holds the consultation's lock, and puts the stock back or writes it off.

    :raises MoreThanHandedOut: if the patient holds less of an item
    """
    stock = _stock_of(wanted)
    portions = _portions(wanted, [(row, row.handed_out - row.brought_back) for row in stock])
    for bill_item_id, there, requested in _short(wanted, portions):
        raise MoreThanHandedOut(bill_item_id=bill_item_id, handed_out=there, requested=requested)
    _count(_BRING_BACK, portions)
    return portions


_ADD = """
    UPDATE invoicing_app_dispensedstock dispensed
       SET {column} = dispensed.{column} + portion.quantity
      FROM unnest(%(dispensed)s::bigint[], %(quantities)s::integer[])
        AS portion (dispensed_id, quantity)
     WHERE dispensed.id = portion.dispensed_id
    RETURNING dispensed.id"""
_TAKE_BACK = Statement("take_back_owed_stock", _ADD.format(column="taken_back"))
_BRING_BACK = Statement("bring_back_handed_out_stock", _ADD.format(column="brought_back"))


def _stock_of(wanted: Mapping[int, int]) -> list[DispensedStock]:
    stock = DispensedStock.objects.filter(bill_item__in=wanted).select_related("movement__batch")
    return list(stock.order_by("movement__batch__expires_on", "pk"))


def _portions(
    wanted: Mapping[int, int], stock: Sequence[tuple[DispensedStock, int]]
) -> list[Portion]:
    """Allot what is wanted to rows, each with how many of it there are."""
    missing = dict(wanted)
    portions = []
    for row, there in stock:
        quantity = min(missing[row.bill_item_id], there)
        if quantity > 0:
            batch = row.movement.batch
            missing[row.bill_item_id] -= quantity
            portions.append(Portion(row.bill_item_id, row.pk, batch.pk, batch.expires_on, quantity))
    return portions


def _short(wanted: Mapping[int, int], portions: Sequence[Portion]) -> list[tuple[int, int, int]]:
    """Return of which items there are not enough: id, how many there are, how many are wanted."""
    there = dict.fromkeys(wanted, 0)
    for portion in portions:
        there[portion.bill_item_id] += portion.quantity
    return [(pk, there[pk], wanted[pk]) for pk in sorted(wanted) if there[pk] < wanted[pk]]


def _count(statement: Statement, portions: Sequence[Portion]) -> None:
    rows(
        [statement],
        {
            "dispensed": [portion.dispensed_id for portion in portions],
            "quantities": [portion.quantity for portion in portions],
        },
    )
