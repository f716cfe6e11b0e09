"""The end of a shift: a blind count, a supervisor who accepts what it differs by, and the close."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from client_wallet import ledger
from client_wallet.errors import ShiftNotCounted, ShiftNotOpen
from client_wallet.ledger import Line
from client_wallet.models import (
    HandOver,
    JournalEntry,
    Shift,
    ShiftCount,
    ShiftCountLine,
    ShiftPosting,
)
from client_wallet.shifts.content import expected_in
from client_wallet.shifts.drawers import cash_on_hand, hold_drawer
from client_wallet.shifts.hand_overs import require_reason, write_hand_over
from client_wallet.shifts.z_reports import write_z_report
from hospital.core.acts import Act, Answer
from hospital.core.errors import InvalidRequest, NotFound, SelfApproval
from hospital.core.idempotency import earlier_answer, keep_answer
from hospital.core.money import MAX_AMOUNT, ZERO, money_text, require_amount

Counts = Mapping[Decimal, int]  # denomination → pieces
_MOST_PIECES = 999_999  # of one denomination


@dataclass(frozen=True)
class ShiftCounted(Answer):
    """
    What a count came to, and whether the shift is closed by it.

    ``difference`` is what was counted less what was expected. ``z_number`` and ``hand_over_id`` are
    None until the shift is closed, the latter also where the drawer was empty.
    """

    shift_id: int
    status: str
    count_number: int
    counted_amount: str
    expected_amount: str
    difference: str
    z_number: int | None
    hand_over_id: int | None
    replayed: bool = False


@dataclass(frozen=True)
class _Slips:
    card: Decimal | None
    transfer: Decimal | None


@transaction.atomic
def count_shift(
    *,
    shift_id: int,
    counts: Counts,
    act: Act,
    card_slip_total: Decimal | None = None,
    transfer_slip_total: Decimal | None = None,
) -> ShiftCounted:
    """
    Keep what was counted in the drawer, and close the shift if that is near what was expected.

    ``counts`` says how many pieces of each denomination; one that is left out was not there. The
    slips' totals are those of the card terminal and the bank; None where there is none. A
    difference of at most SHIFT_VARIANCE_LIMIT is posted to cash over and short, all that was
    counted leaves the drawer for the safe, and the Z report is written; above the limit the shift
    waits for ``accept_variance``. Locks the business day, the drawer and the shift. Repeating a
    call with the same key returns the first answer. Whose shift somebody may count is the edges'
    matter.

    :raises InvalidRequest: if a denomination is not one of CASH_DENOMINATIONS, or a number or an
        amount is none
    :raises NotFound: if there is no such shift
    :raises ShiftNotOpen: if it was counted before
    :raises DayClosed: if the business day was closed
    :raises KeyReused: if the key was used for another count
    """
    slips = _Slips(card_slip_total, transfer_slip_total)
    return _count("count-shift", shift_id, counts, slips, act)


@transaction.atomic
def recount_shift(
    *,
    shift_id: int,
    counts: Counts,
    act: Act,
    card_slip_total: Decimal | None = None,
    transfer_slip_total: Decimal | None = None,
) -> ShiftCounted:
    """
    Count a shift again that waits for a supervisor; the earlier counts stay.

    Everything else is as in ``count_shift``.

    :raises ShiftNotCounted: if the shift does not wait for a supervisor
    """
    slips = _Slips(card_slip_total, transfer_slip_total)
    return _count("recount-shift", shift_id, counts, slips, act)


@transaction.atomic
def accept_variance(*, shift_id: int, reason: str, act: Act) -> ShiftCounted:
    """
    Accept what a count differs by, and close the shift: by somebody who neither had the drawer nor
    counted it.

    Locks the business day, the drawer and the shift. Repeating a call with the same key returns the
    first answer.

    :raises InvalidRequest: if the reason is empty or too long
    :raises NotFound: if there is no such shift
    :raises ShiftNotCounted: if the shift does not wait for a supervisor
    :raises SelfApproval: if the actor is the cashier, or counted the drawer
    :raises DayClosed: if the business day was closed
    :raises KeyReused: if the key was used for another acceptance
    """
    reason = require_reason(reason, "Say why the difference is accepted.")
    facts = {"shift_id": shift_id, "reason": reason}
    day = ledger.hold_business_day()
    shift = _hold_and_lock(shift_id)
    if kept := earlier_answer(act, "accept-variance", facts):
        return ShiftCounted.again(kept)
    if shift.status != Shift.Status.COUNTED:
        raise ShiftNotCounted
    if act.actor.pk in {shift.cashier_id, shift.counted_by_id}:
        raise SelfApproval("Whoever had the drawer or counted it cannot accept the difference.")
    shift.accepted_by = act.actor
    shift.acceptance_reason = reason
    answer = _close(shift, shift.counts.order_by("number").last(), act, day)
    keep_answer(act, "accept-variance", facts, answer.facts())
    return answer


def _count(name: str, shift_id: int, counts: Counts, slips: _Slips, act: Act) -> ShiftCounted:
    pieces = _accepted(counts)
    _require_slip(slips.card, "card_slip_total")
    _require_slip(slips.transfer, "transfer_slip_total")
    facts = {
        "shift_id": shift_id,
        "counts": {money_text(one): number for one, number in pieces.items()},
        "card_slip_total": _text(slips.card),
        "transfer_slip_total": _text(slips.transfer),
    }
    day = ledger.hold_business_day()
    shift = _hold_and_lock(shift_id)
    if kept := earlier_answer(act, name, facts):
        return ShiftCounted.again(kept)
    if name == "count-shift" and shift.status != Shift.Status.OPEN:
        raise ShiftNotOpen
    if name == "recount-shift" and shift.status != Shift.Status.COUNTED:
        raise ShiftNotCounted
    count = _write_count(shift, pieces, slips, act)
    shift.counted_by = act.actor
    if abs(count.counted_amount - count.expected_amount) > settings.SHIFT_VARIANCE_LIMIT:
        shift.status = Shift.Status.COUNTED
        shift.save(update_fields=["status", "counted_by"])
        answer = _answer(shift, count)
    else:
        answer = _close(shift, count, act, day)
    keep_answer(act, name, facts, answer.facts())
    return answer


def _accepted(counts: Counts) -> dict[Decimal, int]:
    """Return what was found of each denomination, the largest first."""
    for denomination, pieces in counts.items():
        if denomination not in settings.CASH_DENOMINATIONS:
            raise InvalidRequest("counts", f"There is no note or coin of {denomination}.")
        if not 0 <= pieces <= _MOST_PIECES:
            raise InvalidRequest("counts", f"Count up to {_MOST_PIECES} pieces of one kind.")
    found = {one: pieces for one, pieces in counts.items() if pieces}
    if sum((one * pieces for one, pieces in found.items()), ZERO) > MAX_AMOUNT:
        raise InvalidRequest("counts", "No drawer holds that much.")
    return dict(sorted(found.items(), reverse=True))


def _require_slip(total: Decimal | None, field: str) -> None:
    if total:
        require_amount(total, field)


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else money_text(amount)


def _hold_and_lock(shift_id: int) -> Shift:
    """Keep every act out of the shift's drawer, and return the shift as it is then."""
    try:
        cashier_id = Shift.objects.values_list("cashier_id", flat=True).get(pk=shift_id)
    except Shift.DoesNotExist:
        raise NotFound("There is no shift with this id.") from None
    hold_drawer(cashier_id)
    locked = Shift.objects.select_for_update(of=("self",), no_key=True)
    return locked.get(pk=shift_id)


