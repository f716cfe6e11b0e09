"""What is done with a bill before it is paid: items are ordered and voided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from client_wallet import ledger
from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest, NotFound
from hospital.core.idempotency import earlier_answer, keep_answer
from hospital.core.money import MAX_AMOUNT, ZERO, money_text
from invoicing_app.errors import AlreadyPaid, AlreadyVoid
from invoicing_app.models import BillItem
from invoicing_app.waivers.posting import take_back_of_item
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
    """
    The bill items of an order, and whether an earlier call with the same key made them.

    ``items`` are the rows as they are now, ``shown`` the facts as they were first answered.
    """

    items: Sequence[BillItem]
    shown: Sequence[Mapping[str, Any]]
    replayed: bool = False


def item_facts(item: BillItem, payer_share: Decimal = ZERO) -> dict[str, Any]:
    """Return a bill item as bills and payments show it; ``payer_share`` of it is the payer's."""
    return {
        "id": item.pk,
        "department": item.department.code,
        "description": item.description,
        "quantity": item.quantity,
        "unit_price": money_text(item.unit_price),
        "line_total": money_text(item.line_total),
        "waived": money_text(item.waived),
        "payer_share": money_text(payer_share),
        "patient_due": money_text(item.line_total - item.waived - payer_share),
        "status": str(item.status),
        "receipt_number": item.receipt_number or None,
    }


@transaction.atomic
def order_items(*, consultation_id: int, orders: Sequence[Order], act: Act) -> Ordered:
    """
    Put items on a consultation's bill, unpaid, at today's prices. Locks the consultation.

    The number of statements does not grow with the items. Repeating a call with the same key
    returns the same items.

    :raises InvalidRequest: if nothing is ordered, a quantity is out of range, an item has no price,
        or the bill would grow beyond what can be paid at once
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
        shown = kept["items"]
        return Ordered(_items_of([item["id"] for item in shown]), shown, replayed=True)
    if consultation.status != Consultation.Status.OPEN:
        raise ConsultationClosed
    catalogue = _catalogue({order.service_item_id for order in orders}, timezone.localdate())
    wanted = [_item(consultation, catalogue[order.service_item_id], order, act) for order in orders]
    _require_payable(consultation, wanted)
    items = BillItem.objects.bulk_create(wanted)
    shown = [item_facts(item) for item in items]
    keep_answer(act, "order-items", facts, {"items": shown})
    return Ordered(items, shown)


@dataclass(frozen=True)
class Voided:
    """A voided item, and whether an earlier call with the same key voided it."""

    item: BillItem
    replayed: bool = False


@transaction.atomic
def void_item(*, bill_item_id: int, reason: str, act: Act) -> Voided:
    """
    Cancel an unpaid item; what is waived of it is taken back.

    Locks the business day and the item's consultation, as paying does. Repeating a call with the
    same key returns the first outcome.

    :raises InvalidRequest: if the reason is empty
    :raises NotFound: if there is no such item
    :raises AlreadyPaid: if it was paid (or paid and refunded)
    :raises AlreadyVoid: if it was voided before
    :raises DayClosed: if something is waived of it and the business day was closed
    :raises KeyReused: if the key was used for another item
    """
    reason = reason.strip()
    if not reason:
        raise InvalidRequest("reason", "Say why the item is voided.")
    facts = {"bill_item_id": bill_item_id, "reason": reason}
    item = _find_item(bill_item_id)
    day = ledger.hold_business_day()
    lock_consultation(item.consultation_id)
    item = _find_item(bill_item_id)
    if earlier_answer(act, "void-item", facts):
        return Voided(item, replayed=True)
    if item.status == BillItem.Status.VOID:
        raise AlreadyVoid
    if item.status != BillItem.Status.UNPAID:
        raise AlreadyPaid
    take_back_of_item(item, reason, act, day)
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


def _require_payable(consultation: Consultation, wanted: Sequence[BillItem]) -> None:
    """Refuse a bill whose total no single payment could settle."""
    unpaid = BillItem.objects.unpaid().filter(consultation=consultation)
    due = unpaid.aggregate(total=Sum("line_total"))["total"] or ZERO
    if due + sum(item.line_total for item in wanted) > MAX_AMOUNT:
        raise InvalidRequest("items", f"What is due on a bill is at most {MAX_AMOUNT}.")


def _items_of(bill_item_ids: Sequence[int]) -> list[BillItem]:
    items = BillItem.objects.filter(pk__in=bill_item_ids).select_related("department")
    return list(items.order_by("pk"))


def _find_item(bill_item_id: int) -> BillItem:
    try:
        return BillItem.objects.select_related("department").get(pk=bill_item_id)
    except BillItem.DoesNotExist:
        raise NotFound("There is no bill item with this id.") from None
