"""The hospital's records over REST."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from hospital.core.api import IDEMPOTENCY_KEY, ActView, act_of, created, wanted
from hospital.core.transactions import retry_conflicts
from smcapp1.filters import ConsultationFilter, PatientFilter, ServiceItemFilter, StockFilter
from smcapp1.models import Consultation, Department, PatientProfile, ServiceItem, StockBatch
from smcapp1.serializers import (
    ConsultationSerializer,
    ConsultationToOpen,
    DepartmentSerializer,
    PatientSerializer,
    PatientToRegister,
    ServiceItemSerializer,
    StockBatchSerializer,
)
from smcapp1.services import open_consultation, register_patient

SEE_PATIENTS = ("smcapp1.view_patientprofile", "smcapp1.view_own_records")


class PatientListView(ActView, ListAPIView[PatientProfile]):
    """Patients; a patient sees the own record only."""

    required = {"GET": SEE_PATIENTS, "POST": ("smcapp1.add_patientprofile",)}
    serializer_class = PatientSerializer
    filterset_class = PatientFilter
    queryset = PatientProfile.objects.all()

    def get_queryset(self) -> QuerySet[PatientProfile]:
        return PatientProfile.objects.visible_to(self.request.user)

    @extend_schema(
        request=PatientToRegister,
        responses={201: PatientSerializer, 200: PatientSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @retry_conflicts
    def post(self, request: Request) -> Response:
        """Register a patient; the system issues the hospital number."""
        registered = register_patient(**wanted(PatientToRegister, request), act=act_of(request))
        body = PatientSerializer(registered.patient).data
        return created(body, replayed=registered.replayed)


class PatientView(ActView, RetrieveAPIView[PatientProfile]):
    """One patient."""

    required = {"GET": SEE_PATIENTS}
    serializer_class = PatientSerializer
    queryset = PatientProfile.objects.all()

    def get_queryset(self) -> QuerySet[PatientProfile]:
        return PatientProfile.objects.visible_to(self.request.user)


class DepartmentListView(ActView, ListAPIView[Department]):
    """Who delivers."""

    required = {"GET": ("smcapp1.view_department",)}
    serializer_class = DepartmentSerializer
    queryset = Department.objects.all()


class ServiceItemListView(ActView, ListAPIView[ServiceItem]):
    """What can be ordered, at today's price."""

    required = {"GET": ("smcapp1.view_serviceitem",)}
    serializer_class = ServiceItemSerializer
    filterset_class = ServiceItemFilter
    queryset = ServiceItem.objects.all()

    def get_queryset(self) -> QuerySet[ServiceItem]:
        today = timezone.localdate()
        on_sale = ServiceItem.objects.filter(is_active=True).select_related("department")
        return on_sale.priced(today).stocked(today)


class ConsultationListView(ActView, ListAPIView[Consultation]):
    """Visits."""

    required = {
        "GET": ("smcapp1.view_consultation",),
        "POST": ("smcapp1.add_consultation",),
    }
    serializer_class = ConsultationSerializer
    filterset_class = ConsultationFilter
    queryset = Consultation.objects.all()

    @extend_schema(
        request=ConsultationToOpen,
        responses={201: ConsultationSerializer, 200: ConsultationSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @retry_conflicts
    def post(self, request: Request) -> Response:
        """Open a consultation for a patient."""
        opened = open_consultation(**wanted(ConsultationToOpen, request), act=act_of(request))
        body = ConsultationSerializer(opened.consultation).data
        return created(body, replayed=opened.replayed)


class StockListView(ActView, ListAPIView[StockBatch]):
    """Batches of drugs, expired and empty ones included."""

    required = {"GET": ("smcapp1.view_stockbatch",)}
    serializer_class = StockBatchSerializer
    filterset_class = StockFilter
    queryset: Any = StockBatch.objects.all()
