"""What the first page says of shifts: the own one, and, to supervisors, everybody's drawers."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Case, F, Q, Sum, When
from django.http import HttpRequest
from django.urls import reverse

from client_wallet.models import HandOver, JournalEntry, Posting, Shift
from client_wallet.shift_visibility import CLOSE_ANY, RECEIVE, may_receive
from hospital.core.admin import change_url, may
from hospital.core.money import ZERO

OPEN_SHIFT = "client_wallet.open_shift"
MOST_SHOWN = 20  # hand-overs; the list of cash in transit has all
SEE_HAND_OVERS = "client_wallet.view_handover"


@dataclass(frozen=True)
class Drawer:
    """Somebody's open shift; ``held`` is None for the own one, which is counted blind."""

    shift: Shift
    cashier: str
    held: Decimal | None
    url: str


def shift_panel(request: HttpRequest) -> dict[str, Any]:
    """Return what the signed-in person is told of shifts; five statements at most."""
    context: dict[str, Any] = {}
    if may(request, OPEN_SHIFT):
        context |= _own_shift(request)
    if may(request, CLOSE_ANY):
        context |= _everybodys(request)
    if may(request, SEE_HAND_OVERS) and (may(request, RECEIVE) or may(request, OPEN_SHIFT)):
        context |= {"cash_to_receive": _to_receive(request)}
    return context


def _own_shift(request: HttpRequest) -> dict[str, Any]:
    own = list(Shift.objects.filter(cashier=request.user.pk).exclude(status=Shift.Status.CLOSED))
    current = next((one for one in own if one.status == Shift.Status.OPEN), None)
    return {
        "may_open_shift": True,
        "own_shift": current,
        "own_acts": JournalEntry.objects.filter(shift=current).count() if current else 0,
        "own_waiting": [(one, change_url(one)) for one in own if one is not current],
        "shift_urls": _ways(current),
        "shift_opens_itself": settings.SHIFT_OPENS_ITSELF,
    }


def _ways(current: Shift | None) -> Mapping[str, str]:
    if current is None:
        return {"open": reverse("admin:client_wallet_shift_add")}
    return {
        "shift": change_url(current),
        "x_report": reverse("admin:client_wallet_shift_x_report", args=[current.pk]),
        "hand_over": reverse("admin:client_wallet_handover_add"),
        "count": reverse("admin:client_wallet_shift_count", args=[current.pk]),
    }


def _everybodys(request: HttpRequest) -> dict[str, Any]:
    """Return every open drawer with what it holds, and how many shifts wait to be accepted."""
    shifts = Shift.objects.exclude(status=Shift.Status.CLOSED).select_related("cashier")
    unclosed = list(shifts.order_by("opened_at", "pk"))
    is_open = [one for one in unclosed if one.status == Shift.Status.OPEN]
    held = _held([one.pk for one in is_open])
    return {
        "drawers": [
            Drawer(
                one,
                one.cashier.get_full_name() or one.cashier.get_username(),
                None if one.cashier_id == request.user.pk else held.get(one.pk, ZERO),
                change_url(one),
            )
            for one in is_open
        ],
        "shifts_to_accept": len(unclosed) - len(is_open),
        "accept_url": reverse("admin:client_wallet_shift_to_accept"),
    }


def _held(shift_ids: list[int]) -> Mapping[int, Decimal]:
    """Return what the drawer of each shift holds: the sum of the shift's postings on it."""
    lines = Posting.objects.filter(entry__shift__in=shift_ids, account=F("entry__shift__drawer"))
    signed = Case(When(side=Posting.Side.DEBIT, then="amount"), default=-F("amount"))
    sums = lines.order_by().values_list("entry__shift").annotate(held=Sum(signed))
    return dict(sums)


def _to_receive(request: HttpRequest) -> list[tuple[HandOver, str]]:
    """Return the cash in transit that the signed-in person may say has arrived."""
    user = request.user
    waiting = HandOver.objects.filter(status=HandOver.Status.GIVEN)
    if not may(request, RECEIVE):
        waiting = waiting.filter(to_cashier=user.pk)
    given = waiting.filter(~Q(from_cashier=user.pk)).select_related("from_cashier", "to_cashier")
    return [
        (one, change_url(one))
        for one in given.order_by("pk")[:MOST_SHOWN]
        if may_receive(user, one)
    ]
