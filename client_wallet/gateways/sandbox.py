"""The gateway in the sandbox bank's process; docs/online-payments.md has its protocol."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

from client_wallet.gateways.calling import Caller
from client_wallet.gateways.interface import (
    GatewaySilent,
    Headers,
    Notice,
    Order,
    Started,
    State,
)
from client_wallet.gateways.reading import (
    Unreadable,
    currency,
    hundredths,
    object_in,
    part,
    require_signature,
    text,
)
from hospital.core.errors import InvalidRequest


@dataclass(frozen=True)
class SandboxGateway:
    """Only pretends: patients pay, decline or leave on a page of it."""

    caller: Caller
    webhook_secret: str
    name: ClassVar[str] = "sandbox"

    def start_payment(self, order: Order) -> Started:
        answer = self.caller.post(
            "/gateway/orders",
            {
                "reference": order.reference,
                "amount": int(order.amount.scaleb(2)),
                "currency": order.currency,
                "description": order.description,
                "return_url": order.return_url,
                "webhook_url": order.webhook_url,
            },
        )
        try:
            started = Started(text(answer, "id"), str(part(answer, "checkout_url") or ""))
        except Unreadable as error:
            raise GatewaySilent(str(error)) from error
        if not started.gateway_reference or not started.checkout_url:
            raise GatewaySilent("an order without an id or an address")
        return started

    def checkout_form(self, order: Order, started: Started) -> Mapping[str, str]:
        return {}

    def verify_webhook(self, headers: Headers, body: bytes) -> Notice | None:
        require_signature(self.webhook_secret, body, headers.get("x-sandbox-signature", ""))
        facts = object_in(body)
        try:
            return _notice(facts)
        except Unreadable as error:
            raise InvalidRequest("body", str(error)) from error

    def find_payment(self, reference: str, gateway_reference: str) -> Sequence[Notice]:
        answer = self.caller.get(f"/gateway/orders?{urlencode({'reference': reference})}")
        orders = part(answer, "orders")
        if not isinstance(orders, list):
            raise GatewaySilent("no list of orders")
        try:
            return [_notice(order) for order in orders if part(order, "status") != "OPEN"]
        except Unreadable as error:
            raise GatewaySilent(str(error)) from error


_STATES = {"PAID": State.PAID, "DECLINED": State.FAILED, "OPEN": State.PENDING}


def _notice(facts: Any) -> Notice:
    state = _STATES.get(str(part(facts, "status")))
    if state is None:
        raise Unreadable("status is none of the protocol")
    return Notice(
        state,
        reference=text(facts, "reference"),
        gateway_reference=text(facts, "id"),
        payment_reference=text(facts, "payment_id"),
        amount=hundredths(facts, "amount"),
        currency=currency(facts, "currency"),
    )
