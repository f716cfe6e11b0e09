"""Paid drugs are given to the patient: by whom, when, and how many of what is owed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest, NotFound
from hospital.core.idempotency import earlier_answer, keep_answer
from hospital.core.statements import Statement, rows
from invoicing_app.errors import AlreadyHandedOut, NotPaid
from invoicing_app.models import BillItem, DrugHandOut
from invoicing_app.owed import Portion, owed_of, owed_portions
from smcapp1.models import Department
from smcapp1.services import lock_consultation


@dataclass(frozen=True)
class HandedOut:
    """
    The hand-outs of an act, and whether an earlier call with the same key made them.

    ``owed`` says how many of each bill item were owed after it.
    """

    hand_outs: Sequence[DrugHandOut]
    owed: Mapping[int, int]
    replayed: bool = False


def hand_out_drug(*, bill_item_id: int, quantity: int | None = None, act: Act) -> HandedOut:
    """
    Record that so many of one paid drug were given to the patient; without a number, all owed.

    Locks and refuses as ``hand_out_drugs``.
    """
    item = BillItem.objects.filter(pk=bill_item_id).values("consultation_id").first()
    if item is None:
        raise NotFound("There is no bill item with this id.")
    return hand_out_drugs(
        consultation_id=item["consultation_id"],
        bill_item_ids=[bill_item_id],
        quantities={} if quantity is None else {bill_item_id: quantity},
        act=act,
    )


@transaction.atomic
def hand_out_drugs(
    *,
    consultation_id: int,
    bill_item_ids: Collection[int],
    act: Act,
    quantities: Mapping[int, int] | None = None,
) -> HandedOut:
    """
    Record that paid drugs of one visit were given to the patient. All or nothing.

    Of each item so many as ``quantities`` says, else all that is owed. Locks the consultation, as
    paying and refunding do; the stock left the shelf when it was paid. The number of statements
    does not grow with the items. Repeating a call with the same key returns the same hand-outs.

    :raises InvalidRequest: if nothing is chosen, or something that is no drug, or none of it
    :raises NotFound: if there is no such consultation, or the item is not on its bill
    :raises NotPaid: if an item is unpaid, void or refunded
    :raises AlreadyHandedOut: if nothing of an item is owed any more
    :raises MoreThanOwed: if less of an item is owed
    :raises KeyReused: if the key was used for another hand-out
    """
    wanted = sorted(set(bill_item_ids))
    parts = {pk: quantity for pk, quantity in (quantities or {}).items() if pk in wanted}
    _require_something(wanted, parts)
    facts: dict[str, Any] = {"consultation_id": consultation_id, "bill_item_ids": wanted}
    if parts:
        facts["quantities"] = [[pk, parts[pk]] for pk in sorted(parts)]
    lock_consultation(consultation_id)
    if kept := earlier_answer(act, "hand-out", facts):
        return _handed_out_before(kept)
    items = _items_on_bill(consultation_id, wanted)
    _require_paid_drugs(items)
    owed = owed_of(wanted)
    _require_owed(items, owed)
    given = {pk: parts.get(pk, owed[pk]) for pk in wanted}
    hand_outs = _write(items, given, owed_portions(given), act)
    left = {pk: owed[pk] - given[pk] for pk in wanted}
    answer = {"hand_out_ids": [one.pk for one in hand_outs], "owed": list(left.items())}
    keep_answer(act, "hand-out", facts, answer)
    return HandedOut(hand_outs, left)


_HAND_OUT = Statement(
    "hand_out_stock",
    """
    WITH portion AS (
        SELECT * FROM unnest(%(hand_outs)s::bigint[], %(dispensed)s::bigint[],
                             %(quantities)s::integer[])
            AS portion (hand_out_id, dispensed_id, quantity)),
    counted AS (
        UPDATE invoicing_app_dispensedstock dispensed
           SET handed_out = dispensed.handed_out + portion.quantity
          FROM portion WHERE dispensed.id = portion.dispensed_id)
    INSERT INTO invoicing_app_handedoutstock (hand_out_id, dispensed_id, quantity)
    SELECT hand_out_id, dispensed_id, quantity FROM portion
    RETURNING id""",
)


def _write(
    items: Sequence[BillItem], given: Mapping[int, int], portions: Sequence[Portion], act: Act
) -> list[DrugHandOut]:
    """Write a hand-out of each item, and which stock it came from."""
    now = timezone.now()
    hand_outs = DrugHandOut.objects.bulk_create(
        DrugHandOut(
            bill_item=item, quantity=given[item.pk], handed_out_by=act.actor, handed_out_at=now
        )
        for item in items
    )
    ids = {one.bill_item_id: one.pk for one in hand_outs}
    values = {
        "hand_outs": [ids[portion.bill_item_id] for portion in portions],
        "dispensed": [portion.dispensed_id for portion in portions],
        "quantities": [portion.quantity for portion in portions],
    }
    rows([_HAND_OUT], values)
    return hand_outs


def _handed_out_before(kept: Mapping[str, Any]) -> HandedOut:
    earlier = list(DrugHandOut.objects.filter(pk__in=kept["hand_out_ids"]).order_by("pk"))
    whole = [(one.bill_item_id, 0) for one in earlier]  # of answers from before there were parts
    return HandedOut(earlier, dict(kept.get("owed", whole)), replayed=True)


def _require_something(wanted: Sequence[int], parts: Mapping[int, int]) -> None:
    if not wanted:
        raise InvalidRequest("items", "Choose what was handed out.")
    if any(quantity <= 0 for quantity in parts.values()):
        raise InvalidRequest("quantity", "A quantity must be greater than zero.")


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


def _require_owed(items: Sequence[BillItem], owed: Mapping[int, int]) -> None:
    for item in items:
        if not owed[item.pk]:
            raise AlreadyHandedOut(f"{item.description} was already handed out.")
