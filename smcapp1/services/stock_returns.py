"""Drugs that come back: into the batch that they came from, and out again if they are spoilt."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from hospital.core.acts import Act
from smcapp1.models import StockBatch, StockMovement


@dataclass(frozen=True)
class StockReturn:
    """So many of a batch; ``spoilt`` says why they cannot be sold again, "" that they can."""

    batch_id: int
    quantity: int
    spoilt: str = ""


@dataclass(frozen=True)
class StockReturned:
    """The movement back into the batch, and the one that wrote it off."""

    movement: StockMovement
    write_off: StockMovement | None


@transaction.atomic
def return_stock(*, returns: Sequence[StockReturn], reason: str, act: Act) -> list[StockReturned]:
    """
    Put drugs back into their batches, and write off at once what cannot be sold again.

    It is part of a larger act, whose key makes repetition harmless. Locks the batches in id order.
    """
    locked = StockBatch.objects.select_for_update(of=("self",), no_key=True)
    ids = {one.batch_id for one in returns}
    batches = {batch.pk: batch for batch in locked.filter(pk__in=ids).order_by("pk")}
    written: list[tuple[StockMovement, StockMovement | None]] = []
    for one in returns:
        batch = batches[one.batch_id]
        movement = _movement(batch, StockMovement.Kind.RETURNED, one.quantity, reason, act)
        write_off = None
        if one.spoilt:
            write_off = _movement(
                batch, StockMovement.Kind.WRITTEN_OFF, one.quantity, one.spoilt, act
            )
        written.append((movement, write_off))
    StockBatch.objects.bulk_update(batches.values(), ["quantity_on_hand"])
    StockMovement.objects.bulk_create(one for pair in written for one in pair if one is not None)
    return [StockReturned(movement, write_off) for movement, write_off in written]


def _movement(
    batch: StockBatch, kind: StockMovement.Kind, quantity: int, reason: str, act: Act
) -> StockMovement:
    """Change what a locked batch holds; return the movement that says so, not yet saved."""
    is_back = kind in StockMovement.INTO_STOCK
    batch.quantity_on_hand += quantity if is_back else -quantity
    return StockMovement(
        batch=batch,
        kind=kind,
        quantity=quantity,
        quantity_after=batch.quantity_on_hand,
        reason=reason,
        moved_by=act.actor,
    )
