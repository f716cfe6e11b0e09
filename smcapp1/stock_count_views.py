"""Stock counts over REST."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from hospital.core.api import IDEMPOTENCY_KEY, ActView, act_of, created, done, wanted
from hospital.core.transactions import retry_conflicts
from smcapp1.filters import StockCountFilter
from smcapp1.models import StockCount
from smcapp1.services import (
    Counted,
    approve_stock_count,
    explain_stock_count,
    open_stock_count,
    reject_stock_count,
    submit_stock_count,
)
from smcapp1.stock_count_serializers import (
    RejectReason,
    StockCountDetailSerializer,
    StockCountNumbers,
    StockCountReasons,
    StockCountSerializer,
    StockCountToOpen,
)

SEE = ("smcapp1.view_stockcount",)
COUNT = ("smcapp1.count_stock",)
APPROVE = ("smcapp1.approve_stockcount",)


class StockCountsView(ActView, ListAPIView[StockCount]):
    """Stock counts, newest first; and beginning one."""

    required = {"GET": SEE, "POST": COUNT}
    serializer_class = StockCountSerializer
    filterset_class = StockCountFilter
    queryset: Any = StockCount.objects.select_related("department")

    @extend_schema(
        request=StockCountToOpen,
        responses={201: StockCountDetailSerializer, 200: StockCountDetailSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @retry_conflicts
    def post(self, request: Request) -> Response:
        opened = open_stock_count(**wanted(StockCountToOpen, request), act=act_of(request))
        return created(_body(opened), replayed=opened.replayed)


class StockCountView(ActView, RetrieveAPIView[StockCount]):
    """One stock count with its lines."""

    required = {"GET": SEE}
    serializer_class = StockCountDetailSerializer
    queryset: Any = StockCount.objects.select_related("department")
    lookup_url_kwarg = "count_id"


class SubmitStockCountView(ActView):
    """Say how many there are of every batch; only the answer says what should have been there."""

    required = {"POST": COUNT}

    @extend_schema(
        request=StockCountNumbers,
        responses={200: StockCountDetailSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @retry_conflicts
    def post(self, request: Request, count_id: str) -> Response:
        said = wanted(StockCountNumbers, request)
        return _answer(submit_stock_count(count_id=int(count_id), **said, act=act_of(request)))


class ExplainStockCountView(ActView):
    """Say why there are more or fewer of some batches than there should be."""

    required = {"POST": COUNT}

    @extend_schema(
        request=StockCountReasons,
        responses={200: StockCountDetailSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @retry_conflicts
    def post(self, request: Request, count_id: str) -> Response:
        said = wanted(StockCountReasons, request)
        return _answer(explain_stock_count(count_id=int(count_id), **said, act=act_of(request)))


class ApproveStockCountView(ActView):
    """Let the differences that somebody else counted move stock."""

    required = {"POST": APPROVE}

    @extend_schema(
        request=None, responses={200: StockCountDetailSerializer}, parameters=[IDEMPOTENCY_KEY]
    )
    @retry_conflicts
    def post(self, request: Request, count_id: str) -> Response:
        return _answer(approve_stock_count(count_id=int(count_id), act=act_of(request)))


class RejectStockCountView(ActView):
    """Let a count come to nothing."""

    required = {"POST": (*APPROVE, *COUNT)}

    @extend_schema(
        request=RejectReason,
        responses={200: StockCountDetailSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @retry_conflicts
    def post(self, request: Request, count_id: str) -> Response:
        why = wanted(RejectReason, request)
        return _answer(reject_stock_count(count_id=int(count_id), **why, act=act_of(request)))


def _body(counted: Counted) -> Any:
    return StockCountDetailSerializer(counted.count).data


def _answer(counted: Counted) -> Response:
    return done(_body(counted), replayed=counted.replayed)
