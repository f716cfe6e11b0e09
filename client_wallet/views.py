"""Wallets and deposits over REST."""

from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from client_wallet.models import WalletAccount
from client_wallet.serializers import (
    DepositIntoWallet,
    DepositReversedSerializer,
    DepositTakenSerializer,
    ReversalReason,
    WalletDepositSerializer,
    WalletSerializer,
    WalletToOpen,
)
from client_wallet.services import (
    DepositTaken,
    deposit_to_wallet,
    open_wallet,
    reverse_deposit,
    wallet_of_id,
)
from hospital.core.api import IDEMPOTENCY_KEY, ActView, act_of, created, wanted
from hospital.core.transactions import retry_conflicts
from smcapp1.models import PatientProfile

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


class WalletListView(ActView):
    """Open a patient's wallet."""

    required = {"POST": ("client_wallet.open_wallet", "smcapp1.view_own_records")}

    @extend_schema(request=WalletToOpen, responses={201: WalletSerializer, 200: WalletSerializer})
    @retry_conflicts
    def post(self, request: Request) -> Response:
        """Open a wallet, or answer 200 with the one there is."""
        patient_id = wanted(WalletToOpen, request).get("patient_id")
        opened = open_wallet(patient_id=_whose_wallet(request.user, patient_id))
        return Response(WalletSerializer(opened.wallet).data, status=201 if opened.created else 200)


def _whose_wallet(user: Any, patient_id: int | None) -> int:
    """Return the patient named by staff, or the one that the user is."""
    if user.has_perm("client_wallet.open_wallet"):
        if patient_id is None:
            raise ValidationError({"patient_id": ["Name the patient."]})
        return patient_id
    own = PatientProfile.objects.filter(user=user).values_list("pk", flat=True).first()
    if own is None or patient_id not in {None, own}:
        raise Http404
    return own


class WalletView(ActView):
    """One wallet."""

    required = {"GET": ("client_wallet.view_walletaccount", "smcapp1.view_own_records")}

    @extend_schema(responses=WalletSerializer)
    def get(self, request: Request, wallet_id: str) -> Response:
        wallet = WalletAccount.objects.visible_to(request.user).filter(pk=wallet_id).first()
        if wallet is None:
            raise Http404
        return Response(WalletSerializer(wallet).data)


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
