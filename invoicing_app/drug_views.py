"""Paid drugs over REST: handed out, and traced from their batch."""

from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from hospital.core.api import IDEMPOTENCY_KEY, ActView, act_of, created, wanted
from hospital.core.csv_writing import csv_response
from hospital.core.transactions import retry_conflicts
from invoicing_app.drug_serializers import HandOutSerializer, HandOutWanted, RecallSerializer
from invoicing_app.hand_outs import HandedOut, hand_out_drug
from invoicing_app.models import DispensedStock
from invoicing_app.recalls import batch_to_recall, recall_file_name, recall_rows, recalled

SEE = ("invoicing_app.view_drughandout",)


class HandOutView(ActView):
    """Give a patient so many of a paid drug; without a quantity, all that is owed."""

    required = {"POST": ("invoicing_app.hand_out_drugs",)}

    @extend_schema(
        request=HandOutWanted,
        responses={201: HandOutSerializer, 200: HandOutSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @retry_conflicts
    def post(self, request: Request, bill_item_id: str) -> Response:
        handed_out = hand_out_drug(
            bill_item_id=int(bill_item_id), **wanted(HandOutWanted, request), act=act_of(request)
        )
        return created(_body(handed_out), replayed=handed_out.replayed)


def _body(handed_out: HandedOut) -> Any:
    (one,) = handed_out.hand_outs
    facts = {
        "id": one.pk,
        "bill_item_id": one.bill_item_id,
        "quantity": one.quantity,
        "owed": handed_out.owed[one.bill_item_id],
        "handed_out_by": one.handed_out_by_id,
        "handed_out_at": one.handed_out_at,
    }
    return HandOutSerializer(facts).data


class RecallView(ActView, ListAPIView[DispensedStock]):
    """Whom the drugs of a batch went to, and on which receipts they were paid."""

    required = {"GET": SEE}
    serializer_class = RecallSerializer
    queryset: Any = DispensedStock.objects.all()

    def get_queryset(self) -> Any:
        return recalled(batch_to_recall(int(self.kwargs["batch_id"])).pk)


class _Csv(JSONRenderer):
    """Lets a client ask for text/csv; what goes wrong is JSON."""

    media_type = "text/csv"
    format = "csv"


class RecallFileView(ActView):
    """The same as a CSV file, whole."""

    required = {"GET": SEE}
    renderer_classes = (JSONRenderer, _Csv)

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, batch_id: str) -> StreamingHttpResponse:
        batch = batch_to_recall(int(batch_id))
        return csv_response(recall_file_name(batch), recall_rows(batch.pk))
