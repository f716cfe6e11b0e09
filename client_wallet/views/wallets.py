"""Wallets over REST: opened, seen, frozen and unfrozen."""

from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from client_wallet.freezing import freeze_wallet, unfreeze_wallet
from client_wallet.models import WalletAccount
from client_wallet.serializers import (
    StatusChangedSerializer,
    StatusReason,
    WalletSerializer,
    WalletToOpen,
)
from client_wallet.services import open_wallet
from hospital.core.api import IDEMPOTENCY_KEY, ActView, act_of, done, wanted
from hospital.core.transactions import retry_conflicts
from smcapp1.models import PatientProfile

OWN = ("smcapp1.view_own_records",)
SEE_WALLETS = ("client_wallet.view_walletaccount", *OWN)
FREEZE = ("client_wallet.freeze_wallet",)


def visible_wallet(user: Any, wallet_id: str) -> WalletAccount:
    """Return a wallet that the user may see; anybody else's is not there."""
    return _there(WalletAccount.objects.visible_to(user).filter(pk=wallet_id).first())


def wallet_for_act(user: Any, permission: str, wallet_id: str | UUID) -> WalletAccount:
    """Return a wallet that the user may act on; anybody else's is not there."""
    return _there(WalletAccount.objects.for_act(permission, user).filter(pk=wallet_id).first())


def own_wallet(user: Any) -> WalletAccount | None:
    """Return the wallet of the patient that the user is; None if there is none."""
    return WalletAccount.objects.filter(patient__user=user).first()


def _there(wallet: WalletAccount | None) -> WalletAccount:
    if wallet is None:
        raise Http404
    return wallet


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

    required = {"GET": SEE_WALLETS}

    @extend_schema(responses=WalletSerializer)
    def get(self, request: Request, wallet_id: str) -> Response:
        return Response(WalletSerializer(visible_wallet(request.user, wallet_id)).data)


class OwnWalletView(ActView):
    """The wallet of whoever is signed in."""

    required = {"GET": OWN}

    @extend_schema(responses=WalletSerializer)
    def get(self, request: Request) -> Response:
        return Response(WalletSerializer(_there(own_wallet(request.user))).data)


class FreezeView(ActView):
    """Let nothing be taken from a wallet any more; deposits go on."""

    required = {"POST": FREEZE}

    @extend_schema(
        request=StatusReason,
        responses={200: StatusChangedSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @retry_conflicts
    def post(self, request: Request, wallet_id: str) -> Response:
        changed = freeze_wallet(
            wallet_id=UUID(wallet_id), **wanted(StatusReason, request), act=act_of(request)
        )
        return done(changed.facts(), replayed=changed.replayed)


class UnfreezeView(ActView):
    """Let a frozen wallet be spent from again."""

    required = {"POST": FREEZE}

    @extend_schema(
        request=StatusReason,
        responses={200: StatusChangedSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @retry_conflicts
    def post(self, request: Request, wallet_id: str) -> Response:
        changed = unfreeze_wallet(
            wallet_id=UUID(wallet_id), **wanted(StatusReason, request), act=act_of(request)
        )
        return done(changed.facts(), replayed=changed.replayed)
