"""Where payment gateways call us."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from client_wallet.gateways import configured_gateway
from client_wallet.models import GatewayEvent
from client_wallet.online_payments import GATEWAY_USER, credit_online_payment
from hospital.core.parsers import LengthRequired, RequestTooLarge
from hospital.core.system_users import system_user
from hospital.core.transactions import retry_conflicts

MAX_WEBHOOK_BYTES = 64 * 1024


@extend_schema(exclude=True)  # its shape is the gateway's, not ours
class GatewayWebhookView(APIView):
    """
    Hears the gateway of the settings. Nothing in the body is read before its signature is proven.

    What was heard is answered by 200, also when it is heard again; anything else has the gateway
    call again.
    """

    authentication_classes = ()  # whoever calls proves it by the signature
    permission_classes = (AllowAny,)
    bucket = "webhook"

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Answer JSON whatever the gateway says it accepts: what counts is that it was heard."""
        return super().perform_content_negotiation(request, force=True)

    @retry_conflicts
    def post(self, request: Request, gateway: str) -> Response:
        configured = configured_gateway()
        if configured is None or configured.name != gateway:
            raise NotFound
        body = _bounded_body(request)
        headers = {name.lower(): value for name, value in request.headers.items()}
        notice = configured.verify_webhook(headers, body)
        if notice is not None:
            credit_online_payment(
                gateway=configured.name,
                notice=notice,
                source=GatewayEvent.Source.WEBHOOK,
                actor=system_user(GATEWAY_USER),
            )
        return Response({"heard": notice is not None})


def _bounded_body(request: Request) -> bytes:
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdecimal():
        raise LengthRequired
    if int(length) > MAX_WEBHOOK_BYTES:
        raise RequestTooLarge
    body: bytes = request._request.body  # noqa: SLF001 - DRF has no other way to the raw bytes
    return body
