"""Paid drugs are given to the patient: by whom, when, and once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest, NotFound
from hospital.core.idempotency import earlier_answer, keep_answer
from invoicing_app.errors import AlreadyHandedOut, NotPaid
from invoicing_app.models import BillItem, DispensedStock, DrugHandOut
from smcapp1.models import Department
from smcapp1.services import lock_consultation


@dataclass(frozen=True)
class HandedOut:
    """The hand-outs of an act, and whether an earlier call with the same key made them."""

    hand_outs: Sequence[DrugHandOut]
    replayed: bool = False


@transaction.atomic
def hand_out_drugs(*, consultation_id: int, bill_item_ids: Collection[int], act: Act) -> HandedOut:
    """
    Record that paid drugs of one visit were given to the patient, each whole. All or nothing.

    Locks the consultation, as paying does; the stock left the shelf when it was paid. The number of
    statements does not grow with the items. Repeating a call with the same key returns the same
    hand-outs.

    :raises InvalidRequest: if nothing is chosen, or something that is no drug
    :raises NotFound: if there is no such consultation, or the item is not on its bill
    :raises NotPaid: if an item is unpaid, void or refunded
    :raises AlreadyHandedOut: if an item was handed out before
    :raises KeyReused: if the key was used for another hand-out
    """
    wanted = sorted(set(bill_item_ids))
    if not wanted:
        raise InvalidRequest("items", "Choose what was handed out.")
    facts = {"consultation_id": consultation_id, "bill_item_ids": wanted}
    lock_consultation(consultation_id)
    if kept := earlier_answer(act, "hand-out", facts):
        earlier = DrugHandOut.objects.filter(pk__in=kept["hand_out_ids"]).order_by("pk")
        return HandedOut(list(earlier), replayed=True)
    items = _items_on_bill(consultation_id, wanted)
    _require_paid_drugs(items)
    _require_first_time(items)
    now = timezone.now()
    hand_outs = DrugHandOut.objects.bulk_create(
        DrugHandOut(
            bill_item=item, quantity=item.quantity, handed_out_by=act.actor, handed_out_at=now
        )
        for item in items
    )
    _mark_dispensed(items)
    keep_answer(act, "hand-out", facts, {"hand_out_ids": [one.pk for one in hand_outs]})
    return HandedOut(hand_outs)


def _mark_dispensed(items: Sequence[BillItem]) -> None:
    """Let the stock that was taken for the items know its hand-out: it waits no longer."""
    given = DrugHandOut.objects.filter(bill_item=OuterRef("bill_item"))
    dispensed = DispensedStock.objects.filter(bill_item__in=items)
    dispensed.update(hand_out=Subquery(given.values("pk")[:1]))


def _items_on_bill(consultation_id: int, bill_item_ids: Sequence[int]) -> list[BillItem]:
    on_bill = BillItem.objects.filter(consultation_id=consultation_id, pk__in=bill_item_ids)
    items = list(on_bill.select_related("department").order_by("pk"))
    if missing := sorted({*bill_item_ids} - {item.pk for item in items}):
        raise NotFound("There is no such item on this bill.", bill_item_ids=missing)
    return items


def _require_paid_drugs(items: Sequence[BillItem]) -> None:
    for item in items:
        if item.department.kind != Department.Kind.PHARMACY:
            raise InvalidRequest("items", f"{item.description} is no drug.")
        if item.status != BillItem.Status.PAID:
            status = item.get_status_display().lower()
            raise NotPaid(f"{item.description} is {status}; nothing was handed out.")


def _require_first_time(items: Sequence[BillItem]) -> None:
    earlier = DrugHandOut.objects.filter(bill_item__in=items)
    if again := earlier.select_related("bill_item").order_by("pk").first():
        raise AlreadyHandedOut(f"{again.bill_item.description} was already handed out.")
