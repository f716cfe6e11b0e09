"""Drugs of a refund: back into their batches, what cannot be sold again written off."""

from collections.abc import Sequence

from hospital.core.acts import Act
from invoicing_app.models import DrugHandOut
from invoicing_app.owed import bring_back, owed_of, take_back
from invoicing_app.refunds.errors import DrugsHandedOut
from invoicing_app.refunds.models import Refund, RefundedStock, RefundLine
from invoicing_app.refunds.planning import is_drug
from smcapp1.services import StockReturn, return_stock

SPOILT = "Refunded, and not to be sold again"


def require_nothing_handed_out_since(refund: Refund, lines: Sequence[RefundLine]) -> None:
    """
    Make sure that what was approved to be on the shelf still is.

    :raises DrugsHandedOut: if drugs of the refund were handed out after it was approved
    """
    items = [line.payment_line.bill_item_id for line in lines if is_drug(line.payment_line)]
    given = DrugHandOut.objects.filter(bill_item__in=items, handed_out_at__gt=refund.decided_at)
    if found := sorted(set(given.values_list("bill_item_id", flat=True))):
        raise DrugsHandedOut(bill_item_ids=found)


def put_drugs_back(lines: Sequence[RefundLine], act: Act) -> None:
    """
    Put the drugs of a refund back: first those that never left the shelf, then what was brought.

    The caller holds the consultation's lock. Locks the batches in id order.
    """
    drugs = {line.payment_line.bill_item_id: line for line in lines if is_drug(line.payment_line)}
    if not drugs:
        return
    owed = owed_of(drugs)
    on_the_shelf = {pk: min(line.quantity, owed[pk]) for pk, line in drugs.items()}
    brought = {pk: line.quantity - on_the_shelf[pk] for pk, line in drugs.items()}
    portions = [
        *((portion, False) for portion in take_back(_above_zero(on_the_shelf))),
        *((portion, True) for portion in bring_back(_above_zero(brought))),
    ]
    returned = return_stock(
        returns=[
            StockReturn(
                portion.batch_id,
                portion.quantity,
                SPOILT if was_out and not drugs[portion.bill_item_id].sellable else "",
            )
            for portion, was_out in portions
        ],
        reason="Refunded",
        act=act,
    )
    RefundedStock.objects.bulk_create(
        RefundedStock(
            line=drugs[portion.bill_item_id],
            dispensed_id=portion.dispensed_id,
            quantity=portion.quantity,
            was_handed_out=was_out,
            movement=one.movement,
            write_off=one.write_off,
        )
        for (portion, was_out), one in zip(portions, returned, strict=True)
    )


def _above_zero(quantities: dict[int, int]) -> dict[int, int]:
    return {pk: quantity for pk, quantity in quantities.items() if quantity}
