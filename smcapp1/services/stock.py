"""Drugs onto the shelf and off it again; every change is a movement."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest, NotFound
from hospital.core.idempotency import earlier_answer, keep_answer
from hospital.core.money import ZERO, money_text, require_amount, with_currency
from hospital.core.statements import Statement, rows
from smcapp1.errors import BatchCostDiffers, OutOfStock
from smcapp1.models import ServiceItem, StockBatch, StockMovement


@dataclass(frozen=True)
class Received:
    """The movement of a delivery, and whether an earlier call with the same key made it."""

    movement: StockMovement
    replayed: bool = False


@dataclass(frozen=True)
class Need:
    """So much of a drug is wanted, for whatever ``purpose`` the caller keeps it by."""

    service_item_id: int
    quantity: int
    purpose: Any = None


@dataclass(frozen=True)
class Delivery:
    """So many of a drug as they arrive, in one batch. ``unit_cost`` is in CURRENCY, two places."""

    service_item_id: int
    batch_number: str
    expires_on: date
    quantity: int
    unit_cost: Decimal = ZERO

    @property
    def batch_key(self) -> tuple[int, str, date]:
        return (self.service_item_id, self.batch_number, self.expires_on)


@dataclass(frozen=True)
class Taken:
    """So much out of one batch, the need it serves, and the movement that says so."""

    need: Need
    batch_id: int
    quantity: int
    movement_id: int


@dataclass(slots=True)
class _Held:
    """What a locked batch holds, and will hold when all that was allotted is taken."""

    batch_id: int
    service_item_id: int
    expires_on: date
    quantity: int


@dataclass(frozen=True, slots=True)
class _Portion:
    """What a need gets from one batch, and what it leaves there."""

    need: Need
    batch_id: int
    quantity: int
    left: int


@transaction.atomic
def receive_stock(
    *,
    service_item_id: int,
    batch_number: str,
    expires_on: date,
    quantity: int,
    act: Act,
    unit_cost: Decimal = ZERO,
) -> Received:
    """
    Put ``quantity`` of a drug on the shelf, into its batch (opened if it is new). Locks the batch.

    What is expired is not taken in by hand; ``receive_deliveries`` records what other systems hold.
    Repeating a call with the same key returns the same movement and adds nothing.

    :raises InvalidRequest: if the quantity is not above zero, the cost is no money, or the batch
        has expired
    :raises NotFound: if there is no such catalogue item
    :raises BatchCostDiffers: if the batch is there, at another unit cost
    :raises KeyReused: if the key was used for another delivery
    """
    delivery = Delivery(service_item_id, batch_number, expires_on, quantity, unit_cost)
    _require_values([delivery])
    facts = {
        "service_item_id": service_item_id,
        "batch_number": batch_number,
        "expires_on": expires_on.isoformat(),
        "quantity": quantity,
        "unit_cost": money_text(unit_cost),
    }
    if kept := earlier_answer(act, "receive-stock", facts):
        return Received(StockMovement.objects.get(pk=kept["movement_id"]), replayed=True)
    if expires_on < timezone.localdate():
        raise InvalidRequest("expires_on", "This batch has expired; it cannot go on the shelf.")
    movement = receive_deliveries(deliveries=[delivery], act=act)[0]
    keep_answer(act, "receive-stock", facts, {"movement_id": movement.pk})
    return Received(movement)


@transaction.atomic
def receive_deliveries(*, deliveries: Sequence[Delivery], act: Act) -> list[StockMovement]:
    """
    Put many drugs on the shelf at once, one movement each.

    Each goes into its batch, opened if it is new. A batch has one unit cost: what comes at another
    one needs a batch number of its own. Locks the batches in id order. The number of statements
    does not grow with the deliveries. All or nothing.

    :raises InvalidRequest: if a quantity is not above zero, or a cost is no money
    :raises NotFound: if there is no such catalogue item
    :raises BatchCostDiffers: if a batch is there, or opened by this act, at another unit cost
    """
    _require_values(deliveries)
    _require_items({delivery.service_item_id for delivery in deliveries})
    batches = _lock_or_open_batches(deliveries)
    _require_one_cost(deliveries, batches)
    movements = []
    for delivery in deliveries:
        batch = batches[delivery.batch_key]
        batch.quantity_on_hand += delivery.quantity
        movements.append(_movement(batch, StockMovement.Kind.RECEIVED, delivery.quantity, act))
    StockBatch.objects.bulk_update(batches.values(), ["quantity_on_hand"])
    return StockMovement.objects.bulk_create(movements)


@transaction.atomic
def take_stock(*, needs: Sequence[Need], on: date, act: Act) -> list[Taken]:
    """
    Take drugs off the shelf, first expiring first out, from batches not expired on that day.

    Locks all candidate batches in id order, then allocates by expiry. The number of statements
    does not grow with the needs. All or nothing.

    :raises OutOfStock: if unexpired batches hold less than what is needed of any drug
    """
    shelves = _lock_batches({need.service_item_id for need in needs}, on)
    _require_stock(needs, shelves)
    portions = [
        portion for need in needs for portion in _portions(need, shelves[need.service_item_id])
    ]
    return _taken(portions, act) if portions else []


def _require_values(deliveries: Sequence[Delivery]) -> None:
    if any(delivery.quantity <= 0 for delivery in deliveries):
        raise InvalidRequest("quantity", "A quantity must be greater than zero.")
    for delivery in deliveries:
        if delivery.unit_cost != ZERO:
            require_amount(delivery.unit_cost, "unit_cost")


def _require_items(service_item_ids: set[int]) -> None:
    known = ServiceItem.objects.filter(pk__in=service_item_ids).values_list("pk", flat=True)
    if missing := sorted(service_item_ids.difference(known)):
        raise NotFound("There is no catalogue item with this id.", service_item_ids=missing)


def _lock_or_open_batches(
    deliveries: Sequence[Delivery],
) -> dict[tuple[int, str, date], StockBatch]:
    """Lock the batches of the deliveries, in id order, opening those that are new."""
    wanted = {
        delivery.batch_key: StockBatch(
            service_item_id=delivery.service_item_id,
            batch_number=delivery.batch_number,
            expires_on=delivery.expires_on,
            unit_cost=delivery.unit_cost,
        )
        for delivery in deliveries
    }
    in_one_order = [wanted[key] for key in sorted(wanted)]  # the same for all: no deadlock
    StockBatch.objects.bulk_create(in_one_order, ignore_conflicts=True)
    candidates = StockBatch.objects.filter(
        service_item_id__in={delivery.service_item_id for delivery in deliveries},
        batch_number__in={delivery.batch_number for delivery in deliveries},
    )
    ids = [batch.pk for batch in candidates if _batch_key(batch) in wanted]
    locked = StockBatch.objects.select_for_update(of=("self",), no_key=True)
    return {_batch_key(batch): batch for batch in locked.filter(pk__in=ids).order_by("pk")}


def _require_one_cost(
    deliveries: Iterable[Delivery], batches: Mapping[tuple[int, str, date], StockBatch]
) -> None:
    for delivery in deliveries:
        batch = batches[delivery.batch_key]
        if delivery.unit_cost != batch.unit_cost:
            raise BatchCostDiffers(
                f"Batch {batch.batch_number} came at {with_currency(batch.unit_cost)} each before."
                " Write that cost, or give this delivery a batch number of its own.",
                unit_cost=money_text(batch.unit_cost),
            )


def _batch_key(batch: StockBatch) -> tuple[int, str, date]:
    return (batch.service_item_id, batch.batch_number, batch.expires_on)


def _lock_batches(service_item_ids: Iterable[int], on: date) -> Mapping[int, list[_Held]]:
    """Lock what may be handed out, in id order; return it by drug, first expiring first."""
    candidates = StockBatch.objects.select_for_update(of=("self",), no_key=True).filter(
        service_item_id__in=set(service_item_ids), expires_on__gte=on, quantity_on_hand__gt=0
    )
    columns = ("pk", "service_item_id", "expires_on", "quantity_on_hand")
    held = [_Held(*row) for row in candidates.order_by("pk").values_list(*columns)]
    shelves: dict[int, list[_Held]] = defaultdict(list)
    for batch in sorted(held, key=lambda one: (one.expires_on, one.batch_id)):
        shelves[batch.service_item_id].append(batch)
    return shelves


def _require_stock(needs: Iterable[Need], shelves: Mapping[int, list[_Held]]) -> None:
    wanted: dict[int, int] = defaultdict(int)
    for need in needs:
        wanted[need.service_item_id] += need.quantity
    short = {
        item: (quantity, sum(batch.quantity for batch in shelves.get(item, [])))
        for item, quantity in wanted.items()
        if quantity > sum(batch.quantity for batch in shelves.get(item, []))
    }
    if short:
        names = dict(ServiceItem.objects.filter(pk__in=short).values_list("pk", "name"))
        raise OutOfStock(
            "Not enough in stock: " + ", ".join(sorted(names.values())) + ".",
            items=[
                {"service_item_id": item, "requested": quantity, "available": available}
                for item, (quantity, available) in sorted(short.items())
            ],
        )


def _portions(need: Need, shelf: Iterable[_Held]) -> Iterator[_Portion]:
    missing = need.quantity
    for batch in shelf:
        quantity = min(missing, batch.quantity)
        if quantity == 0:
            continue
        batch.quantity -= quantity
        missing -= quantity
        yield _Portion(need, batch.batch_id, quantity, batch.quantity)


_TAKE = Statement(
    "take_stock",
    """
    WITH taken AS (
        SELECT * FROM unnest(%(batches)s::bigint[], %(quantities)s::integer[], %(left)s::integer[])
            WITH ORDINALITY AS taken (batch_id, quantity, quantity_left, turn)),
    batches AS (
        UPDATE smcapp1_stockbatch batch SET quantity_on_hand = emptied.quantity_left
          FROM (SELECT batch_id, min(quantity_left) AS quantity_left FROM taken GROUP BY batch_id)
            AS emptied
         WHERE batch.id = emptied.batch_id)
    INSERT INTO smcapp1_stockmovement
           (batch_id, kind, quantity, quantity_after, reason, moved_by_id, moved_at)
    SELECT batch_id, 'DISPENSED', quantity, quantity_left, '', %(actor_id)s::bigint,
           statement_timestamp()
      FROM taken ORDER BY turn
    RETURNING id""",
)


def _taken(portions: Sequence[_Portion], act: Act) -> list[Taken]:
    """Write the movements, in the portions' order, and what each batch holds after its last one."""
    values = {
        "batches": [portion.batch_id for portion in portions],
        "quantities": [portion.quantity for portion in portions],
        "left": [portion.left for portion in portions],
        "actor_id": act.actor.pk,
    }
    return [
        Taken(portion.need, portion.batch_id, portion.quantity, movement_id)
        for portion, (movement_id,) in zip(portions, rows([_TAKE], values), strict=True)
    ]


def _movement(batch: StockBatch, kind: str, quantity: int, act: Act) -> StockMovement:
    """Return the movement that left ``batch`` as it now is, not yet saved."""
    return StockMovement(
        batch=batch,
        kind=kind,
        quantity=quantity,
        quantity_after=batch.quantity_on_hand,
        moved_by=act.actor,
    )
