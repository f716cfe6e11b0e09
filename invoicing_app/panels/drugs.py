"""Paid drugs that wait at the pharmacy, visit by visit, those that wait longest first."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Min, Q

from invoicing_app.models import BillItem, BillItemQuerySet
from smcapp1.models import Consultation, PatientProfile

VISITS_SHOWN = 20


@dataclass(frozen=True)
class TakeFrom:
    """So many from a batch."""

    quantity: int
    batch_number: str
    expires_on: date


@dataclass(frozen=True)
class WaitingDrug:
    """A paid drug, how many of it are owed, and the batches that those left the shelf from."""

    item: BillItem
    batches: Sequence[TakeFrom]

    @property
    def owed(self) -> int:
        return sum(batch.quantity for batch in self.batches)


@dataclass(frozen=True)
class WaitingVisit:
    """A visit with drugs to hand out, since the first of them was paid."""

    consultation: Consultation
    since: datetime
    drugs: Sequence[WaitingDrug]


def waiting_visits(search: str, page: str) -> tuple[Page[Any], list[WaitingVisit]]:
    """
    Return a page of visits; the number of queries does not grow with them.

    ``search`` is the number, name or phone of a patient, or the number of a receipt.
    """
    waiting = _found(search)
    visits = (
        waiting.values("consultation_id")
        .annotate(since=Min("payment_line__payment__created_at"))
        .order_by("since", "consultation_id")
    )
    shown = Paginator(visits, VISITS_SHOWN).get_page(page)
    drugs = _drugs([visit["consultation_id"] for visit in shown])
    return shown, [
        WaitingVisit(drugs[pk][0].item.consultation, visit["since"], drugs[pk])
        for visit in shown
        if (pk := visit["consultation_id"]) in drugs
    ]


def _found(search: str) -> BillItemQuerySet:
    waiting: BillItemQuerySet = BillItem.objects.to_hand_out()
    text = search.strip()
    if not text:
        return waiting
    if "\0" in text:  # no text of ours holds one, and PostgreSQL takes none
        return waiting.none()
    patients = PatientProfile.objects.found_by(text)
    return waiting.filter(Q(consultation__patient__in=patients) | Q(receipt_number__iexact=text))


def _drugs(consultation_ids: Sequence[int]) -> dict[int, list[WaitingDrug]]:
    """Return the waiting drugs of these visits, by visit."""
    items = (
        BillItem.objects.to_hand_out()
        .filter(consultation_id__in=consultation_ids)
        .select_related("consultation__patient")
        .prefetch_related("dispensed__movement__batch")
        .order_by("pk")
    )
    drugs: dict[int, list[WaitingDrug]] = defaultdict(list)
    for item in items:
        drugs[item.consultation_id].append(WaitingDrug(item, _batches(item)))
    return dict(drugs)


def _batches(item: BillItem) -> list[TakeFrom]:
    stock = sorted(item.dispensed.all(), key=lambda row: (row.movement.batch.expires_on, row.pk))
    return [
        TakeFrom(row.owed, row.movement.batch.batch_number, row.movement.batch.expires_on)
        for row in stock
        if row.owed
    ]
