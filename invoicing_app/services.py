"""
What can be done with a bill before it is paid: order items, void them. Paying:
payment_services.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest, NotFound
from hospital.core.idempotency import earlier_answer, keep_answer
from hospital.core.money import MAX_AMOUNT
from invoicing_app.errors import AlreadyPaid, AlreadyVoid
from invoicing_app.models import BillItem
from smcapp1.errors import ConsultationClosed
from smcapp1.models import Consultation, ServiceItem
from smcapp1.services import lock_consultation

MAX_QUANTITY = 100_000


@dataclass(frozen=True)
class Order:
    """So many of a catalogue item; the price is the server's."""

    service_item_id: int
    quantity: int


@dataclass(frozen=True)
class Ordered:
    """The bill items of an order, and whether an earlier call with the same key made them."""

    items: Sequence[BillItem]
    replayed: bool = False


@transaction.atomic
def order_items(*, consultation_id: int, orders: Sequence[Order], act: Act) -> Ordered:
    """
    Put items on a consultation's bill, unpaid, at today's prices. Locks the consultation.

    The number of statements does not grow with the items. Repeating a call with the same key
    returns the same items.

    :raises InvalidRequest: if nothing is ordered, a quantity is out of range, or an item has no
        price
    :raises NotFound: if there is no such consultation or catalogue item
    :raises ConsultationClosed: if the consultation was closed
    :raises KeyReused: if the key was used for another order
    """
    _require_quantities(orders)
    facts = {
        "consultation_id": consultation_id,
        "orders": [[order.service_item_id, order.quantity] for order in orders],
    }
    consultation = lock_consultation(consultation_id)
    if kept := earlier_answer(act, "order-items", facts):
        return Ordered(_items_of(kept["bill_item_ids"]), replayed=True)
    if consultation.status != Consultation.Status.OPEN:
        raise ConsultationClosed
    catalogue = _catalogue({order.service_item_id for order in orders}, timezone.localdate())
    items = BillItem.objects.bulk_create(
        [_item(consultation, catalogue[order.service_item_id], order, act) for order in orders]
    )
    keep_answer(act, "order-items", facts, {"bill_item_ids": [item.pk for item in items]})
    return Ordered(items)


@dataclass(frozen=True)
class Voided:
    """A voided item, and whether an earlier call with the same key voided it."""

    item: BillItem
    replayed: bool = False


@transaction.atomic
def void_item(*, bill_item_id: int, reason: str, act: Act) -> Voided:
    """
    Cancel an unpaid item. Locks its consultation, as paying does.

    Repeating a call with the same key returns the first outcome.

    :raises InvalidRequest: if the reason is empty
    :raises NotFound: if there is no such item
    :raises AlreadyPaid: if it was paid (or paid and refunded)
    :raises AlreadyVoid: if it was voided before
    :raises KeyReused: if the key was used for another item
    """
    reason = reason.strip()
    if not reason:
        raise InvalidRequest("reason", "Say why the item is voided.")
    facts = {"bill_item_id": bill_item_id, "reason": reason}
    item = _find_item(bill_item_id)
    lock_consultation(item.consultation_id)
    item = _find_item(bill_item_id)
    if earlier_answer(act, "void-item", facts):
        return Voided(item, replayed=True)
    if item.status == BillItem.Status.VOID:
        raise AlreadyVoid
    if item.status != BillItem.Status.UNPAID:
        raise AlreadyPaid
    item.status = BillItem.Status.VOID
    item.voided_by = act.actor
    item.voided_at = timezone.now()
    item.void_reason = reason
    item.save(update_fields=["status", "voided_by", "voided_at", "void_reason"])
    keep_answer(act, "void-item", facts, {"bill_item_id": item.pk})
    return Voided(item)


def _require_quantities(orders: Sequence[Order]) -> None:
    if not orders:
        raise InvalidRequest("items", "Order at least one item.")
    if any(not 0 < order.quantity <= MAX_QUANTITY for order in orders):
        raise InvalidRequest("items", f"A quantity is between 1 and {MAX_QUANTITY}.")


def _catalogue(service_item_ids: set[int], on: date) -> Mapping[int, ServiceItem]:
    """Return the items by id, each with its ``unit_price``."""
    items = ServiceItem.objects.priced(on).select_related("department")
    found = {item.pk: item for item in items.filter(pk__in=service_item_ids)}
    if missing := sorted(service_item_ids - found.keys()):
        raise NotFound("There is no catalogue item with this id.", service_item_ids=missing)
    return found


def _item(consultation: Consultation, entry: ServiceItem, order: Order, act: Act) -> BillItem:
    if not entry.is_active or entry.unit_price is None:
        raise InvalidRequest("items", f"{entry.code} cannot be ordered: it has no price today.")
    line_total = entry.unit_price * order.quantity
    if line_total > MAX_AMOUNT:
        raise InvalidRequest(
            "items", f"{entry.code}: {order.quantity} of it is too much for a bill."
        )
    return BillItem(
        consultation=consultation,
        service_item=entry,
        department=entry.department,
        description=entry.name,
        quantity=order.quantity,
        unit_price=entry.unit_price,
        line_total=line_total,
        ordered_by=act.actor,
        ordered_at=timezone.now(),
    )


def _items_of(bill_item_ids: Sequence[int]) -> list[BillItem]:
    items = BillItem.objects.filter(pk__in=bill_item_ids).select_related("department")
    return list(items.order_by("pk"))


def _find_item(bill_item_id: int) -> BillItem:
    try:
        return BillItem.objects.select_related("department").get(pk=bill_item_id)
    except BillItem.DoesNotExist:
        raise NotFound("There is no bill item with this id.") from None
