"""Who may spend: wallets are frozen and unfrozen by a supervisor, for a reason that stays."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from client_wallet.errors import AlreadyFrozen, NotFrozen
from client_wallet.models import WalletAccount, WalletStatusChange
from hospital.core.acts import Act, Answer
from hospital.core.errors import DomainError, InvalidRequest, NotFound
from hospital.core.idempotency import earlier_answer, keep_answer
from hospital.core.times import wire_time

MAX_REASON = 200  # characters


@dataclass(frozen=True)
class StatusChanged(Answer):
    """What a wallet's status is from ``changed_at`` on."""

    wallet_id: str
    status: str
    reason: str
    changed_at: str
    replayed: bool = False


@dataclass(frozen=True)
class _Move:
    """A change from one status to another, and what is answered where it is not that one."""

    name: str
    before: WalletAccount.Status
    after: WalletAccount.Status
    refusal: type[DomainError]


_FREEZE = _Move(
    "freeze-wallet", WalletAccount.Status.ACTIVE, WalletAccount.Status.FROZEN, AlreadyFrozen
)
_UNFREEZE = _Move(
    "unfreeze-wallet", WalletAccount.Status.FROZEN, WalletAccount.Status.ACTIVE, NotFrozen
)


@transaction.atomic
def freeze_wallet(*, wallet_id: UUID, reason: str, act: Act) -> StatusChanged:
    """
    Let nothing be taken from a wallet any more; deposits and other money coming in go on.

    Locks the wallet. Repeating a call with the same key returns the first answer.

    :raises InvalidRequest: if the reason is empty or too long
    :raises NotFound: if there is no such wallet
    :raises AlreadyFrozen: if the wallet is frozen or closed
    :raises KeyReused: if the key was used for another freeze
    """
    return _change(_FREEZE, wallet_id, reason, act)


@transaction.atomic
def unfreeze_wallet(*, wallet_id: UUID, reason: str, act: Act) -> StatusChanged:
    """
    Let a frozen wallet be spent from again.

    Locks the wallet. Repeating a call with the same key returns the first answer.

    :raises InvalidRequest: if the reason is empty or too long
    :raises NotFound: if there is no such wallet
    :raises NotFrozen: if the wallet is active or closed
    :raises KeyReused: if the key was used for another one
    """
    return _change(_UNFREEZE, wallet_id, reason, act)


def _change(move: _Move, wallet_id: UUID, reason: str, act: Act) -> StatusChanged:
    reason = reason.strip()
    if not 0 < len(reason) <= MAX_REASON or "\0" in reason:
        raise InvalidRequest("reason", f"Say why, in 1 to {MAX_REASON} characters.")
    facts = {"wallet_id": str(wallet_id), "reason": reason}
    wallet = _lock(wallet_id)
    if kept := earlier_answer(act, move.name, facts):
        return StatusChanged.again(kept)
    if wallet.status != move.before:
        is_closed = wallet.status == WalletAccount.Status.CLOSED
        raise move.refusal(
            "This wallet is closed." if is_closed else "", wallet_status=wallet.status
        )
    wallet.status = move.after
    wallet.save(update_fields=["status"])
    changed = WalletStatusChange.objects.create(
        wallet=wallet,
        status=move.after,
        reason=reason,
        changed_by=act.actor,
        changed_at=timezone.now(),
    )
    answer = StatusChanged(str(wallet_id), move.after.value, reason, wire_time(changed.changed_at))
    keep_answer(act, move.name, facts, answer.facts())
    return answer


def _lock(wallet_id: UUID) -> WalletAccount:
    locked = WalletAccount.objects.select_for_update(of=("self",), no_key=True)
    try:
        return locked.get(pk=wallet_id)
    except WalletAccount.DoesNotExist:
        raise NotFound("There is no wallet with this id.") from None
