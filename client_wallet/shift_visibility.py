"""Whose shifts and hand-overs somebody sees: their own, or everybody's who reads the journal."""

from typing import Any

from django.db.models import Q, QuerySet

from client_wallet.models import HandOver, Shift
from client_wallet.shifts import x_report

EVERYBODYS = "client_wallet.view_journalentry"
CLOSE_ANY = "client_wallet.close_any_shift"
RECEIVE = "client_wallet.receive_cash"


def visible_shifts(user: Any, among: QuerySet[Shift] | None = None) -> QuerySet[Shift]:
    """Return the shifts that a user may see; which of them with amounts is for the edge to ask."""
    shifts = Shift.objects.all() if among is None else among
    return shifts if user.has_perm(EVERYBODYS) else shifts.filter(cashier=user.pk)


def visible_hand_overs(user: Any, among: QuerySet[HandOver] | None = None) -> QuerySet[HandOver]:
    """Return the hand-overs that a user may see: given out of the own drawer, or to it."""
    given = HandOver.objects.all() if among is None else among
    if user.has_perm(EVERYBODYS):
        return given
    return given.filter(Q(from_cashier=user.pk) | Q(to_cashier=user.pk))


def sees_expected(user: Any, shift: Shift) -> bool:
    """
    Return whether a user is told what a shift's drawer should hold.

    Counting is blind: until the drawer was counted, its cashier is not told. Those are who read
    everybody's journal, and so could add it up.
    """
    if shift.status != Shift.Status.OPEN:
        return True
    return bool(shift.cashier_id != user.pk and user.has_perm(EVERYBODYS))


def seen_x_report(user: Any, shift: Shift) -> dict[str, Any]:
    """Return a shift's X report as a user may see it: without amounts, where these are withheld."""
    report = x_report(shift.pk)
    if sees_expected(user, shift):
        return report
    moved = [{**one, "amount": None} for one in report["movements"]]
    return {**report, "movements": moved, "expected": None}


def may_receive(user: Any, given: HandOver) -> bool:
    """Return whether a user may say that cash arrived: never of the own making."""
    if user.pk in {given.given_by_id, given.from_cashier_id}:
        return False
    if given.target == HandOver.Target.CASHIER:
        return bool(given.to_cashier_id == user.pk)
    return bool(user.has_perm(RECEIVE))


def may_reject(user: Any, given: HandOver) -> bool:
    """Return whether a user may send cash back; for a cashier who is away a supervisor does."""
    is_own = user.pk in {given.given_by_id, given.from_cashier_id}
    return not is_own and bool(given.to_cashier_id == user.pk or user.has_perm(RECEIVE))
