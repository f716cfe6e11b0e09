"""Transfers between wallets over REST."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from client_wallet.serializers import TransferMadeSerializer, TransferToMake
from client_wallet.transfers import transfer_between_wallets
from client_wallet.views.wallets import own_wallet, wallet_for_act
from hospital.core.acts import Act
from hospital.core.api import ActView, created, wanted
from hospital.core.transactions import retry_conflicts

TRANSFER = "client_wallet.transfer_between_wallets"


class TransferView(ActView):
    """Move money from one wallet to another."""

    required = {"POST": (TRANSFER, "client_wallet.spend_own_wallet")}

    @extend_schema(
        request=TransferToMake,
        responses={201: TransferMadeSerializer, 200: TransferMadeSerializer},
    )
    @retry_conflicts
    def post(self, request: Request) -> Response:
        """
        Transfer once for each `reference_id`; the same request again is answered with 200,
        `Idempotent-Replayed: true` and the first answer. An `Idempotency-Key` is not read.
        """
        intent = wanted(TransferToMake, request)
        source = _source(request.user, intent.pop("from_wallet", None))
        made = transfer_between_wallets(
            from_wallet_id=source,
            to_wallet_id=intent.pop("to_wallet"),
            **intent,
            act=Act(request.user),
        )
        return created(made.facts(), replayed=made.replayed)


def _source(user: Any, wallet_id: UUID | None) -> UUID | None:
    """Return the wallet named, if the user may spend from it; left out by a patient, the own."""
    if wallet_id is not None:
        return wallet_for_act(user, TRANSFER, wallet_id).pk
    if user.has_perm(TRANSFER):
        raise ValidationError({"from_wallet": ["Name the wallet to transfer from."]})
    own = own_wallet(user)
    return own.pk if own else None
