"""A person decides what became of a withdrawal that the bank never gave a conclusive answer to."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from client_wallet import ledger
from client_wallet.errors import NotInReview
from client_wallet.models import Withdrawal
from client_wallet.withdrawals import moves
from client_wallet.withdrawals.requests import WithdrawalAnswer
from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest, SelfApproval
from hospital.core.idempotency import earlier_answer, keep_answer

LONGEST_EVIDENCE = 300


@transaction.atomic
def decide_on_withdrawal(
    *, withdrawal_id: UUID, paid: bool, evidence: str, act: Act
) -> WithdrawalAnswer:
    """
    Settle a withdrawal under review as ``paid`` by the bank, or give the money back to the wallet.

    ``evidence`` says how it is known. Locks the business day, the withdrawal and, to give money
    back, its wallet. Repeating a call with the same key returns the first answer.

    :raises InvalidRequest: if the evidence is empty or longer than 300 characters
    :raises NotFound: if there is no such withdrawal
    :raises SelfApproval: if the actor asked for the withdrawal
    :raises NotInReview: if it is not under review
    :raises BalanceLimit: if the wallet would hold more than a balance can express
    :raises DayClosed: if the business day was closed
    :raises KeyReused: if the key was used for another decision
    """
    evidence = evidence.strip()
    if not 1 <= len(evidence) <= LONGEST_EVIDENCE:
        raise InvalidRequest("evidence", f"Say in 1 to {LONGEST_EVIDENCE} characters how you know.")
    facts = {"withdrawal_id": str(withdrawal_id), "paid": paid, "evidence": evidence}
    day = ledger.hold_business_day()
    withdrawal = moves.lock_withdrawal(withdrawal_id)
    if kept := earlier_answer(act, "decide-on-withdrawal", facts):
        return WithdrawalAnswer.again(kept)
    if withdrawal.requested_by_id == act.actor.pk:
        raise SelfApproval("Whoever asked for a withdrawal cannot decide on it.")
    if withdrawal.status != Withdrawal.Status.NEEDS_REVIEW:
        raise NotInReview(withdrawal_status=withdrawal.status)

    decided = {"ended_by": act.actor, "evidence": evidence}
    if paid:
        moves.settle(withdrawal, day, timezone.now(), act, **decided)
    else:
        moves.refund(withdrawal, day, timezone.now(), act, **decided)
    answer = WithdrawalAnswer.of(withdrawal)
    keep_answer(act, "decide-on-withdrawal", facts, answer.facts())
    return answer
