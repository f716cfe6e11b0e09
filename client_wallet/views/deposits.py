"""Deposits over REST."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from client_wallet.serializers import (
    DepositIntoWallet,
    DepositReversedSerializer,
    DepositTakenSerializer,
    ReversalReason,
    WalletDepositSerializer,
)
from client_wallet.services import (
    DepositTaken,
    deposit_to_wallet,
    reverse_deposit,
    wallet_of_id,
)
from hospital.core.api import IDEMPOTENCY_KEY, ActView, act_of, created, wanted
from hospital.core.transactions import retry_conflicts

TAKE_DEPOSIT = ("client_wallet.take_deposit",)


def _deposit_response(taken: DepositTaken) -> Response:
    body = {"message": "Wallet deposit successful", **taken.facts()}
    return created(body, replayed=taken.replayed)


class WalletDepositAPIView(ActView):
    """Take a deposit into a patient's wallet."""

    required = {"POST": TAKE_DEPOSIT}

    @extend_schema(
        request=WalletDepositSerializer,
        responses={201: DepositTakenSerializer, 200: DepositTakenSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @retry_conflicts
    def post(self, request: Request) -> Response:
        intent = wanted(WalletDepositSerializer, request)
        return _deposit_response(deposit_to_wallet(**intent, act=act_of(request)))


class DepositReversalView(ActView):
    """Reverse a deposit that somebody else took."""

    required = {"POST": ("client_wallet.reverse_deposit",)}

    @extend_schema(
        request=ReversalReason,
        responses={201: DepositReversedSerializer, 200: DepositReversedSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @retry_conflicts
    def post(self, request: Request, deposit_id: str) -> Response:
        undone = reverse_deposit(
            deposit_id=int(deposit_id), **wanted(ReversalReason, request), act=act_of(request)
        )
        return created(undone.facts(), replayed=undone.replayed)


class DepositIntoWalletView(ActView):
    """Take a deposit into the wallet that the address names."""

    required = {"POST": TAKE_DEPOSIT}

    @extend_schema(
        request=DepositIntoWallet,
        responses={201: DepositTakenSerializer, 200: DepositTakenSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @retry_conflicts
    def post(self, request: Request, wallet_id: str) -> Response:
        intent = wanted(DepositIntoWallet, request)
        patient_id = wallet_of_id(UUID(wallet_id)).patient_id
        return _deposit_response(
            deposit_to_wallet(patient_id=patient_id, **intent, act=act_of(request))
        )
