"""Cash that changes hands: given out of a drawer, then received or rejected by somebody else."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from client_wallet import ledger
from client_wallet.errors import HandOverEnded, WrongReceiver
from client_wallet.ledger import Line
from client_wallet.models import HandOver, JournalEntry, PaymentMethod, Shift
from client_wallet.shifts.drawers import (
    Till,
    hold_drawer,
    hold_shift,
    hold_shift_of,
    open_by_itself,
    open_for,
    payout_till,
    till_account,
)
from hospital.core.acts import Act, Answer
from hospital.core.errors import InvalidRequest, NotFound, SelfApproval
from hospital.core.idempotency import earlier_answer, keep_answer
from hospital.core.models import User
from hospital.core.money import money_text, require_amount
from hospital.core.times import wire_time

MAX_REASON = 200  # characters
_RECEIVED_ON = {HandOver.Target.SAFE: ledger.SAFE, HandOver.Target.BANK: ledger.BANK}


@dataclass(frozen=True)
class CashGiven(Answer):
    """Cash that left a drawer: amounts as text with two places, times in RFC 3339."""

    hand_over_id: int
    shift_id: int
    amount: str
    to: str
    cashier_id: int | None
    status: str
    given_at: str
    replayed: bool = False


@dataclass(frozen=True)
class HandOverEnd(Answer):
    """A hand-over that was received or rejected."""

    hand_over_id: int
    status: str
    amount: str
    ended_at: str
    replayed: bool = False


@transaction.atomic
def give_cash(
    *,
    amount: Decimal,
    to: str,
    act: Act,
    cashier_id: int | None = None,
    external_reference: str = "",
) -> CashGiven:
    """
    Hand cash over out of the actor's drawer: to the safe, the bank or another cashier.

    ``amount`` is in CURRENCY, two places, above zero. Until somebody else has received or rejected
    it, it is in transit. Locks the business day and the drawer. Repeating a call with the same key
    returns the first answer and moves no money.

    :raises InvalidRequest: if the amount is not money, or it is not said to whom it goes
    :raises NoOpenShift: if no shift is open and SHIFT_OPENS_ITSELF is off
    :raises DrawerShort: if the drawer holds less
    :raises DayClosed: if the business day was closed
    :raises KeyReused: if the key was used for another hand-over
    """
    amount = require_amount(amount)
    _require_target(to, cashier_id, act)
    facts = {
        "amount": money_text(amount),
        "to": str(to),
        "cashier_id": cashier_id,
        "external_reference": external_reference,
    }
    day = ledger.hold_business_day()
    hold_drawer(act.actor.pk)
    if kept := earlier_answer(act, "give-cash", facts):
        return CashGiven.again(kept)
    payout_till(act, PaymentMethod.CASH, amount)
    shift = Shift.objects.get(cashier=act.actor, status=Shift.Status.OPEN)
    given = write_hand_over(
        shift,
        amount,
        act,
        day,
        target=to,
        to_cashier_id=cashier_id,
        external_reference=external_reference,
    )
    answer = CashGiven(
        hand_over_id=given.pk,
        shift_id=shift.pk,
        amount=money_text(amount),
        to=str(to),
        cashier_id=cashier_id,
        status=str(given.status),
        given_at=wire_time(given.given_at),
    )
    keep_answer(act, "give-cash", facts, answer.facts())
    return answer


def _require_target(to: str, cashier_id: int | None, act: Act) -> None:
    if to not in HandOver.Target.values:
        raise InvalidRequest("to", "Cash goes to SAFE, BANK or CASHIER.")
    if to != HandOver.Target.CASHIER:
        if cashier_id is not None:
            raise InvalidRequest("cashier_id", "Only what goes to a cashier names one.")
        return
    if cashier_id is None:
        raise InvalidRequest("cashier_id", "Say which cashier is to get it.")
    if cashier_id == act.actor.pk:
        raise InvalidRequest("cashier_id", "Cash is handed over to somebody else.")
    if not User.objects.filter(pk=cashier_id, is_active=True, is_staff=True).exists():
        raise NotFound("There is no cashier with this id.")


def write_hand_over(shift: Shift, amount: Decimal, act: Act, day: date, **wanted: Any) -> HandOver:
    """Post cash out of a shift's drawer, which the caller holds, into transit."""
    posted = ledger.post(
        act,
        kind=JournalEntry.Kind.HAND_OVER,
        business_date=day,
        debits=[Line(ledger.CASH_IN_TRANSIT, amount)],
        credits=[Line(shift.drawer_id, amount)],
        shift_id=shift.pk,
    )
    return HandOver.objects.create(
        shift=shift,
        from_cashier_id=shift.cashier_id,
        amount=amount,
        given_by=act.actor,
        given_at=posted.posted_at,
        entry_id=posted.entry_id,
        **wanted,
    )