def _write_count(
    shift: Shift, pieces: Mapping[Decimal, int], slips: _Slips, act: Act
) -> ShiftCount:
    expected = expected_in(shift)
    count = ShiftCount.objects.create(
        shift=shift,
        number=shift.counts.count() + 1,
        counted_by=act.actor,
        counted_at=timezone.now(),
        counted_amount=sum((one * number for one, number in pieces.items()), ZERO),
        expected_amount=expected.cash,
        card_slip_amount=slips.card,
        card_expected_amount=expected.card,
        transfer_slip_amount=slips.transfer,
        transfer_expected_amount=expected.transfer,
    )
    ShiftCountLine.objects.bulk_create(
        ShiftCountLine(count=count, denomination=one, pieces=number)
        for one, number in pieces.items()
    )
    return count


def _close(shift: Shift, count: Any, act: Act, day: date) -> ShiftCounted:
    """Empty the drawer by what was counted and what it differs by; then nothing comes in again."""
    _post_variance(shift, count.counted_amount - cash_on_hand(shift.pk), act, day)
    hand_over = None
    if count.counted_amount:
        hand_over = write_hand_over(
            shift, count.counted_amount, act, day, target=HandOver.Target.SAFE, is_at_close=True
        )
    shift.status = Shift.Status.CLOSED
    closed_at = shift.closed_at = _not_before_its_entries(shift)
    shift.closed_by = act.actor
    shift.save(
        update_fields=[
            "status",
            "counted_by",
            "accepted_by",
            "acceptance_reason",
            "closed_at",
            "closed_by",
        ]
    )
    report = write_z_report(shift, count, closed_at)
    return _answer(
        shift, count, z_number=report.number, hand_over_id=hand_over.pk if hand_over else None
    )


def _not_before_its_entries(shift: Shift) -> datetime:
    """Entries may be ahead of this machine's clock: a wallet's time never runs backwards."""
    newest = shift.entries.aggregate(newest=Max("posted_at"))["newest"]
    now = timezone.now()
    return max(now, newest) if newest else now


def _post_variance(shift: Shift, difference: Decimal, act: Act, day: date) -> None:
    if not difference:
        return
    drawer = Line(shift.drawer_id, abs(difference))
    other = Line(ledger.CASH_OVER_SHORT, abs(difference))
    is_over = difference > 0
    posted = ledger.post(
        act,
        kind=JournalEntry.Kind.SHIFT_VARIANCE,
        business_date=day,
        debits=[drawer if is_over else other],
        credits=[other if is_over else drawer],
        shift_id=shift.pk,
    )
    ShiftPosting.objects.create(
        shift=shift, purpose=ShiftPosting.Purpose.VARIANCE, entry_id=posted.entry_id
    )


def _answer(
    shift: Shift,
    count: ShiftCount,
    *,
    z_number: int | None = None,
    hand_over_id: int | None = None,
) -> ShiftCounted:
    return ShiftCounted(
        shift_id=shift.pk,
        status=str(shift.status),
        count_number=count.number,
        counted_amount=money_text(count.counted_amount),
        expected_amount=money_text(count.expected_amount),
        difference=money_text(count.counted_amount - count.expected_amount),
        z_number=z_number,
        hand_over_id=hand_over_id,
    )
