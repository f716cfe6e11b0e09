"""
Where a wallet's money came from and what became of it: first in, first out over its postings.

All that came in lies in one line, oldest first, and whatever goes out takes from its front. A
posting is a stretch of that line, from the sum of those before it on its side; a credit paid for a
debit by as much as their stretches overlap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, F, Max, Q, Sum, Window
from django.db.models.functions import Coalesce

from client_wallet.models import Posting
from hospital.core.money import ZERO

Side = Posting.Side


@dataclass(frozen=True)
class Part:
    """As much of another posting's money as is the same money."""

    posting: Posting  # with its entry
    amount: Decimal


@dataclass(frozen=True)
class Trail:
    """
    The other ends of a posting's money, oldest first: of a debit the credits that it came from, of
    a credit the debits that it went into. ``left`` is what still lies in the wallet of a credit.
    """

    posting: Posting
    parts: Sequence[Part]
    left: Decimal
    has_more: bool


def trail_of(posting: Posting, *, skip: int = 0, limit: int = 50) -> Trail:
    """
    Return the trail of a wallet's posting, with up to ``limit`` parts after the first ``skip``.

    Two queries, each over the postings of that wallet alone.
    """
    begin, other_total, head = _line(posting)
    end = begin + posting.amount
    found = list(_overlapping(posting, begin, end, head)[skip : skip + limit + 1])
    return Trail(
        posting=posting,
        parts=[Part(other, _overlap(other, begin, end)) for other in found[:limit]],
        left=end - min(end, max(begin, other_total)),
        has_more=len(found) > limit,
    )


def _line(posting: Posting) -> tuple[Decimal, Decimal, int]:
    """
    Return where the posting's stretch begins, how far the other side reaches, and the newest
    sequence of the wallet: what comes later is left out of both queries.
    """
    is_before = Q(side=posting.side, wallet_sequence__lt=posting.wallet_sequence)
    line = Posting.objects.filter(wallet=posting.wallet_id).aggregate(
        begin=_sum(is_before), other=_sum(~Q(side=posting.side)), head=Max("wallet_sequence")
    )
    return line["begin"], line["other"], line["head"]


def _overlapping(posting: Posting, begin: Decimal, end: Decimal, head: int) -> Any:
    others = Posting.objects.filter(wallet=posting.wallet_id, wallet_sequence__lte=head)
    reached = Window(Sum("amount"), order_by="wallet_sequence")
    return (
        others.exclude(side=posting.side)
        .annotate(end=reached)
        .filter(end__gt=begin, end__lt=F("amount") + end)
        .select_related("entry")
        .order_by("wallet_sequence")
    )


def _overlap(other: Any, begin: Decimal, end: Decimal) -> Decimal:
    amount: Decimal = min(end, other.end) - max(begin, other.end - other.amount)
    return amount


def _sum(condition: Q) -> Any:
    field: Any = DecimalField(max_digits=20, decimal_places=2)
    return Coalesce(Sum("amount", filter=condition), ZERO, output_field=field)
