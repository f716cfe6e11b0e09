"""Razorpay's wire format: fixtures of our own in the shapes that its documentation shows."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from client_wallet.errors import UnsignedWebhook
from client_wallet.gateways import GatewaySilent, Notice, Order
from client_wallet.gateways.calling import Caller
from client_wallet.gateways.razorpay import Razorpay
from client_wallet.models import GatewayEvent
from hospital.core.errors import InvalidRequest

SECRET = "webhook secret"  # noqa: S105 - of these tests
State = GatewayEvent.State
ORDER = Order(
    "OP-1", Decimal("500.00"), "INR", "General Hospital", "https://h/back", "https://h/hook"
)


def entity(**more: Any) -> dict[str, Any]:
    """Return a payment as Razorpay shows one."""
    payment = {
        "id": "pay_FakePayment001",
        "entity": "payment",
        "amount": 50000,
        "currency": "INR",
        "status": "captured",
        "order_id": "order_FakeOrder0001",
        "invoice_id": None,
        "international": False,
        "method": "upi",
        "amount_refunded": 0,
        "refund_status": None,
        "captured": True,
        "description": None,
        "card_id": None,
        "bank": None,
        "wallet": None,
        "vpa": "someone@upi",
        "email": "someone@example.org",
        "contact": "+919999999999",
        "notes": [],
        "fee": 1180,
        "tax": 180,
        "error_code": None,
        "created_at": 1700000000,
    }
    return payment | more


def event(name: str, payment: dict[str, Any] | None, **others: Any) -> bytes:
    parts = {"payment": {"entity": payment}} if payment else {}
    payload = {**parts, **{part: {"entity": facts} for part, facts in others.items()}}
    return json.dumps(
        {
            "entity": "event",
            "account_id": "acc_FakeAccount01",
            "event": name,
            "contains": [*payload],
            "payload": payload,
            "created_at": 1700000001,
        }
    ).encode()


ORDER_ENTITY = {
    "id": "order_FakeOrder0001",
    "entity": "order",
    "amount": 50000,
    "amount_paid": 50000,
    "amount_due": 0,
    "currency": "INR",
    "receipt": "OP-1",
    "status": "paid",
    "attempts": 1,
    "notes": [],
    "created_at": 1700000000,
}


def razorpay(address: str = "http://127.0.0.1:9") -> Razorpay:
    return Razorpay(Caller(address, "rzp_test_key", "key secret", 2.0), SECRET, "rzp_test_key")


def heard(body: bytes) -> Notice | None:
    signed = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return razorpay().verify_webhook({"x-razorpay-signature": signed}, body)


PAID = Notice(
    State.PAID,
    gateway_reference="order_FakeOrder0001",
    payment_reference="pay_FakePayment001",
    amount=Decimal("500.00"),
    currency="INR",
)


def test_captured_and_paid_orders_are_money():
    assert heard(event("payment.captured", entity())) == PAID
    paid_order = heard(event("order.paid", entity(), order=ORDER_ENTITY))
    assert paid_order == Notice(**{**vars(PAID), "reference": "OP-1"})


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("created", "PENDING"),
        ("authorized", "PENDING"),
        ("failed", "FAILED"),
    ],
)
def test_what_is_not_captured_is_no_money(status, state):
    notice = heard(event(f"payment.{status}", entity(status=status, captured=False)))

    assert notice is not None
    assert notice.state == state


@pytest.mark.parametrize(
    ("name", "said", "left"),
    [
        ("payment.captured", {"amount_refunded": 100}, "499.00"),
        ("refund.processed", {"amount_refunded": 100, "refund_status": "partial"}, "499.00"),
        ("refund.created", {"amount_refunded": 50000, "status": "refunded"}, "0.00"),
        ("order.paid", {"amount_refunded": 50000, "status": "refunded"}, "0.00"),
    ],
)
def test_what_was_given_back_is_said_with_what_is_left(name, said, left):
    notice = heard(event(name, entity(**said), order=ORDER_ENTITY))

    assert notice is not None
    assert (notice.state, notice.amount) == (State.GIVEN_BACK, Decimal(left))
    assert (notice.payment_reference, notice.gateway_reference) == (
        PAID.payment_reference,
        PAID.gateway_reference,
    )


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("payment.dispute.created", State.PAID),
        ("payment.dispute.won", State.PAID),
        ("payment.dispute.lost", State.GIVEN_BACK),
    ],
)
def test_a_lost_dispute_took_the_money_back_though_the_payment_says_captured(name, state):
    dispute = {"id": "disp_FakeDispute01", "entity": "dispute", "amount": 50000}

    notice = heard(event(name, entity(), dispute=dispute))

    assert notice == Notice(**{**vars(PAID), "state": state})


def test_a_payers_own_notes_name_no_payment():
    notice = heard(event("payment.captured", entity(notes={"reference": "OP-somebody-else"})))

    assert notice == PAID


@pytest.mark.parametrize(
    "body",
    [
        event("settlement.processed", None, settlement={"id": "setl_1"}),
        event("payment.captured", entity(order_id=None)),
        event("refund.processed", None, refund={"id": "rfnd_1"}),
    ],
)
def test_what_is_about_no_payment_of_ours_is_passed_over(body):
    assert heard(body) is None


@pytest.mark.parametrize(
    "wrong", [{"amount": "50000"}, {"amount": None}, {"currency": "inr"}, {"status": "new"}]
)
def test_a_payment_in_another_shape_is_refused(wrong):
    with pytest.raises(InvalidRequest):
        heard(event("payment.captured", entity(**wrong)))


@pytest.mark.parametrize("signed", ["", "0" * 64])
def test_an_unsigned_webhook_is_refused(signed):
    with pytest.raises(UnsignedWebhook):
        razorpay().verify_webhook(
            {"x-razorpay-signature": signed}, event("payment.captured", entity())
        )


@dataclass
class Site:
    """Answers by path, and keeps what was asked."""

    answers: dict[str, Any]
    asked: list[tuple[str, str, str, Any]] = field(default_factory=list)
    address: str = ""


@contextmanager
def serving(answers: dict[str, Any]) -> Iterator[Site]:
    site = Site(answers)

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            facts = json.loads(sent) if sent else None
            site.asked.append((self.command, self.path, self.headers["Authorization"], facts))
            status, body = (
                (200, site.answers[self.path]) if self.path in site.answers else (400, {})
            )
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = answer  # noqa: N815 - their names there

        def log_message(self, *values: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site.address = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, args=[0.02])
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()


def test_an_order_is_made_in_paise_and_paid_on_the_hosted_page():
    with serving({"/v1/orders": {**ORDER_ENTITY, "status": "created"}}) as site:
        gateway = razorpay(site.address)
        started = gateway.start_payment(ORDER)

    basic = base64.b64encode(b"rzp_test_key:key secret").decode()
    wanted = {"amount": 50000, "currency": "INR", "receipt": "OP-1"}
    assert site.asked == [("POST", "/v1/orders", f"Basic {basic}", wanted)]
    assert started.gateway_reference == "order_FakeOrder0001"
    assert started.checkout_url == f"{site.address}/v1/checkout/embedded"
    assert gateway.checkout_form(ORDER, started) == {
        "key_id": "rzp_test_key",
        "order_id": "order_FakeOrder0001",
        "amount": "50000",
        "currency": "INR",
        "name": "General Hospital",
        "callback_url": "https://h/back",
        "cancel_url": "https://h/back",
    }


def test_each_try_to_pay_an_order_is_found():
    tries = {"entity": "collection", "count": 2, "items": [entity(), entity(status="failed")]}
    with serving({"/v1/orders/order_FakeOrder0001/payments": tries}) as site:
        found = razorpay(site.address).find_payment("OP-1", "order_FakeOrder0001")

    assert [(one.state, one.reference) for one in found] == [("PAID", "OP-1"), ("FAILED", "OP-1")]


def test_an_order_whose_answer_was_lost_is_found_by_our_reference():
    answers = {
        "/v1/orders?receipt=OP-1": {"entity": "collection", "items": [ORDER_ENTITY]},
        "/v1/orders/order_FakeOrder0001/payments": {"entity": "collection", "items": [entity()]},
    }
    with serving(answers) as site:
        found = razorpay(site.address).find_payment("OP-1", "")

    assert [(one.state, one.amount) for one in found] == [("PAID", Decimal("500.00"))]


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"/v1/orders/order_1/payments": []},
        {"/v1/orders/order_1/payments": {"items": {}}},
        {"/v1/orders/order_1/payments": {"items": [{"status": "captured"}]}},
    ],
)
def test_an_answer_in_another_shape_says_nothing(answers):
    with serving(answers) as site, pytest.raises(GatewaySilent):
        razorpay(site.address).find_payment("OP-1", "order_1")


def test_a_gateway_that_is_away_says_nothing():
    with pytest.raises(GatewaySilent):
        razorpay().start_payment(ORDER)
