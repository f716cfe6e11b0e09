"""Waivers in the journal and on the bill: granted by one entry, taken back by another."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from client_wallet import ledger
from client_wallet.ledger import Line, Posted
from client_wallet.models import JournalEntry
from hospital.core.acts import Act
from hospital.core.money import ZERO
from invoicing_app.models import BillItem
from invoicing_app.waivers.models import Waiver, WaiverLine, WaiverTakeBack

Kind = JournalEntry.Kind


@dataclass(frozen=True)
class Part:
    """So much of one item, whose consultation is locked."""

    item: BillItem  # with its department
    amount: Decimal


def post_waiver(parts: Sequence[Part], memo: str, act: Act, day: date) -> Posted:
    """
    Forgive the parts: post the entry, and write what is waived of each item.

    :raises DayClosed: if the business day was closed
    """
    posted = ledger.post(
        act,
        kind=Kind.WAIVER,
        business_date=day,
        debits=[Line(ledger.WAIVERS, _total(parts))],
        credits=_of_departments(parts),
        memo=memo,
    )
    _write(parts, sign=1)
    return posted


def take_back_lines(
    lines: Sequence[WaiverLine], reason: str, act: Act, day: date
) -> WaiverTakeBack:
    """
    Let what the lines forgave be due again, by one entry; their consultation is locked.

    A waiver of which nothing is left in force is taken back.

    :raises DayClosed: if the business day was closed
    """
    parts = [Part(line.bill_item, line.amount) for line in lines]
    posted = ledger.post(
        act,
        kind=Kind.WAIVER_TAKEN_BACK,
        business_date=day,
        debits=_of_departments(parts),
        credits=[Line(ledger.WAIVERS, _total(parts))],
        memo=reason,
    )
    back = WaiverTakeBack.objects.create(
        consultation_id=lines[0].bill_item.consultation_id,
        amount=_total(parts),
        reason=reason,
        taken_back_by=act.actor,
        taken_back_at=posted.posted_at,
        business_date=posted.business_date,
        entry_id=posted.entry_id,
    )
    WaiverLine.objects.filter(pk__in=[line.pk for line in lines]).update(taken_back=back)
    _write(parts, sign=-1)
    touched = Waiver.objects.filter(pk__in={line.waiver_id for line in lines})
    left = WaiverLine.objects.filter(waiver__in=touched, taken_back=None)
    touched.exclude(pk__in=left.values("waiver")).update(status=Waiver.Status.TAKEN_BACK)
    return back


def take_back_of_item(item: BillItem, reason: str, act: Act, day: date) -> None:
    """
    Take back whatever is waived of an unpaid item that leaves the bill; its consultation is locked.

    :raises DayClosed: if something is waived and the business day was closed
    """
    if not item.waived:
        return
    lines = in_force().filter(bill_item=item).select_related("bill_item__department")
    take_back_lines(list(lines.order_by("pk")), reason, act, day)
    item.waived = ZERO


def in_force() -> QuerySet[WaiverLine]:
    """Return what is waived now: granted, and not taken back."""
    return WaiverLine.objects.filter(waiver__status=Waiver.Status.GRANTED, taken_back=None)


def _of_departments(parts: Sequence[Part]) -> list[Line]:
    """Return a line for each department's revenue; its account is opened where there is none."""
    ledger.revenue_accounts(
        {part.item.department.code: part.item.department.name for part in parts}
    )
    amounts: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for part in parts:
        amounts[part.item.department.code] += part.amount
    return [Line(f"{ledger.REVENUE}-{code}", amount) for code, amount in sorted(amounts.items())]


def _write(parts: Sequence[Part], *, sign: int) -> None:
    """Write what is waived of each item, in one statement, from rows read under the lock."""
    ids = [part.item.pk for part in parts]
    items = BillItem.objects.in_bulk(ids)
    for part in parts:
        items[part.item.pk].waived += sign * part.amount
    BillItem.objects.bulk_update(items.values(), ["waived"])


def _total(parts: Sequence[Part]) -> Decimal:
    return sum((part.amount for part in parts), ZERO)