@transaction.atomic
def receive_cash(*, hand_over_id: int, act: Act) -> HandOverEnd:
    """
    Say that cash has arrived: in the safe, at the bank, or in the drawer of the cashier it was for.

    Locks the business day, the receiving cashier's shift, and the hand-over. Repeating a call with
    the same key returns the first answer. Who may receive for safe and bank is the edges' matter.

    :raises NotFound: if there is no such hand-over
    :raises SelfApproval: if the actor gave it, or it came out of the actor's drawer
    :raises WrongReceiver: if it was given to another cashier
    :raises HandOverEnded: if it was received or rejected before
    :raises NoOpenShift: if it goes into a drawer, none is open and SHIFT_OPENS_ITSELF is off
    :raises DayClosed: if the business day was closed
    :raises KeyReused: if the key was used for another hand-over
    """
    facts = {"hand_over_id": hand_over_id}
    day = ledger.hold_business_day()
    to_cashier = _read(hand_over_id).to_cashier_id
    shift_id = hold_shift(act) if to_cashier == act.actor.pk else None
    given = _lock_hand_over(hand_over_id)
    if kept := earlier_answer(act, "receive-cash", facts):
        return HandOverEnd.again(kept)
    _require_under_way(given, act)
    if to_cashier is None:
        till = Till(_RECEIVED_ON[HandOver.Target(given.target)], None)
    elif to_cashier == act.actor.pk:
        account = till_account(PaymentMethod.CASH, to_cashier)
        till = Till(account, shift_id or open_by_itself(act))
    else:
        raise WrongReceiver
    answer = _end(given, HandOver.Status.RECEIVED, till, act, day)
    keep_answer(act, "receive-cash", facts, answer.facts())
    return answer


@transaction.atomic
def reject_cash(*, hand_over_id: int, reason: str, act: Act) -> HandOverEnd:
    """
    Refuse cash: it goes back into the drawer of the cashier it came from.

    Where that shift was closed, it goes into the cashier's open one; if there is none, one opens.
    Locks the business day, the giving cashier's shift, and the hand-over. Repeating a call with the
    same key returns the first answer.

    :raises InvalidRequest: if the reason is empty or too long
    :raises NotFound: if there is no such hand-over
    :raises SelfApproval: if the actor gave it, or it came out of the actor's drawer
    :raises HandOverEnded: if it was received or rejected before
    :raises NoOpenShift: if the giver has no shift open and SHIFT_OPENS_ITSELF is off
    :raises DayClosed: if the business day was closed
    :raises KeyReused: if the key was used for another hand-over
    """
    reason = require_reason(reason, "Say why the cash is rejected.")
    facts = {"hand_over_id": hand_over_id, "reason": reason}
    day = ledger.hold_business_day()
    giver = _read(hand_over_id).from_cashier_id
    shift_id = hold_shift_of(giver)
    given = _lock_hand_over(hand_over_id)
    if kept := earlier_answer(act, "reject-cash", facts):
        return HandOverEnd.again(kept)
    _require_under_way(given, act)
    till = Till(
        till_account(PaymentMethod.CASH, giver), shift_id or open_for(giver, opened_by=act.actor)
    )
    given.rejection_reason = reason
    answer = _end(given, HandOver.Status.REJECTED, till, act, day)
    keep_answer(act, "reject-cash", facts, answer.facts())
    return answer


def require_reason(reason: str, missing: str) -> str:
    """
    Return the reason without blanks around it.

    :raises InvalidRequest: if it is empty or too long
    """
    reason = reason.strip()
    if not reason:
        raise InvalidRequest("reason", missing)
    if len(reason) > MAX_REASON:
        raise InvalidRequest("reason", f"A reason has at most {MAX_REASON} characters.")
    return reason


_KINDS = {
    HandOver.Status.RECEIVED: JournalEntry.Kind.HAND_OVER_RECEIVED,
    HandOver.Status.REJECTED: JournalEntry.Kind.HAND_OVER_REJECTED,
}


def _end(given: HandOver, status: HandOver.Status, till: Till, act: Act, day: date) -> HandOverEnd:
    posted = ledger.post(
        act,
        kind=_KINDS[status],
        business_date=day,
        debits=[Line(till.account, given.amount)],
        credits=[Line(ledger.CASH_IN_TRANSIT, given.amount)],
        shift_id=till.shift_id,
    )
    given.status = status
    given.ended_by = act.actor
    given.ended_at = posted.posted_at
    given.end_entry_id = posted.entry_id
    columns = ["status", "ended_by", "ended_at", "end_entry", "rejection_reason"]
    given.save(update_fields=columns)
    return HandOverEnd(
        given.pk, status.value, money_text(given.amount), wire_time(posted.posted_at)
    )


def _require_under_way(given: HandOver, act: Act) -> None:
    if act.actor.pk in {given.given_by_id, given.from_cashier_id}:
        raise SelfApproval("Whoever gave cash away cannot say what became of it.")
    if given.status != HandOver.Status.GIVEN:
        raise HandOverEnded


def _read(hand_over_id: int) -> HandOver:
    """Return a hand-over without locking it: from whom to whom it goes never changes."""
    try:
        return HandOver.objects.get(pk=hand_over_id)
    except HandOver.DoesNotExist:
        raise NotFound("There is no hand-over with this id.") from None


def _lock_hand_over(hand_over_id: int) -> HandOver:
    locked = HandOver.objects.select_for_update(of=("self",), no_key=True)
    return locked.get(pk=hand_over_id)
