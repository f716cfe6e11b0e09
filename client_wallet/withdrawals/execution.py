"""
How a withdrawal is carried out: claim (debit it, write the call down), commit, call, record.

Nothing here calls the bank: ``claim_next`` says which call is to be made, the worker makes it
outside of every transaction, and ``record_answer`` says what follows. A worker may die between any
two steps; its lease then expires, and what it had begun is UNKNOWN until the bank was asked.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from client_wallet import ledger
from client_wallet.bank import Answered, Destination, Outcome, PaymentOrder
from client_wallet.errors import InsufficientFunds, WalletFrozen
from client_wallet.models import (
    BankAnswer,
    BankCall,
    BusinessDayClosure,
    WalletAccount,
    Withdrawal,
)
from client_wallet.withdrawals import moves
from client_wallet.withdrawals.terms import Terms
from hospital.core.acts import Act
from hospital.core.money import money_text

Status = Withdrawal.Status
Kind = BankCall.Kind


@dataclass(frozen=True)
class Call:
    """A call to be made now: it is one worker's alone for as long as a lease lasts."""

    withdrawal_id: UUID
    number: int
    kind: Kind
    order: PaymentOrder


@dataclass(frozen=True)
class Begun:
    """What a claim came to: the withdrawal's status, and the call to make for it, if any."""

    withdrawal_id: UUID
    status: Status
    call: Call | None


@transaction.atomic(savepoint=False)
def claim_next(
    *, now: datetime, terms: Terms, actor: Any, asking_only: bool = False
) -> Begun | None:
    """
    Take up what is due for longest and nobody is at; None if nothing is, or the day is closed.

    ``asking_only`` begins nothing new. Locks the business day, the withdrawal (``SKIP LOCKED``)
    and, for one that is begun, its wallet. One whose lease expired becomes UNKNOWN: nobody knows
    what its worker did, so nothing is sent again before the bank was asked.
    """
    day = ledger.hold_business_day()
    if BusinessDayClosure.objects.filter(business_date=day).exists():
        return None
    locked = Withdrawal.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    due = locked.get_failed_retryable_withdrawals(now) if asking_only else locked.due(now)
    withdrawal = due.order_by("next_attempt_at", "pk").first()
    if withdrawal is None:
        return None
    if withdrawal.status == Status.SCHEDULED:
        call = _begin(withdrawal, day, now, terms, Act(actor))
    else:
        if withdrawal.status == Status.PROCESSING and withdrawal.leased_until is not None:
            moves.move(withdrawal, Status.UNKNOWN)
        call = _write_call(withdrawal, Kind.FIND, now, terms)
    return Begun(withdrawal.pk, Status(withdrawal.status), call)


@transaction.atomic(savepoint=False)
def record_answer(
    *, call: Call, answered: Answered, now: datetime, terms: Terms, actor: Any
) -> Begun:
    """
    Keep what a call came to and do what follows from it; the call to make next, if one does.

    Locks the business day, the withdrawal and, to give money back, its wallet. An answer to a call
    that is not the withdrawal's last one, or whose lease somebody took away, is kept as late and
    nothing follows. Repeating it changes nothing.

    :raises DayClosed: if the business day was closed; nothing is kept, and the bank is asked again
    """
    day = ledger.hold_business_day()
    withdrawal = moves.lock_withdrawal(call.withdrawal_id)
    made = BankCall.objects.get(withdrawal=withdrawal, number=call.number)
    is_late = withdrawal.last_call != call.number or withdrawal.leased_until is None
    answer = BankAnswer(
        call=made,
        outcome=answered.outcome,
        http_status=answered.http_status,
        detail=(answered.contradiction or answered.detail)[:300],
        body=answered.body,
        answered_at=now,
        is_late=is_late,
    )
    BankAnswer.objects.bulk_create([answer], ignore_conflicts=True)  # it may have been kept before
    following = None
    if not is_late:
        following = _Answer(withdrawal, made, answered, day, now, terms, Act(actor)).follow()
    return Begun(withdrawal.pk, Status(withdrawal.status), following)


def order_of(withdrawal: Withdrawal) -> PaymentOrder:
    """What the bank is asked to pay, and asked about: the same each time."""
    return PaymentOrder(
        reference=withdrawal.bank_reference,
        amount=withdrawal.amount,
        currency=settings.CURRENCY,
        destination=Destination(
            withdrawal.bank_code, withdrawal.account_number, withdrawal.account_name
        ),
    )


