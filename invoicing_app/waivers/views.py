"""Waivers over REST."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from hospital.core.api import IDEMPOTENCY_KEY, ActView, act_of, created, done, wanted
from hospital.core.transactions import retry_conflicts
from invoicing_app.waivers.asking import WaiverIntent
from invoicing_app.waivers.deciding import (
    approve_waiver,
    reject_waiver,
    take_back_waiver,
    withdraw_waiver,
)
from invoicing_app.waivers.filters import WaiverFilter
from invoicing_app.waivers.models import Waiver, WaiverReason
from invoicing_app.waivers.requesting import request_waiver
from invoicing_app.waivers.serializers import (
    WaiverApproval,
    WaiverReasonSerializer,
    WaiverSerializer,
    WaiverWanted,
    WaiverWhy,
)

SEE = ("invoicing_app.view_waiver",)
GRANT = ("invoicing_app.grant_waiver",)
APPROVE = ("invoicing_app.approve_waiver",)
TAKE_BACK = ("invoicing_app.take_back_waiver",)


class WaiversView(ActView, ListAPIView[Waiver]):
    """Waivers, newest first; and asking for one, which is granted at once within the limit."""

    required = {"GET": SEE, "POST": GRANT}
    serializer_class = WaiverSerializer
    filterset_class = WaiverFilter
    queryset = Waiver.objects.with_details()

    @extend_schema(
        request=WaiverWanted,
        responses={201: WaiverSerializer, 200: WaiverSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @retry_conflicts
    def post(self, request: Request) -> Response:
        act = act_of(request)
        intent = WaiverIntent(**wanted(WaiverWanted, request), key=act.key)
        waiver = request_waiver(intent=intent, actor=act.actor)
        return created(waiver.facts(), replayed=waiver.replayed)


class WaiverView(ActView, RetrieveAPIView[Waiver]):
    """One waiver."""

    required = {"GET": SEE}
    serializer_class = WaiverSerializer
    queryset = Waiver.objects.with_details()
    lookup_url_kwarg = "waiver_id"


class ApproveWaiverView(ActView):
    """Grant what somebody else asked for, as it was read."""

    required = {"POST": APPROVE}

    @extend_schema(
        request=WaiverApproval, responses={200: WaiverSerializer}, parameters=[IDEMPOTENCY_KEY]
    )
    @retry_conflicts
    def post(self, request: Request, waiver_id: str) -> Response:
        given = wanted(WaiverApproval, request)
        return _answer(approve_waiver(waiver_id=int(waiver_id), **given, act=act_of(request)))


class RejectWaiverView(ActView):
    """Refuse what somebody else asked for."""

    required = {"POST": APPROVE}

    @extend_schema(
        request=WaiverWhy, responses={200: WaiverSerializer}, parameters=[IDEMPOTENCY_KEY]
    )
    @retry_conflicts
    def post(self, request: Request, waiver_id: str) -> Response:
        given = wanted(WaiverWhy, request)
        return _answer(reject_waiver(waiver_id=int(waiver_id), **given, act=act_of(request)))


class WithdrawWaiverView(ActView):
    """Call off what the caller asked for."""

    required = {"POST": GRANT}

    @extend_schema(request=None, responses={200: WaiverSerializer}, parameters=[IDEMPOTENCY_KEY])
    @retry_conflicts
    def post(self, request: Request, waiver_id: str) -> Response:
        return _answer(withdraw_waiver(waiver_id=int(waiver_id), act=act_of(request)))


class TakeBackWaiverView(ActView):
    """Let what was waived be due again, before it is paid."""

    required = {"POST": TAKE_BACK}

    @extend_schema(
        request=WaiverWhy, responses={200: WaiverSerializer}, parameters=[IDEMPOTENCY_KEY]
    )
    @retry_conflicts
    def post(self, request: Request, waiver_id: str) -> Response:
        given = wanted(WaiverWhy, request)
        return _answer(take_back_waiver(waiver_id=int(waiver_id), **given, act=act_of(request)))


class WaiverReasonsView(ActView, ListAPIView[WaiverReason]):
    """Reasons that a waiver can have."""

    required = {"GET": ("invoicing_app.view_waiverreason",)}
    serializer_class = WaiverReasonSerializer
    queryset = WaiverReason.objects.filter(is_active=True)


def _answer(waiver: Any) -> Response:
    return done(waiver.facts(), replayed=waiver.replayed)
