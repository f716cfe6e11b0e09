"""What reaches the webhook: signed and read, or refused without a trace."""

import hashlib
import hmac
import json
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from client_wallet.models import GatewayEvent, OnlinePayment
from tests.api import problem_of
from tests.client_wallet.desk import close_today
from tests.client_wallet.gateways.desk import ask, state_of

pytestmark = pytest.mark.django_db

SECRET = "webhook secret"  # noqa: S105 - of these tests
PATH = "/webhooks/gateways/sandbox/"
NOTHING = ("STARTED", Decimal("0.00"))


@pytest.fixture(autouse=True)
def _gateway(settings: Any) -> None:
    settings.GATEWAY = "sandbox"
    settings.GATEWAY_URL = "http://127.0.0.1:9"
    settings.GATEWAY_KEY_SECRET = "key"  # noqa: S105 - of these tests
    settings.GATEWAY_WEBHOOK_SECRET = SECRET


def facts_of(payment: OnlinePayment, **more: Any) -> dict[str, Any]:
    facts = {
        "id": "order-1",
        "reference": payment.reference,
        "status": "PAID",
        "payment_id": "pay-1",
        "amount": int(payment.amount * 100),
        "currency": payment.currency,
    }
    return facts | more


def signature(body: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def call(body: bytes, signed: str | None = None, path: str = PATH) -> Any:
    client = APIClient(raise_request_exception=False)
    headers = {"X-Sandbox-Signature": signature(body) if signed is None else signed}
    return client.post(path, body, content_type="application/json", headers=headers)


def told(payment: OnlinePayment, **more: Any) -> bytes:
    return json.dumps(facts_of(payment, **more)).encode()


def test_a_signed_webhook_credits_once_however_often_it_comes():
    payment = ask("500.00")

    answers = [call(told(payment)) for _ in range(3)]

    assert [(one.status_code, one.json()) for one in answers] == [(200, {"heard": True})] * 3
    assert state_of(payment) == ("CREDITED", Decimal("500.00"))


@pytest.mark.parametrize("wanted", ["text/html", "application/xml", "nonsense"])
def test_it_is_heard_whatever_the_gateway_would_like_to_read(wanted):
    body = told(ask())
    headers = {"X-Sandbox-Signature": signature(body), "Accept": wanted}

    answer = APIClient().post(PATH, body, content_type="application/json", headers=headers)

    assert (answer.status_code, answer.json()) == (200, {"heard": True})


@pytest.mark.parametrize("signed", ["", "0" * 64, signature(b"other"), "é", "x" * 5000])
def test_a_forged_one_is_refused_and_leaves_no_trace(signed):
    payment = ask()

    answer = call(told(payment), signed)

    assert problem_of(answer) == (403, "unsigned-webhook")
    assert (state_of(payment), GatewayEvent.objects.count()) == (NOTHING, 0)


def test_a_body_changed_after_it_was_signed_is_refused():
    payment = ask("5.00")
    signed = signature(told(payment))

    answer = call(told(payment, amount=50_000), signed)

    assert problem_of(answer) == (403, "unsigned-webhook")
    assert state_of(payment) == NOTHING


def test_another_secret_is_refused():
    payment = ask()

    answer = call(told(payment), signature(told(payment), "another"))

    assert problem_of(answer) == (403, "unsigned-webhook")


def test_without_a_secret_nothing_counts_as_signed(settings):
    settings.GATEWAY_WEBHOOK_SECRET = ""
    payment = ask()

    assert call(told(payment), signature(told(payment), "")).status_code == 500
    assert state_of(payment) == NOTHING


@pytest.mark.parametrize(
    "body",
    [
        b"no json",
        b"[]",
        b"null",
        b"[" * 30_000,
        b'{"status": "PAID"}',
        b'{"status": "MAYBE", "amount": 1, "currency": "NGN"}',
        b'{"status": "PAID", "amount": "1", "currency": "NGN"}',
        b'{"status": "PAID", "amount": 1.5, "currency": "NGN"}',
        b'{"status": "PAID", "amount": true, "currency": "NGN"}',
        b'{"status": "PAID", "amount": -1, "currency": "NGN"}',
        b'{"status": "PAID", "amount": 1000000000000000000, "currency": "NGN"}',
        b'{"status": "PAID", "amount": 1, "currency": "NAIRA"}',
        b'{"status": "PAID", "amount": 1, "currency": "NGN", "reference": "a\\u0000"}',
        b'{"status": "PAID", "amount": 1, "currency": "NGN", "reference": "\\ud800"}',
        b'{"status": "PAID", "amount": 1, "currency": "NGN", "reference": 7}',
        b'\xff{"status": "PAID"}',
    ],
)
def test_a_signed_one_that_cannot_be_read_is_refused_and_leaves_no_trace(body):
    answer = call(body)

    assert problem_of(answer) == (400, "invalid-request")
    assert GatewayEvent.objects.count() == 0


def test_more_than_is_read_is_refused_before_it_is():
    answer = call(b"{" + b" " * 65_536)

    assert problem_of(answer) == (413, "request-too-large")


def test_the_webhook_of_another_gateway_is_not_there():
    assert call(b"{}", path="/webhooks/gateways/razorpay/").status_code == 404
    assert call(b"{}", path="/webhooks/gateways/else/").status_code == 404


def test_without_a_gateway_there_is_no_webhook(settings):
    settings.GATEWAY = ""

    assert call(b"{}").status_code == 404


def test_reading_the_address_is_refused():
    assert APIClient().get(PATH).status_code == 405


def test_another_amount_is_answered_so_that_it_stops_and_is_shown():
    payment = ask("500.00")

    answer = call(told(payment, amount=1))

    assert answer.status_code == 200
    assert state_of(payment) == NOTHING
    assert [event.outcome for event in GatewayEvent.objects.to_review()] == ["AMOUNT_DIFFERS"]


def test_on_a_closed_day_the_gateway_is_told_to_call_again():
    payment = ask()
    close_today()

    assert problem_of(call(told(payment))) == (409, "day-closed")
    assert state_of(payment) == NOTHING


def test_a_late_one_credits_what_was_given_up():
    payment = ask("500.00")
    OnlinePayment.objects.filter(pk=payment.pk).update(status="FAILED", failure_code="abandoned")

    call(told(payment))

    assert state_of(payment) == ("CREDITED", Decimal("500.00"))
    assert payment.failure_code == ""