def _begin(withdrawal: Withdrawal, day: date, now: datetime, terms: Terms, act: Act) -> Call | None:
    """Debit the wallet and write the first call down, or fail for what the wallet lacks."""
    wallet = ledger.lock_wallets([withdrawal.wallet_id])[withdrawal.wallet_id]
    if wallet.status != WalletAccount.Status.ACTIVE:
        detail = f"The wallet was {wallet.get_status_display().lower()} when it was due."
        moves.fail_undebited(withdrawal, now, WalletFrozen.code, detail)
        return None
    if wallet.account_balance < withdrawal.amount:
        short = InsufficientFunds(
            available=money_text(wallet.account_balance), requested=money_text(withdrawal.amount)
        )
        moves.fail_undebited(withdrawal, now, short.code, short.detail)
        return None
    entry_id = moves.debit(withdrawal, wallet, day, act)
    return _write_call(withdrawal, Kind.SUBMIT, now, terms, debit_id=entry_id)


def _write_call(
    withdrawal: Withdrawal, kind: Kind, now: datetime, terms: Terms, **columns: Any
) -> Call:
    """Write a call down before it is made, and lease the withdrawal to whoever makes it."""
    leased_until = now + terms.lease
    made = BankCall.objects.create(
        withdrawal=withdrawal,
        number=withdrawal.last_call + 1,
        kind=kind,
        begun_at=now,
        leased_until=leased_until,
    )
    columns |= {
        "last_call": made.number,
        "leased_until": leased_until,
        "next_attempt_at": leased_until,  # then somebody else looks after it
    }
    if kind == Kind.SUBMIT:
        columns |= {"attempts": withdrawal.attempts + 1, "inconclusive_asks": 0}
    if kind == Kind.SUBMIT and withdrawal.status != Status.PROCESSING:
        moves.move(withdrawal, Status.PROCESSING, **columns)
    else:
        moves.keep(withdrawal, **columns)
    return Call(withdrawal.pk, made.number, kind, order_of(withdrawal))


@dataclass(frozen=True)
class _Answer:
    """An answer in time, and what follows from it. The withdrawal is locked."""

    withdrawal: Withdrawal
    made: BankCall
    answered: Answered
    day: date
    now: datetime
    terms: Terms
    act: Act

    def follow(self) -> Call | None:
        match self.answered.outcome:
            case Outcome.PAID if self.answered.contradiction:
                contradiction = self.answered.contradiction
                moves.put_under_review(self.withdrawal, "bank-disagrees", contradiction)
            case Outcome.PAID:
                moves.settle(self.withdrawal, self.day, self.now, self.act)
            case Outcome.REFUSED:
                self._refund("bank-refused", self.answered.detail)
            case Outcome.NOT_FOUND if self.made.kind == Kind.FIND:
                return self._not_found()
            case _:
                self._still_unknown()
        return None

    def _not_found(self) -> Call | None:
        """Believe it only when nothing that was sent can be paid any more."""
        submission = self.withdrawal.calls.filter(kind=Kind.SUBMIT).latest("number")
        final_at = self.terms.final_at(submission.leased_until)
        if final_at is None:
            self._still_unknown()
        elif self.made.begun_at < final_at:
            self._wait(Status.UNKNOWN, final_at)
        elif self.withdrawal.attempts >= self.terms.attempts:
            times = self.withdrawal.attempts
            self._refund("attempts-exhausted", f"The bank was told {times} times and paid nothing.")
        else:
            return self._try_again(submission)
        return None

    def _try_again(self, submission: BankCall) -> Call | None:
        """Tell the bank once more; not before the pause since the last time is over."""
        pause = self.terms.before_attempt(self.withdrawal.attempts)
        if self.now < submission.begun_at + pause:
            self._wait(Status.PROCESSING, submission.begun_at + pause, inconclusive_asks=0)
            return None
        return _write_call(self.withdrawal, Kind.SUBMIT, self.now, self.terms)

    def _still_unknown(self) -> None:
        if self.made.kind == Kind.SUBMIT:
            self._wait(Status.UNKNOWN, self.now)
            return
        asks = self.withdrawal.inconclusive_asks + 1
        if asks < self.terms.asks:
            then = self.now + self.terms.before_ask(asks)
            self._wait(Status.UNKNOWN, then, inconclusive_asks=asks)
            return
        moves.keep(self.withdrawal, inconclusive_asks=asks)
        detail = f"The bank was asked {asks} times and gave no conclusive answer."
        moves.put_under_review(self.withdrawal, "still-unknown", detail)

    def _wait(self, status: Status, until: datetime, **columns: Any) -> None:
        """Give the lease back; somebody goes on at ``until``."""
        columns |= {"leased_until": None, "next_attempt_at": until}
        if self.withdrawal.status == status:
            moves.keep(self.withdrawal, **columns)
        else:
            moves.move(self.withdrawal, status, **columns)

    def _refund(self, code: str, detail: str) -> None:
        why = {"failure_code": code, "failure_detail": detail[:300]}
        moves.refund(self.withdrawal, self.day, self.now, self.act, **why)
