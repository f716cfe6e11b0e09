"""Stock that is thrown away: expired, broken, lost."""

from dataclasses import dataclass

from django.db import transaction

from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest, NotFound
from hospital.core.idempotency import earlier_answer, keep_answer
from smcapp1.errors import MoreThanOnHand
from smcapp1.models import StockBatch, StockMovement


@dataclass(frozen=True)
class WrittenOff:
    """The movement of a write-off, and whether an earlier call with the same key made it."""

    movement: StockMovement
    replayed: bool = False


@transaction.atomic
def write_off_stock(*, batch_id: int, quantity: int, reason: str, act: Act) -> WrittenOff:
    """
    Take ``quantity`` of a batch off the shelf for good, expired or not. Locks the batch.

    Repeating a call with the same key returns the same movement and takes nothing more.

    :raises InvalidRequest: if the quantity is not above zero, or the reason is empty
    :raises NotFound: if there is no such batch
    :raises MoreThanOnHand: if the batch holds less
    :raises KeyReused: if the key was used for another write-off
    """
    reason = reason.strip()
    if quantity <= 0:
        raise InvalidRequest("quantity", "A quantity must be greater than zero.")
    if not reason:
        raise InvalidRequest("reason", "Say why it is written off.")
    facts = {"batch_id": batch_id, "quantity": quantity, "reason": reason}
    batch = _lock_batch(batch_id)
    if kept := earlier_answer(act, "write-off-stock", facts):
        return WrittenOff(StockMovement.objects.get(pk=kept["movement_id"]), replayed=True)
    if quantity > batch.quantity_on_hand:
        raise MoreThanOnHand(on_hand=batch.quantity_on_hand)
    batch.quantity_on_hand -= quantity
    batch.save(update_fields=["quantity_on_hand"])
    movement = StockMovement.objects.create(
        batch=batch,
        kind=StockMovement.Kind.WRITTEN_OFF,
        quantity=quantity,
        quantity_after=batch.quantity_on_hand,
        reason=reason,
        moved_by=act.actor,
    )
    keep_answer(act, "write-off-stock", facts, {"movement_id": movement.pk})
    return WrittenOff(movement)


def _lock_batch(batch_id: int) -> StockBatch:
    locked = StockBatch.objects.select_for_update(of=("self",), no_key=True)
    try:
        return locked.get(pk=batch_id)
    except StockBatch.DoesNotExist:
        raise NotFound("There is no batch with this id.") from None
