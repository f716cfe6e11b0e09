"""
The circuit breaker: one row, shared by all workers, that keeps them from hammering a dead bank.

It counts calls in a row that reached no bank in its senses. While it is open nothing is claimed, so
nothing more is debited; after a pause one worker tries, and the pause grows while that fails.
"""

from datetime import datetime
from enum import Enum

from django.db.models import F

from client_wallet.models import BankCircuit
from client_wallet.withdrawals.terms import Terms

_NAME = "bank"


class Permit(Enum):
    CLOSED = "closed"  # all is well: call
    PROBE = "probe"  # you alone may try
    OPEN = "open"  # the bank is down: call nobody


def permit(*, now: datetime, terms: Terms) -> Permit:
    """Say whether the bank is worth calling; after each pause one caller alone is told to probe."""
    circuit = BankCircuit.objects.filter(name=_NAME).first()
    if circuit is None or circuit.open_until is None:
        return Permit.CLOSED
    is_mine = BankCircuit.objects.filter(name=_NAME, open_until__lte=now).update(
        open_until=now + terms.lease + terms.before_probe(circuit.failures)
    )  # one statement: of several callers one finds the row as it was
    return Permit.PROBE if is_mine else Permit.OPEN


def note(*, reached_bank: bool, now: datetime, terms: Terms) -> None:
    """Count a call that was made."""
    rows = BankCircuit.objects.filter(name=_NAME)
    if reached_bank:
        rows.exclude(failures=0, open_until=None).update(failures=0, open_until=None)
        return
    BankCircuit.objects.bulk_create([BankCircuit(name=_NAME)], ignore_conflicts=True)
    rows.update(failures=F("failures") + 1)
    circuit = rows.get()
    if circuit.failures >= terms.failures:
        rows.filter(failures__gte=terms.failures).update(
            open_until=now + terms.before_probe(circuit.failures)
        )
