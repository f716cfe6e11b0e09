"""After the last patient: every drawer is counted, and what was in it goes to the safe."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings

from client_wallet.models import Shift
from client_wallet.shifts import (
    accept_variance,
    cash_on_hand,
    count_shift,
    receive_cash,
)
from hospital.core.acts import Act
from hospital.core.models import User
from invoicing_app.simulation.morning import NAME

LESS = (Decimal(0), Decimal(50), Decimal(1000))  # one drawer after the other is short of it


def close_the_desks(run: str) -> int:
    """
    Close every shift that the simulation's people have open, and return how many.

    Drawers are counted equal, a little short, and so short that a supervisor has to accept it.

    :raises DomainError: if a shift cannot be closed
    """
    waiting = Shift.objects.exclude(status=Shift.Status.CLOSED).filter(
        cashier__username__startswith=NAME
    )
    shifts = list(waiting.select_related("cashier").order_by("pk"))
    supervisors = list(User.objects.filter(username__startswith=f"{NAME}supervisor").order_by("pk"))
    for place, shift in enumerate(shifts):
        others = [one for one in supervisors if one.pk != shift.cashier_id]
        _close(shift, f"{run}-close-{shift.pk}", LESS[place % len(LESS)], others)
    return len(shifts)


def _close(shift: Shift, key: str, less: Decimal, others: Sequence[Any]) -> None:
    counted = None
    if shift.status == Shift.Status.OPEN:
        held = cash_on_hand(shift.pk)
        counts = _counts(held - less if held >= less else held)
        counted = count_shift(shift_id=shift.pk, counts=counts, act=Act(shift.cashier, key))
    if counted is None or counted.status == Shift.Status.COUNTED:
        counted = accept_variance(
            shift_id=shift.pk, reason="Change given wrongly", act=Act(others[0], key)
        )
    if counted.hand_over_id is not None:
        receive_cash(hand_over_id=counted.hand_over_id, act=Act(others[1], key))


def _counts(amount: Decimal) -> dict[Decimal, int]:
    """Return the pieces that an amount is made of, the largest first."""
    counts: dict[Decimal, int] = {}
    for denomination in sorted(settings.CASH_DENOMINATIONS, reverse=True):
        pieces, amount = divmod(amount, denomination)
        if pieces:
            counts[denomination] = int(pieces)
    return counts
