"""
Razorpay: its Orders API, hosted checkout and signed webhooks, as its public documentation has them.

Amounts are whole hundredths (paise). An order is paid by cards, UPI and whatever else the account
offers; only a captured payment is money. https://razorpay.com/docs/api/orders/
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

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
from hospital.core.money import ZERO

_STATES = {  # of a payment: one try to pay an order
    "created": State.PENDING,
    "authorized": State.PENDING,  # held on the card, not taken
    "captured": State.PAID,
    "refunded": State.GIVEN_BACK,  # all of it
    "failed": State.FAILED,
}
_TAKEN_BACK = "payment.dispute.lost"  # by the payer's bank, though the payment stays captured


@dataclass(frozen=True)
class Razorpay:
    """The account of ``key_id`` at Razorpay."""

    caller: Caller
    webhook_secret: str
    key_id: str
    name: ClassVar[str] = "razorpay"

    def start_payment(self, order: Order) -> Started:
        answer = self.caller.post(
            "/v1/orders",
            {
                "amount": int(order.amount.scaleb(2)),
                "currency": order.currency,
                "receipt": order.reference,  # 40 characters at most
            },
        )
        try:
            order_id = text(answer, "id")
        except Unreadable as error:
            raise GatewaySilent(str(error)) from error
        if not order_id:
            raise GatewaySilent("an order without an id")
        return Started(order_id, f"{self.caller.address}/v1/checkout/embedded")

    def checkout_form(self, order: Order, started: Started) -> Mapping[str, str]:
        return {
            "key_id": self.key_id,
            "order_id": started.gateway_reference,
            "amount": str(int(order.amount.scaleb(2))),
            "currency": order.currency,
            "name": order.description,
            "callback_url": order.return_url,
            "cancel_url": order.return_url,
        }

    def verify_webhook(self, headers: Headers, body: bytes) -> Notice | None:
        require_signature(self.webhook_secret, body, headers.get("x-razorpay-signature", ""))
        facts = object_in(body)
        payment = part(facts, "payload", "payment", "entity")
        event = str(part(facts, "event") or "")
        if payment is None or not event.startswith(("payment.", "order.", "refund.")):
            return None
        if part(payment, "order_id") is None:
            return None  # paid without an order: none of ours
        try:
            notice = _notice(payment, part(facts, "payload", "order", "entity"))
        except Unreadable as error:
            raise InvalidRequest("body", str(error)) from error
        return replace(notice, state=State.GIVEN_BACK) if event == _TAKEN_BACK else notice

    def find_payment(self, reference: str, gateway_reference: str) -> Sequence[Notice]:
        try:
            orders = [gateway_reference] if gateway_reference else self._orders_of(reference)
            found = [
                _notice(payment, {"receipt": reference})
                for order_id in orders
                for payment in self._items(f"/v1/orders/{quote(order_id, safe='')}/payments")
            ]
        except Unreadable as error:
            raise GatewaySilent(str(error)) from error
        return found

    def _orders_of(self, reference: str) -> list[str]:
        """Return the ids of the orders with our reference: their answer never reached us."""
        return [
            text(order, "id") for order in self._items(f"/v1/orders?{_query(receipt=reference)}")
        ]

    def _items(self, path: str) -> list[Any]:
        items = part(self.caller.get(path), "items")
        if not isinstance(items, list):
            raise Unreadable("no collection of items")
        return items


def _query(**values: str) -> str:
    return urlencode(values)


def _given_back(payment: Any) -> Decimal:
    return hundredths(payment, "amount_refunded") if part(payment, "amount_refunded") else ZERO


def _notice(payment: Any, order: Any) -> Notice:
    state = _STATES.get(str(part(payment, "status")))
    if state is None:
        raise Unreadable("payment.status is none of the protocol")
    given_back = _given_back(payment)
    return Notice(
        State.GIVEN_BACK if given_back else state,
        reference=text(order, "receipt"),  # notes of a payment are the payer's to write
        gateway_reference=text(payment, "order_id"),
        payment_reference=text(payment, "id"),
        amount=hundredths(payment, "amount") - given_back,
        currency=currency(payment, "currency"),
    )
