"""Cash handed over, over REST: given, then received or rejected by somebody else."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from client_wallet.filters import HandOverFilter
from client_wallet.models import HandOver
from client_wallet.shift_serializers import (
    CashGivenSerializer,
    CashToGive,
    HandOverEndSerializer,
    HandOverSerializer,
    RejectionReason,
)
from client_wallet.shift_visibility import RECEIVE, visible_hand_overs
from client_wallet.shifts import give_cash, receive_cash, reject_cash
from hospital.core.api import IDEMPOTENCY_KEY, ActView, act_of, created, done, wanted
from hospital.core.transactions import retry_conflicts

GIVE = "client_wallet.give_cash"
MAY_END = (GIVE, RECEIVE)  # whom it was given to, or who receives for safe and bank


def _to_end(user: Any, hand_over_id: str) -> HandOver:
    """Return a hand-over that the user may receive or reject, as far as the role goes."""
    given = visible_hand_overs(user).filter(pk=int(hand_over_id)).first()
    if given is None:
        raise Http404
    if given.to_cashier_id != user.pk and not user.has_perm(RECEIVE):
        raise PermissionDenied
    return given


class HandOverListView(ActView, ListAPIView[HandOver]):
    """Hand-overs: a cashier's own and those to them, or everybody's to who reads the journal."""

    required = {"GET": ("client_wallet.view_handover",), "POST": (GIVE,)}
    serializer_class = HandOverSerializer
    filterset_class = HandOverFilter
    queryset = HandOver.objects.all()

    def get_queryset(self) -> QuerySet[HandOver]:
        return visible_hand_overs(self.request.user)

    @extend_schema(
        request=CashToGive,
        responses={201: CashGivenSerializer, 200: CashGivenSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @retry_conflicts
    def post(self, request: Request) -> Response:
        """Hand cash over out of the own drawer."""
        given = give_cash(**wanted(CashToGive, request), act=act_of(request))
        return created(given.facts(), replayed=given.replayed)


class ReceiveCashView(ActView):
    """Say that cash has arrived."""

    required = {"POST": MAY_END}

    @extend_schema(
        request=None, responses={200: HandOverEndSerializer}, parameters=[IDEMPOTENCY_KEY]
    )
    @retry_conflicts
    def post(self, request: Request, hand_over_id: str) -> Response:
        given = _to_end(request.user, hand_over_id)
        received = receive_cash(hand_over_id=given.pk, act=act_of(request))
        return done(received.facts(), replayed=received.replayed)


class RejectCashView(ActView):
    """Refuse cash: it goes back into the drawer that it came from."""

    required = {"POST": MAY_END}

    @extend_schema(
        request=RejectionReason,
        responses={200: HandOverEndSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @retry_conflicts
    def post(self, request: Request, hand_over_id: str) -> Response:
        given = _to_end(request.user, hand_over_id)
        reason = wanted(RejectionReason, request)
        rejected = reject_cash(hand_over_id=given.pk, **reason, act=act_of(request))
        return done(rejected.facts(), replayed=rejected.replayed)
