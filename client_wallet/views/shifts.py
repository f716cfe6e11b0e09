"""Shifts over REST: opened, counted blind, accepted by somebody else, and their reports."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from client_wallet.filters import ShiftFilter
from client_wallet.models import Shift
from client_wallet.shift_serializers import (
    DrawerCount,
    ShiftCountedSerializer,
    ShiftOpenedSerializer,
    ShiftSerializer,
    ShiftToOpen,
    VarianceReason,
    XReportSerializer,
    ZReportSerializer,
)
from client_wallet.shift_visibility import CLOSE_ANY, seen_x_report, visible_shifts
from client_wallet.shifts import (
    accept_variance,
    count_shift,
    open_shift,
    recount_shift,
    z_report,
)
from hospital.core.api import IDEMPOTENCY_KEY, ActView, act_of, created, done, wanted
from hospital.core.transactions import retry_conflicts

SEE_SHIFTS = ("client_wallet.view_shift",)
OPEN_SHIFT = ("client_wallet.open_shift",)


def _with_counts(shifts: QuerySet[Shift]) -> QuerySet[Shift]:
    return shifts.select_related("cashier", "z_report").prefetch_related("counts__lines")


def _visible(user: Any, shift_id: str) -> Shift:
    shift = visible_shifts(user).filter(pk=int(shift_id)).first()
    if shift is None:
        raise Http404
    return shift


def _to_count(user: Any, shift_id: str) -> Shift:
    """Return a shift that the user may count: the own one, or anybody's."""
    shift = _visible(user, shift_id)
    if shift.cashier_id != user.pk and not user.has_perm(CLOSE_ANY):
        raise Http404
    return shift


class ShiftListView(ActView, ListAPIView[Shift]):
    """Shifts: a cashier's own, or everybody's to whoever reads the journal."""

    required = {"GET": SEE_SHIFTS, "POST": OPEN_SHIFT}
    serializer_class = ShiftSerializer
    filterset_class = ShiftFilter
    queryset = Shift.objects.all()

    def get_queryset(self) -> QuerySet[Shift]:
        return _with_counts(visible_shifts(self.request.user))

    @extend_schema(
        request=ShiftToOpen,
        responses={201: ShiftOpenedSerializer, 200: ShiftOpenedSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @retry_conflicts
    def post(self, request: Request) -> Response:
        """Open the own shift, with a float out of the safe."""
        opened = open_shift(**wanted(ShiftToOpen, request), act=act_of(request))
        body = {**opened.facts(), "status": Shift.Status.OPEN}
        return created(body, replayed=opened.replayed)


class CurrentShiftView(ActView):
    """The open shift of whoever is signed in; 404 where there is none."""

    required = {"GET": OPEN_SHIFT}

    @extend_schema(responses=ShiftSerializer)
    def get(self, request: Request) -> Response:
        own = Shift.objects.filter(cashier=request.user.pk, status=Shift.Status.OPEN)
        shift = _with_counts(own).first()
        if shift is None:
            raise Http404
        return Response(ShiftSerializer(shift).data)


class ShiftView(ActView, RetrieveAPIView[Shift]):
    """One shift."""

    required = {"GET": SEE_SHIFTS}
    serializer_class = ShiftSerializer
    queryset = Shift.objects.all()
    lookup_url_kwarg = "shift_id"

    def get_queryset(self) -> QuerySet[Shift]:
        return _with_counts(visible_shifts(self.request.user))


class XReportView(ActView):
    """What a shift has come to at this moment; to its own cashier without amounts."""

    required = {"GET": SEE_SHIFTS}

    @extend_schema(responses=XReportSerializer)
    def get(self, request: Request, shift_id: str) -> Response:
        return Response(seen_x_report(request.user, _visible(request.user, shift_id)))


class ZReportView(ActView):
    """What a closed shift came to, the same for ever; 404 until it is closed."""

    required = {"GET": SEE_SHIFTS}

    @extend_schema(responses=ZReportSerializer)
    def get(self, request: Request, shift_id: str) -> Response:
        return Response(z_report(_visible(request.user, shift_id).pk))


class CloseShiftView(ActView):
    """Count a drawer blind, and close its shift if nobody has to accept the difference."""

    required = {"POST": OPEN_SHIFT}

    @extend_schema(
        request=DrawerCount, responses={200: ShiftCountedSerializer}, parameters=[IDEMPOTENCY_KEY]
    )
    @retry_conflicts
    def post(self, request: Request, shift_id: str) -> Response:
        shift = _to_count(request.user, shift_id)
        counted = count_shift(
            shift_id=shift.pk, **wanted(DrawerCount, request), act=act_of(request)
        )
        return done(counted.facts(), replayed=counted.replayed)


class RecountShiftView(ActView):
    """Count a drawer again whose count waits to be accepted."""

    required = {"POST": OPEN_SHIFT}

    @extend_schema(
        request=DrawerCount, responses={200: ShiftCountedSerializer}, parameters=[IDEMPOTENCY_KEY]
    )
    @retry_conflicts
    def post(self, request: Request, shift_id: str) -> Response:
        shift = _to_count(request.user, shift_id)
        counted = recount_shift(
            shift_id=shift.pk, **wanted(DrawerCount, request), act=act_of(request)
        )
        return done(counted.facts(), replayed=counted.replayed)


class AcceptShiftView(ActView):
    """Accept what somebody else's count differs by, and close the shift."""

    required = {"POST": ("client_wallet.accept_variance",)}

    @extend_schema(
        request=VarianceReason,
        responses={200: ShiftCountedSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @retry_conflicts
    def post(self, request: Request, shift_id: str) -> Response:
        shift = _visible(request.user, shift_id)
        reason = wanted(VarianceReason, request)
        accepted = accept_variance(shift_id=shift.pk, **reason, act=act_of(request))
        return done(accepted.facts(), replayed=accepted.replayed)
