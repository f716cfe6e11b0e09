"""Payers, covers and claims over REST."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.http.response import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from hospital.core.api import IDEMPOTENCY_KEY, ActView, act_of, created, done, wanted
from hospital.core.csv_writing import csv_response
from hospital.core.money import ZERO, money_text
from hospital.core.transactions import retry_conflicts
from invoicing_app.payers import serializers
from invoicing_app.payers.batches import (
    batch_facts,
    batch_rows,
    make_claim_batch,
    with_claim_numbers,
)
from invoicing_app.payers.filters import BatchFilter, ClaimFilter, RemittanceFilter
from invoicing_app.payers.membership import end_patient_cover, record_patient_cover
from invoicing_app.payers.models import (
    Claim,
    ClaimBatch,
    ClaimSettlement,
    Cover,
    PatientCover,
    Payer,
    Remittance,
    ShortPayment,
)
from invoicing_app.payers.receivables import AGES, owed_by_payers
from invoicing_app.payers.remittances import (
    Allocation,
    RemittanceWanted,
    record_remittance,
    stored_remittance,
)
from invoicing_app.payers.setting_up import Terms, add_payer, change_payer, set_cover
from invoicing_app.payers.short_payments import (
    ShortPaymentAnswer,
    approve_write_off,
    ask_write_off,
    bill_patient_for_claim,
    reject_write_off,
)
from smcapp1.models import PatientProfile

SEE_PAYERS = ("invoicing_app.view_payer",)
SET_TERMS = ("invoicing_app.set_payer_terms",)
SEE_COVERS = ("invoicing_app.view_patientcover", "smcapp1.view_own_records")
RECORD_COVERS = ("invoicing_app.record_patientcover",)
SEE_CLAIMS = ("invoicing_app.view_claim",)
SHORT_PAYMENT = {201: serializers.ShortPaymentDone, 200: serializers.ShortPaymentDone}


def _payers() -> QuerySet[Payer]:
    covers = Cover.objects.select_related("department").order_by("department__code")
    return Payer.objects.prefetch_related(Prefetch("covers", queryset=covers))


class PayersView(ActView, ListAPIView[Payer]):
    """Payers, with what they cover."""

    required = {"GET": SEE_PAYERS, "POST": SET_TERMS}
    serializer_class = serializers.PayerSerializer
    queryset = _payers()

    @extend_schema(
        request=serializers.PayerToAdd,
        responses={201: serializers.PayerSerializer, 200: serializers.PayerSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @retry_conflicts
    def post(self, request: Request) -> Response:
        """Add a payer."""
        added = add_payer(**wanted(serializers.PayerToAdd, request), act=act_of(request))
        return created(_payer_body(added.payer.pk), replayed=added.replayed)


class ChangePayerView(ActView):
    """Rename a payer, or let it pay for nothing new."""

    required = {"POST": SET_TERMS}

    @extend_schema(
        request=serializers.PayerToChange,
        responses=serializers.PayerSerializer,
        parameters=[IDEMPOTENCY_KEY],
    )
    @retry_conflicts
    def post(self, request: Request, payer_id: str) -> Response:
        changes = wanted(serializers.PayerToChange, request)
        changed = change_payer(payer_id=int(payer_id), **changes, act=act_of(request))
        return done(_payer_body(changed.payer.pk), replayed=changed.replayed)


class SetCoverView(ActView):
    """Set what a payer covers in a department from now on."""

    required = {"POST": SET_TERMS}

    @extend_schema(
        request=serializers.CoverToSet,
        responses=serializers.PayerSerializer,
        parameters=[IDEMPOTENCY_KEY],
    )
    @retry_conflicts
    def post(self, request: Request, payer_id: str) -> Response:
        asked = wanted(serializers.CoverToSet, request)
        department = asked.pop("department")
        made = set_cover(
            payer_id=int(payer_id),
            department_id=department.pk,
            terms=Terms(**asked),
            act=act_of(request),
        )
        return done(_payer_body(made.cover.payer_id), replayed=made.replayed)


def _payer_body(payer_id: int) -> dict[str, Any]:
    body: dict[str, Any] = serializers.PayerSerializer(_payers().get(pk=payer_id)).data
    return body


class PatientCoversView(ActView, ListAPIView[PatientCover]):
    """Whose member a patient is and was."""

    required = {"GET": SEE_COVERS, "POST": RECORD_COVERS}
    serializer_class = serializers.PatientCoverSerializer
    queryset = PatientCover.objects.select_related("payer")

    def get_queryset(self) -> QuerySet[PatientCover]:
        visible = PatientProfile.objects.visible_to(self.request.user)
        patient = visible.filter(pk=int(self.kwargs["patient_id"])).first()
        if patient is None:
            raise Http404
        return PatientCover.objects.filter(patient=patient).select_related("payer")

    @extend_schema(
        request=serializers.PatientCoverToRecord,
        responses={
            201: serializers.PatientCoverSerializer,
            200: serializers.PatientCoverSerializer,
        },
        parameters=[IDEMPOTENCY_KEY],
    )
    @retry_conflicts
    def post(self, request: Request, patient_id: str) -> Response:
        """Record that a payer covers the patient."""
        asked = wanted(serializers.PatientCoverToRecord, request)
        made = record_patient_cover(patient_id=int(patient_id), **asked, act=act_of(request))
        body = serializers.PatientCoverSerializer(made.cover).data
        return created(body, replayed=made.replayed)


class EndPatientCoverView(ActView):
    """Let a patient's cover end."""

    required = {"POST": RECORD_COVERS}

    @extend_schema(
        request=serializers.CoverEnd,
        responses=serializers.PatientCoverSerializer,
        parameters=[IDEMPOTENCY_KEY],
    )
    @retry_conflicts
    def post(self, request: Request, patient_id: str, cover_id: str) -> Response:
        if not PatientCover.objects.filter(pk=int(cover_id), patient=int(patient_id)).exists():
            raise Http404
        asked = wanted(serializers.CoverEnd, request)
        ended = end_patient_cover(cover_id=int(cover_id), **asked, act=act_of(request))
        body = serializers.PatientCoverSerializer(ended.cover).data
        return done(body, replayed=ended.replayed)


