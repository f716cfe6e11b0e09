"""What a shift comes to, from its postings: what X and Z reports are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from client_wallet import ledger
from client_wallet.models import PaymentMethod, Shift
from hospital.core.errors import NotFound
from hospital.core.money import CENT, ZERO, money_text
from hospital.core.times import wire_time

_METHODS = {ledger.CARD_CLEARING: PaymentMethod.CARD, ledger.BANK: PaymentMethod.TRANSFER}
_MOVEMENTS = """
    SELECT line.account_id, entry.kind, count(DISTINCT entry.id),
           sum(CASE line.side WHEN 'DEBIT' THEN line.amount ELSE -line.amount END)
      FROM client_wallet_journalentry entry
      JOIN client_wallet_posting line ON line.entry_id = entry.id
     WHERE entry.shift_id = %s AND line.account_id IN (%s, %s, %s)
     GROUP BY line.account_id, entry.kind
     ORDER BY line.account_id, entry.kind
"""


@dataclass(frozen=True)
class Movement:
    """What entries of one kind brought into a till, or took out of it (below zero)."""

    method: str  # CASH, CARD or TRANSFER
    kind: str  # a JournalEntry.Kind
    count: int
    amount: Decimal


@dataclass(frozen=True)
class Expected:
    """What a shift's till should hold by each method."""

    cash: Decimal
    card: Decimal
    transfer: Decimal


def movements_of(shift: Shift) -> Sequence[Movement]:
    """Return what moved in a shift's till, by method and kind. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVEMENTS, [shift.pk, shift.drawer_id, ledger.CARD_CLEARING, ledger.BANK])
        rows = cursor.fetchall()
    moved = [
        Movement(
            str(_METHODS.get(account, PaymentMethod.CASH).value), kind, count, amount.quantize(CENT)
        )
        for account, kind, count, amount in rows
    ]
    order = list(PaymentMethod.values)
    return sorted(moved, key=lambda one: (order.index(one.method), one.kind))


def expected_in(shift: Shift) -> Expected:
    """Return what a shift's till should hold by each method."""
    return _expected(movements_of(shift))


def _expected(moved: Sequence[Movement]) -> Expected:
    def held(method: str) -> Decimal:
        return sum((one.amount for one in moved if one.method == method), ZERO)

    return Expected(held("CASH"), held("CARD"), held("TRANSFER"))


def x_report(shift_id: int) -> dict[str, Any]:
    """
    Return what a shift has come to at this moment; JSON values, amounts as text.

    ``movements`` are signed: below zero is what went out. ``expected`` is what should be there, by
    method. One statement for the shift, one for its postings.

    :raises NotFound: if there is no such shift
    """
    try:
        shift = Shift.objects.select_related("cashier").get(pk=shift_id)
    except Shift.DoesNotExist:
        raise NotFound("There is no shift with this id.") from None
    return {**content_of(shift), "as_of": wire_time(timezone.now())}


def content_of(shift: Shift) -> dict[str, Any]:
    """Return what X and Z reports have in common."""
    moved = movements_of(shift)
    expected = _expected(moved)
    return {
        "shift_id": shift.pk,
        "status": str(shift.status),
        "cashier_id": shift.cashier_id,
        "cashier": shift.cashier.get_full_name() or shift.cashier.get_username(),
        "drawer": shift.drawer_id,
        "opened_at": wire_time(shift.opened_at),
        "opening_float": money_text(shift.opening_float),
        "movements": [
            {
                "method": one.method,
                "kind": one.kind,
                "count": one.count,
                "amount": money_text(one.amount),
            }
            for one in moved
        ],
        "expected": {
            "CASH": money_text(expected.cash),
            "CARD": money_text(expected.card),
            "TRANSFER": money_text(expected.transfer),
        },
    }
