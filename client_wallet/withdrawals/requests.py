"""What is asked for before any money moves: a withdrawal now or later, and to call it off."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Self
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from client_wallet import ledger
from client_wallet.errors import NotCancellable, WalletFrozen
from client_wallet.models import WalletAccount, Withdrawal
from client_wallet.withdrawals import moves
from client_wallet.withdrawals.destinations import Wanted, destination_for, read_destination
from hospital.core.acts import Act, Answer
from hospital.core.errors import InvalidRequest, NotFound
from hospital.core.idempotency import earlier_answer, keep_answer
from hospital.core.money import money_text, require_amount
from hospital.core.times import wire_time

FARTHEST = timedelta(days=365)


@dataclass(frozen=True)
class WithdrawalAnswer(Answer):
    """A withdrawal as an act left it: amounts as text with two places, times in RFC 3339."""

    id: str
    wallet_id: str
    status: str
    amount: str
    scheduled_for: str
    created_at: str
    type: str = "WITHDRAWAL"
    replayed: bool = False

    @classmethod
    def of(cls, withdrawal: Withdrawal) -> Self:
        return cls(
            id=str(withdrawal.pk),
            wallet_id=str(withdrawal.wallet_id),
            status=str(withdrawal.status),
            amount=money_text(withdrawal.amount),
            scheduled_for=wire_time(withdrawal.scheduled_for),
            created_at=wire_time(withdrawal.created_at),
        )


@transaction.atomic
def schedule_withdrawal(
    *,
    wallet_id: UUID,
    amount: Decimal,
    act: Act,
    scheduled_for: datetime | None = None,
    destination: Wanted | None = None,
) -> WithdrawalAnswer:
    """
    Ask that ``amount`` (CURRENCY, two places, above zero) be paid from a wallet to a bank account.

    Nothing is debited: the balance counts when it is due. A time in the past, or none, is due at
    once. Locks the wallet. Repeating a call with the same key returns the first answer.

    :raises InvalidRequest: if the amount is not money, the time has no zone or is more than a year
        ahead, or the destination is malformed
    :raises NotFound: if there is no such wallet
    :raises WalletFrozen: if the wallet is closed
    :raises NoDestination: if none is named, saved with the wallet or set
    :raises KeyReused: if the key was used for another withdrawal
    """
    amount = require_amount(amount)
    account = read_destination(destination) if destination is not None else None
    now = timezone.now()
    due_at = _due_at(scheduled_for, now)
    facts: dict[str, Any] = {
        "wallet_id": str(wallet_id),
        "amount": money_text(amount),
        "scheduled_for": scheduled_for and scheduled_for.timestamp(),
        "destination": account and vars(account),
    }
    wallet = ledger.lock_wallets([wallet_id]).get(wallet_id)
    if wallet is None:
        raise NotFound("There is no wallet with this id.")
    if kept := earlier_answer(act, "schedule-withdrawal", facts):
        return WithdrawalAnswer.again(kept)
    if wallet.status == WalletAccount.Status.CLOSED:
        raise WalletFrozen("This wallet is closed.", wallet_status=wallet.status)
    withdrawal = Withdrawal.objects.create(
        wallet=wallet,
        amount=amount,
        **vars(destination_for(wallet, account)),
        scheduled_for=due_at,
        next_attempt_at=due_at,
        requested_by=act.actor,
        created_at=now,
        bank_reference=f"WD-{uuid4().hex}",
    )
    answer = WithdrawalAnswer.of(withdrawal)
    keep_answer(act, "schedule-withdrawal", facts, answer.facts())
    return answer


@transaction.atomic
def cancel_withdrawal(*, withdrawal_id: UUID, act: Act) -> WithdrawalAnswer:
    """
    Call a withdrawal off that no worker has taken up. Locks it.

    Repeating a call with the same key returns the first answer.

    :raises NotFound: if there is no such withdrawal
    :raises NotCancellable: if it was begun, ended or cancelled before
    :raises KeyReused: if the key was used for another withdrawal
    """
    facts = {"withdrawal_id": str(withdrawal_id)}
    withdrawal = moves.lock_withdrawal(withdrawal_id)
    if kept := earlier_answer(act, "cancel-withdrawal", facts):
        return WithdrawalAnswer.again(kept)
    if withdrawal.status != Withdrawal.Status.SCHEDULED:
        raise NotCancellable(withdrawal_status=withdrawal.status)
    moves.cancel(withdrawal, timezone.now(), act)
    answer = WithdrawalAnswer.of(withdrawal)
    keep_answer(act, "cancel-withdrawal", facts, answer.facts())
    return answer


def _due_at(wanted: datetime | None, now: datetime) -> datetime:
    if wanted is None:
        return now
    if timezone.is_naive(wanted):
        raise InvalidRequest("scheduled_for", "Say the time zone, too.")
    if wanted > now + FARTHEST:
        raise InvalidRequest("scheduled_for", "A withdrawal is at most a year ahead.")
    return max(wanted, now)
