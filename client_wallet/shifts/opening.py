"""Opening a shift with a counted float out of the safe."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from client_wallet import ledger
from client_wallet.errors import ShiftIsOpen
from client_wallet.ledger import Line
from client_wallet.models import JournalEntry, Shift, ShiftPosting
from client_wallet.shifts.drawers import hold_drawer, write_shift
from hospital.core.acts import Act, Answer
from hospital.core.idempotency import earlier_answer, keep_answer
from hospital.core.money import ZERO, money_text, require_amount
from hospital.core.times import wire_time


@dataclass(frozen=True)
class ShiftOpened(Answer):
    """A shift that was opened: amounts as text with two places, times in RFC 3339."""

    shift_id: int
    cashier_id: int
    drawer: str
    opening_float: str
    opened_at: str
    replayed: bool = False


@transaction.atomic
def open_shift(*, act: Act, opening_float: Decimal = ZERO) -> ShiftOpened:
    """
    Open the actor's shift; the float, which may be zero, comes out of the safe into the drawer.

    ``opening_float`` is in CURRENCY, two places. Locks the business day and the actor's drawer.
    Repeating a call with the same key returns the first answer.

    :raises InvalidAmount: if the float is no amount
    :raises ShiftIsOpen: if the actor has one open
    :raises DayClosed: if the business day was closed
    :raises KeyReused: if the key was used for another opening
    """
    opening_float = require_amount(opening_float, "opening_float") if opening_float else ZERO
    facts = {"opening_float": money_text(opening_float)}
    day = ledger.hold_business_day()
    is_open = hold_drawer(act.actor.pk) is not None
    if kept := earlier_answer(act, "open-shift", facts):
        return ShiftOpened.again(kept)
    shift_id = None if is_open else write_shift(act.actor.pk, opening_float, opened_by=act.actor)
    if shift_id is None:
        raise ShiftIsOpen
    shift = Shift.objects.get(pk=shift_id)
    if opening_float:
        posted = ledger.post(
            act,
            kind=JournalEntry.Kind.SHIFT_FLOAT,
            business_date=day,
            debits=[Line(shift.drawer_id, opening_float)],
            credits=[Line(ledger.SAFE, opening_float)],
            shift_id=shift_id,
        )
        ShiftPosting.objects.create(
            shift=shift, purpose=ShiftPosting.Purpose.FLOAT, entry_id=posted.entry_id
        )
    answer = ShiftOpened(
        shift_id=shift_id,
        cashier_id=shift.cashier_id,
        drawer=shift.drawer_id,
        opening_float=money_text(opening_float),
        opened_at=wire_time(shift.opened_at),
    )
    keep_answer(act, "open-shift", facts, answer.facts())
    return answer
