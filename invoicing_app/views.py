"""Bills and payments over REST."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from client_wallet.models import PaymentMethod
from hospital.core.api import IDEMPOTENCY_KEY, ActView, act_of, created, wanted
from hospital.core.transactions import retry_conflicts
from invoicing_app.filters import LabResultFilter, PaymentFilter
from invoicing_app.models import DepositReceiving
from invoicing_app.payment_services import (
    Bill,
    PaymentCalculationService,
    PaymentIntent,
    PaymentProcessingService,
)
from invoicing_app.running_bill import running_bill
from invoicing_app.serializers import (
    BillItemSerializer,
    BillQuery,
    BillSerializer,
    DepartmentDueSerializer,
    DepositReceivingSerializer,
    ItemsToOrder,
    LabResultSerializer,
    OrderedSerializer,
    PaymentSerializer,
    RunningBillSerializer,
    VoidReason,
    payment_body,
)
from invoicing_app.services import Order, item_facts, order_items, void_item
from invoicing_app.tenders import Tender
from smcapp1.models import Consultation, LabResult

SEE_PAYMENTS = ("invoicing_app.view_depositreceiving", "smcapp1.view_own_records")


def _visible_consultation(user: Any, consultation_id: int) -> Consultation:
    """Return a visit that the user may see; anybody else's is not there."""
    visible = Consultation.objects.visible_to(user).filter(pk=consultation_id).first()
    if visible is None:
        raise Http404
    return visible


def _require_own_bill(user: Any, consultation_id: int) -> None:
    """A bill that somebody may see is not for that reason one to pay from the patient's wallet."""
    if not Consultation.objects.filter(pk=consultation_id, patient__user=user).exists():
        raise Http404


class BillView(ActView):
    """What stands on a consultation's bill and what of it is due."""

    required = {"GET": SEE_PAYMENTS}

    @extend_schema(parameters=[BillQuery], responses=BillSerializer)
    def get(self, request: Request, consultation_id: str) -> Response:
        query = BillQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        consultation = _visible_consultation(request.user, int(consultation_id))
        bill = PaymentCalculationService.bill(consultation.pk, query.validated_data["department"])
        return Response({**_bill_body(bill), "patient_id": consultation.patient_id})


def _bill_body(bill: Bill) -> dict[str, Any]:
    return {
        "consultation_id": bill.consultation_id,
        "department": bill.department,
        "total_due": str(bill.total_due),
        "cash_due": str(bill.cash_due),
        "payer": bill.payer,
        "payer_total": str(bill.payer_total),
        "departments": DepartmentDueSerializer(bill.departments, many=True).data,
        "items": [item_facts(item, bill.payer_share(item)) for item in bill.items],
    }


class RunningBillView(ActView):
    """What a visit has run up, and whether the patient's wallet is enough for it."""

    required = {"GET": SEE_PAYMENTS}

    @extend_schema(responses=RunningBillSerializer)
    def get(self, request: Request, consultation_id: str) -> Response:
        consultation = _visible_consultation(request.user, int(consultation_id))
        return Response(RunningBillSerializer(running_bill(consultation)).data)


class CreatePaymentView(ActView):
    """Take a payment for everything unpaid in a department, or in all."""

    required = {"POST": ("invoicing_app.take_payment", "invoicing_app.pay_own_bill")}

    @extend_schema(
        request=DepositReceivingSerializer,
        responses={201: PaymentSerializer, 200: PaymentSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @retry_conflicts
    def post(self, request: Request) -> Response:
        act = act_of(request)
        intent = _intent(wanted(DepositReceivingSerializer, request), act.key)
        if not act.actor.has_perm("invoicing_app.take_payment"):
            if intent.methods != {PaymentMethod.WALLET}:
                raise PermissionDenied("A patient pays from the own wallet.")
            _require_own_bill(act.actor, intent.consultation_id)
        taken = PaymentProcessingService(actor=act.actor).process_transaction(intent)
        return created(payment_body(taken.facts()), replayed=taken.replayed)


def _intent(asked: dict[str, Any], key: str) -> PaymentIntent:
    tenders = asked.pop("tenders", None)
    if tenders is not None:
        tenders = [Tender(**tender) for tender in tenders]
    return PaymentIntent(**asked, tenders=tenders, key=key)


create_payment = CreatePaymentView.as_view()


class PaymentListView(ActView, ListAPIView[DepositReceiving]):
    """Payments; a patient sees those of the own bills."""

    required = {"GET": SEE_PAYMENTS}
    serializer_class = PaymentSerializer
    filterset_class = PaymentFilter
    queryset = DepositReceiving.objects.all()

    def get_queryset(self) -> Any:
        return DepositReceiving.objects.visible_to(self.request.user).with_details()


class PaymentView(ActView, RetrieveAPIView[DepositReceiving]):
    """One payment."""

    required = {"GET": SEE_PAYMENTS}
    serializer_class = PaymentSerializer
    queryset = DepositReceiving.objects.all()
    lookup_url_kwarg = "payment_id"

    def get_queryset(self) -> Any:
        return DepositReceiving.objects.visible_to(self.request.user).with_details()


class OrderItemsView(ActView):
    """Put items on a consultation's bill."""

    required = {"POST": ("invoicing_app.order_items",)}

    @extend_schema(
        request=ItemsToOrder,
        responses={201: OrderedSerializer, 200: OrderedSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @retry_conflicts
    def post(self, request: Request, consultation_id: str) -> Response:
        orders = [Order(**entry) for entry in wanted(ItemsToOrder, request)["items"]]
        ordered = order_items(
            consultation_id=int(consultation_id), orders=orders, act=act_of(request)
        )
        body = {
            "consultation_id": int(consultation_id),
            "items": ordered.shown,
        }
        return created(body, replayed=ordered.replayed)


class VoidItemView(ActView):
    """Cancel an unpaid item."""

    required = {"POST": ("invoicing_app.void_billitem",)}

    @extend_schema(
        request=VoidReason, responses={200: BillItemSerializer}, parameters=[IDEMPOTENCY_KEY]
    )
    @retry_conflicts
    def post(self, request: Request, bill_item_id: str) -> Response:
        voided = void_item(
            bill_item_id=int(bill_item_id), **wanted(VoidReason, request), act=act_of(request)
        )
        headers = {"Idempotent-Replayed": "true"} if voided.replayed else None
        return Response(item_facts(voided.item), headers=headers)


class LabResultListView(ActView, ListAPIView[LabResult]):
    """Tests that were paid for, with their results."""

    required = {"GET": ("smcapp1.view_labresult",)}
    serializer_class = LabResultSerializer
    filterset_class = LabResultFilter
    queryset = LabResult.objects.select_related("test", "bill_item")
