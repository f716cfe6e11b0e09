"""Refunds over REST."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from hospital.core.api import IDEMPOTENCY_KEY, ActView, act_of, created, done, wanted
from hospital.core.errors import NotFound
from hospital.core.transactions import retry_conflicts
from invoicing_app.refunds.answers import plan_facts
from invoicing_app.refunds.asking import require_whole_intent
from invoicing_app.refunds.deciding import approve_refund, reject_refund
from invoicing_app.refunds.filters import RefundFilter
from invoicing_app.refunds.models import Refund
from invoicing_app.refunds.paying_out import pay_out_refund
from invoicing_app.refunds.planning import payment_of, plan_refund
from invoicing_app.refunds.requesting import (
    ask_refund,
    edit_refund,
    is_drawer_short,
    withdraw_refund,
)
from invoicing_app.refunds.serializers import (
    RefundApproval,
    RefundEdited,
    RefundPlanSerializer,
    RefundSerializer,
    RefundWanted,
    RefundWhy,
    intent_of,
)

SEE = ("invoicing_app.view_refund",)
ASK = ("invoicing_app.ask_refund",)
APPROVE = ("invoicing_app.approve_refund",)
PAY_OUT = ("invoicing_app.pay_out_refund",)


class RefundsView(ActView, ListAPIView[Refund]):
    """Refunds, newest first; and asking for one."""

    required = {"GET": SEE, "POST": ASK}
    serializer_class = RefundSerializer
    filterset_class = RefundFilter
    queryset = Refund.objects.with_details()

    @extend_schema(
        request=RefundWanted,
        responses={201: RefundSerializer, 200: RefundSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @retry_conflicts
    def post(self, request: Request) -> Response:
        act = act_of(request)
        intent = intent_of(wanted(RefundWanted, request), key=act.key)
        refund = ask_refund(intent=intent, actor=act.actor)
        return created(refund.facts(), replayed=refund.replayed)


class RefundPlanView(ActView):
    """What a refund would come to, and where each amount would go; nothing is kept."""

    required = {"POST": ASK}

    @extend_schema(request=RefundWanted, responses={200: RefundPlanSerializer})
    def post(self, request: Request) -> Response:
        intent = intent_of(wanted(RefundWanted, request))
        require_whole_intent(intent)
        plan = plan_refund(intent, payment_of(intent.payment_id))
        return done(plan_facts(plan, drawer_is_short=is_drawer_short(plan, request.user)))


class RefundView(ActView, RetrieveAPIView[Refund]):
    """One refund; whoever asked for it may ask for something else instead."""

    required = {"GET": SEE, "PATCH": ASK}
    serializer_class = RefundSerializer
    queryset = Refund.objects.with_details()
    lookup_url_kwarg = "refund_id"

    @extend_schema(
        request=RefundEdited, responses={200: RefundSerializer}, parameters=[IDEMPOTENCY_KEY]
    )
    @retry_conflicts
    def patch(self, request: Request, refund_id: str) -> Response:
        act = act_of(request)
        given = wanted(RefundEdited, request)
        intent = intent_of(given, payment_id=_payment_id(int(refund_id)), key=act.key)
        return _answer(edit_refund(refund_id=int(refund_id), intent=intent, actor=act.actor))


class ApproveRefundView(ActView):
    """Agree to what somebody else asked for, as it was read."""

    required = {"POST": APPROVE}

    @extend_schema(
        request=RefundApproval, responses={200: RefundSerializer}, parameters=[IDEMPOTENCY_KEY]
    )
    @retry_conflicts
    def post(self, request: Request, refund_id: str) -> Response:
        given = wanted(RefundApproval, request)
        return _answer(approve_refund(refund_id=int(refund_id), **given, act=act_of(request)))


class RejectRefundView(ActView):
    """Refuse what somebody else asked for, approved or not."""

    required = {"POST": APPROVE}

    @extend_schema(
        request=RefundWhy, responses={200: RefundSerializer}, parameters=[IDEMPOTENCY_KEY]
    )
    @retry_conflicts
    def post(self, request: Request, refund_id: str) -> Response:
        given = wanted(RefundWhy, request)
        return _answer(reject_refund(refund_id=int(refund_id), **given, act=act_of(request)))


class WithdrawRefundView(ActView):
    """Call off what the caller asked for."""

    required = {"POST": ASK}

    @extend_schema(request=None, responses={200: RefundSerializer}, parameters=[IDEMPOTENCY_KEY])
    @retry_conflicts
    def post(self, request: Request, refund_id: str) -> Response:
        return _answer(withdraw_refund(refund_id=int(refund_id), act=act_of(request)))


class PayOutRefundView(ActView):
    """Give back what was approved; cash comes out of the caller's drawer."""

    required = {"POST": PAY_OUT}

    @extend_schema(request=None, responses={200: RefundSerializer}, parameters=[IDEMPOTENCY_KEY])
    @retry_conflicts
    def post(self, request: Request, refund_id: str) -> Response:
        return _answer(pay_out_refund(refund_id=int(refund_id), act=act_of(request)))


def _payment_id(refund_id: int) -> int:
    found = Refund.objects.filter(pk=refund_id).values_list("payment_id", flat=True).first()
    if found is None:
        raise NotFound("There is no refund with this id.")
    return found


def _answer(refund: Any) -> Response:
    return done(refund.facts(), replayed=refund.replayed)
