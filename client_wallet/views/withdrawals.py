"""Withdrawals over REST: asked for, and called off."""

from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from client_wallet.errors import NotCancellable
from client_wallet.models import Withdrawal
from client_wallet.serializers import WithdrawalAnswerSerializer, WithdrawalToSchedule
from client_wallet.transactions import find_transaction
from client_wallet.views.wallets import wallet_for_act
from client_wallet.withdrawals import cancel_withdrawal, schedule_withdrawal
from hospital.core.api import IDEMPOTENCY_KEY, ActView, act_of, created, done, wanted
from hospital.core.transactions import retry_conflicts

WITHDRAW = "client_wallet.request_withdrawal"
MAY_WITHDRAW = (WITHDRAW, "client_wallet.spend_own_wallet")


class WithdrawView(ActView):
    """Ask that money be paid from a wallet to a bank account, now or later."""

    required = {"POST": MAY_WITHDRAW}

    @extend_schema(
        request=WithdrawalToSchedule,
        responses={201: WithdrawalAnswerSerializer, 200: WithdrawalAnswerSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @retry_conflicts
    def post(self, request: Request, wallet_id: str) -> Response:
        """The balance counts when the withdrawal is due, not when it is asked for."""
        wallet = wallet_for_act(request.user, WITHDRAW, wallet_id)
        intent = wanted(WithdrawalToSchedule, request)
        asked = schedule_withdrawal(wallet_id=wallet.pk, **intent, act=act_of(request))
        return created(asked.facts(), replayed=asked.replayed)


class CancelWithdrawalView(ActView):
    """Call off a withdrawal that was not begun."""

    required = {"POST": MAY_WITHDRAW}

    @extend_schema(
        request=None, responses={200: WithdrawalAnswerSerializer}, parameters=[IDEMPOTENCY_KEY]
    )
    @retry_conflicts
    def post(self, request: Request, wallet_id: str, transaction_id: str) -> Response:
        wallet = wallet_for_act(request.user, WITHDRAW, wallet_id)
        withdrawal = Withdrawal.objects.filter(wallet=wallet, pk=transaction_id).first()
        if withdrawal is None:
            raise _refusal(wallet.pk, UUID(transaction_id))
        cancelled = cancel_withdrawal(withdrawal_id=withdrawal.pk, act=act_of(request))
        return done(cancelled.facts(), replayed=cancelled.replayed)


def _refusal(wallet_id: UUID, transaction_id: UUID) -> Exception:
    if find_transaction(wallet_id, transaction_id):
        return NotCancellable("Only a withdrawal can be cancelled.")
    return Http404()