def _claims() -> QuerySet[Claim]:
    settlements = ClaimSettlement.objects.select_related("entry").order_by("pk")
    return Claim.objects.select_related(
        "payer", "cover", "department", "payment_line__bill_item"
    ).prefetch_related(
        Prefetch("settlements", queryset=settlements),
        Prefetch("short_payments", queryset=ShortPayment.objects.order_by("pk")),
    )


class ClaimListView(ActView, ListAPIView[Claim]):
    """What payers owe of items, newest first."""

    required = {"GET": SEE_CLAIMS}
    serializer_class = serializers.ClaimSerializer
    filterset_class = ClaimFilter
    queryset = _claims()


class ClaimView(ActView, RetrieveAPIView[Claim]):
    """One claim, and what became of it."""

    required = {"GET": SEE_CLAIMS}
    serializer_class = serializers.ClaimSerializer
    queryset = _claims()
    lookup_url_kwarg = "claim_id"


class ClaimBatchesView(ActView, ListAPIView[ClaimBatch]):
    """Claims as they were sent to their payers."""

    required = {
        "GET": ("invoicing_app.view_claimbatch",),
        "POST": ("invoicing_app.make_claimbatch",),
    }
    serializer_class = serializers.BatchSerializer
    filterset_class = BatchFilter
    queryset = ClaimBatch.objects.all()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        rows = with_claim_numbers(self.filter_queryset(self.get_queryset()))
        page = self.paginate_queryset(rows) or []
        return self.get_paginated_response(
            [batch_facts(batch, batch.number_of_claims).facts() for batch in page]
        )

    @extend_schema(
        request=serializers.BatchToMake,
        responses={201: serializers.BatchSerializer, 200: serializers.BatchSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @retry_conflicts
    def post(self, request: Request) -> Response:
        """Put what a payer owes of a period into a batch."""
        made = make_claim_batch(**wanted(serializers.BatchToMake, request), act=act_of(request))
        return created(made.facts(), replayed=made.replayed)


class ClaimBatchView(ActView):
    """One batch."""

    required = {"GET": ("invoicing_app.view_claimbatch",)}

    @extend_schema(responses=serializers.BatchSerializer)
    def get(self, request: Request, batch_id: str) -> Response:
        batch = _batch(int(batch_id))
        return Response(batch_facts(batch, batch.number_of_claims).facts())


class _Csv(JSONRenderer):
    """Lets a client ask for text/csv; what goes wrong is JSON."""

    media_type = "text/csv"
    format = "csv"


class ClaimBatchFileView(ActView):
    """The claims of a batch, for a spreadsheet."""

    required = {"GET": ("invoicing_app.view_claimbatch",)}
    renderer_classes = (JSONRenderer, _Csv)

    @extend_schema(
        responses={(200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, "A row for each claim.")}
    )
    def get(self, request: Request, batch_id: str) -> StreamingHttpResponse:
        batch = _batch(int(batch_id))
        return csv_response(f"claims-{batch}.csv", batch_rows(batch))


def _batch(batch_id: int) -> Any:
    batch = with_claim_numbers(ClaimBatch.objects.filter(pk=batch_id)).first()
    if batch is None:
        raise Http404
    return batch


class RemittancesView(ActView, ListAPIView[Remittance]):
    """What payers paid, newest first."""

    required = {
        "GET": ("invoicing_app.view_remittance",),
        "POST": ("invoicing_app.record_remittance",),
    }
    serializer_class = serializers.RemittanceSerializer
    filterset_class = RemittanceFilter
    queryset = Remittance.objects.all()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        rows = self.filter_queryset(self.get_queryset()).select_related("payer")
        page = self.paginate_queryset(rows.prefetch_related("allocations__claim")) or []
        return self.get_paginated_response([stored_remittance(one).facts() for one in page])

    @extend_schema(
        request=serializers.RemittanceToRecord,
        responses={201: serializers.RemittanceSerializer, 200: serializers.RemittanceSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @retry_conflicts
    def post(self, request: Request) -> Response:
        """Record what a payer paid, and for which claims."""
        asked = wanted(serializers.RemittanceToRecord, request)
        allocations = [Allocation(**one) for one in asked.pop("allocations")]
        remittance = RemittanceWanted(**asked, allocations=allocations)
        recorded = record_remittance(remittance, act=act_of(request))
        return created(recorded.facts(), replayed=recorded.replayed)


def _answered(answer: ShortPaymentAnswer) -> Response:
    return created(answer.facts(), replayed=answer.replayed)


class BillPatientView(ActView):
    """Bill the patient for what a payer refuses of a claim."""

    required = {"POST": ("invoicing_app.bill_patient_for_claim",)}

    @extend_schema(
        request=serializers.PartOfClaim, responses=SHORT_PAYMENT, parameters=[IDEMPOTENCY_KEY]
    )
    @retry_conflicts
    def post(self, request: Request, claim_id: str) -> Response:
        part = wanted(serializers.PartOfClaim, request)
        billed = bill_patient_for_claim(claim_id=int(claim_id), **part, act=act_of(request))
        return _answered(billed)


class AskWriteOffView(ActView):
    """Ask for a part of a claim to be written off; somebody else decides."""

    required = {"POST": ("invoicing_app.ask_write_off",)}

    @extend_schema(
        request=serializers.PartOfClaim, responses=SHORT_PAYMENT, parameters=[IDEMPOTENCY_KEY]
    )
    @retry_conflicts
    def post(self, request: Request, claim_id: str) -> Response:
        part = wanted(serializers.PartOfClaim, request)
        return _answered(ask_write_off(claim_id=int(claim_id), **part, act=act_of(request)))


class ApproveWriteOffView(ActView):
    """Write off what somebody else asked for."""

    required = {"POST": ("invoicing_app.approve_write_off",)}

    @extend_schema(
        request=serializers.WriteOffToApprove,
        responses=serializers.ShortPaymentDone,
        parameters=[IDEMPOTENCY_KEY],
    )
    @retry_conflicts
    def post(self, request: Request, claim_id: str) -> Response:
        asked = wanted(serializers.WriteOffToApprove, request)
        made = approve_write_off(claim_id=int(claim_id), **asked, act=act_of(request))
        return done(made.facts(), replayed=made.replayed)


class RejectWriteOffView(ActView):
    """Refuse a write-off that somebody else asked for."""

    required = {"POST": ("invoicing_app.approve_write_off",)}

    @extend_schema(
        request=serializers.WriteOffToReject,
        responses=serializers.ShortPaymentDone,
        parameters=[IDEMPOTENCY_KEY],
    )
    @retry_conflicts
    def post(self, request: Request, claim_id: str) -> Response:
        asked = wanted(serializers.WriteOffToReject, request)
        made = reject_write_off(claim_id=int(claim_id), **asked, act=act_of(request))
        return done(made.facts(), replayed=made.replayed)


class ReceivablesView(ActView):
    """What payers owe when a business day ends, by how long they have owed it."""

    required = {"GET": SEE_CLAIMS}

    @extend_schema(parameters=[serializers.DayQuery], responses=serializers.ReceivablesSerializer)
    def get(self, request: Request) -> Response:
        query = serializers.DayQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        day = query.validated_data.get("day") or timezone.localdate()
        owed = owed_by_payers(day)
        return Response(
            {
                "day": str(day),
                "payers": [
                    {
                        "payer": one.payer.code,
                        "name": one.payer.name,
                        "claims": one.claims,
                        "ages": [
                            {"age": title, "amount": money_text(one.by_age[days])}
                            for days, title in AGES.items()
                        ],
                        "total": money_text(one.total),
                    }
                    for one in owed
                ],
                "total": money_text(sum((one.total for one in owed), ZERO)),
            }
        )
