"""Short ways to the acts on shifts, for tests that are about something else."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from client_wallet.models import HandOver, JournalEntry, Posting, Shift
from client_wallet.services import deposit_to_wallet
from client_wallet.shifts import (
    CashGiven,
    ShiftCounted,
    ShiftOpened,
    count_shift,
    give_cash,
    open_shift,
)
from hospital.core.acts import Act
from tests.factories import PatientFactory, UserFactory

Lines = list[tuple[str, str, str]]


def money(amount: str) -> Decimal:
    return Decimal(amount)


def open_with(cashier: Any, opening_float: str = "0.00", key: str = "") -> ShiftOpened:
    return open_shift(opening_float=money(opening_float), act=Act(cashier, key))


def take(cashier: Any, amount: str, method: str = "CASH") -> int:
    """Take a deposit of a new patient; return its id."""
    taken = deposit_to_wallet(
        patient_id=PatientFactory().pk,
        amount=money(amount),
        payment_method=method,
        act=Act(cashier),
    )
    return taken.deposit_id


def make_shift(cashier: Any = None, *, holding: str | None = None) -> Shift:
    """Return the open shift of a cashier who has taken so much in cash, or 1.00."""
    cashier = cashier or UserFactory(role="Cashier")
    take(cashier, holding or "1.00")
    return shift_of(cashier)


def shift_of(cashier: Any) -> Shift:
    """Return a cashier's newest shift."""
    return Shift.objects.filter(cashier=cashier).latest("pk")


def coins(amount: str) -> dict[Decimal, int]:
    """Return an amount counted in single units and cents."""
    units, cents = divmod(int(money(amount) * 100), 100)
    return {money("1.00"): units, money("0.01"): cents}


def count(shift: Shift, amount: str, by: Any = None, key: str = "", **slips: Any) -> ShiftCounted:
    """Count so much in a shift's drawer, by its cashier unless somebody else is named."""
    act = Act(by or shift.cashier, key)
    return count_shift(shift_id=shift.pk, counts=coins(amount), act=act, **slips)


def give(
    cashier: Any, amount: str, to: str = "SAFE", key: str = "", cashier_id: int | None = None
) -> CashGiven:
    return give_cash(amount=money(amount), to=to, cashier_id=cashier_id, act=Act(cashier, key))


def lines_of(entry_id: int) -> Lines:
    lines = Posting.objects.filter(entry=entry_id).order_by("pk")
    return [(line.account_id, line.side, str(line.amount)) for line in lines]


def entries_of(shift: Shift) -> Sequence[tuple[str, Lines]]:
    """Return kind and lines of each of a shift's entries."""
    entries = JournalEntry.objects.filter(shift=shift).order_by("pk")
    return [(entry.kind, lines_of(entry.pk)) for entry in entries]


def hand_over_of(shift: Shift) -> HandOver:
    """Return a shift's newest hand-over."""
    return HandOver.objects.filter(shift=shift).latest("pk")


def balance_of(account: str) -> Decimal:
    """Return what stands on an account: debits less credits."""
    lines = Posting.objects.filter(account=account)
    return sum(
        (line.amount if line.side == "DEBIT" else -line.amount for line in lines), Decimal("0.00")
    )
