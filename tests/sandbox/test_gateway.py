"""The sandbox's payment gateway: who may ask it, what it keeps, and how it calls."""

import hashlib
import hmac
import http.client
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from tests.sandbox.banks import Reply, RunningBank, running

SECRET = "gateway secret"  # noqa: S105 - of these tests


class Hospital(ThreadingHTTPServer):
    """Hears webhooks; the first answers are those that a test sets."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Hearing)
        self.heard: list[tuple[str, bytes]] = []
        self.answers: list[int] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/webhook"


class _Hearing(BaseHTTPRequestHandler):
    server: Hospital

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.headers["X-Sandbox-Signature"], body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *values: object) -> None: ...


@pytest.fixture
def hospital() -> Iterator[Hospital]:
    with Hospital() as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.02])
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBank]:
    data = tmp_path_factory.mktemp("gateway") / "bank.db"
    with running(data, gateway_secret=SECRET) as started:
        yield started


def expect(bank: RunningBank, reference: str, secret: str = SECRET, **facts: Any) -> Reply:
    wish = {
        "reference": reference,
        "amount": 150000,
        "currency": "NGN",
        "description": "General <Hospital>",
        "return_url": "http://127.0.0.1:1/back?a=1&b=2",
        "webhook_url": "http://127.0.0.1:1/webhook",
        **facts,
    }
    headers = {"Authorization": f"Bearer {secret}"}
    return bank.call("POST", "/gateway/orders", wish, headers=headers)


def found(bank: RunningBank, reference: str) -> list[dict[str, Any]]:
    headers = {"Authorization": f"Bearer {SECRET}"}
    path = f"/gateway/orders?reference={reference}"
    orders: list[dict[str, Any]] = bank.call("GET", path, headers=headers).json["orders"]
    return orders


def press(bank: RunningBank, checkout: str, **typed: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", bank.port, timeout=10)
    connection.request("POST", urlsplit(checkout).path, urlencode(typed))
    page = connection.getresponse().read().decode()
    connection.close()
    return page


def wait_until_heard(hospital: Hospital, times: int) -> None:
    deadline = time.monotonic() + 20
    while len(hospital.heard) < times:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_only_whoever_has_the_secret_makes_orders(gateway):
    assert expect(gateway, "OP-0", secret="another").status == 401
    assert gateway.call("GET", "/gateway/orders?reference=OP-0").status == 401
    assert found(gateway, "OP-0") == []


def test_without_a_secret_there_is_no_gateway(bank):
    assert expect(bank, "OP-0").status == 404
    assert bank.call("GET", "/checkout/x").status == 404


def test_an_order_is_made_once_for_each_reference(gateway):
    first, again = expect(gateway, "OP-1"), expect(gateway, "OP-1", amount=5)

    assert first.status == 201
    assert first.json == again.json
    assert (first.json["amount"], first.json["status"]) == (150000, "OPEN")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", 0),
        ("amount", "150000"),
        ("amount", True),
        ("currency", "naira"),
        ("reference", "a b"),
        ("return_url", "javascript:alert(1)"),
        ("webhook_url", "file:///etc/passwd"),
        ("description", ""),
    ],
)
def test_a_malformed_order_is_refused_by_field(gateway, field, value):
    reply = expect(gateway, **{"reference": "OP-2", field: value})

    assert (reply.status, list(reply.json["errors"])) == (400, [field])


def test_the_checkout_escapes_what_it_shows_and_sends_forms_to_itself_only(gateway):
    checkout = expect(gateway, "OP-3").json["checkout_url"]

    reply = gateway.call("GET", urlsplit(checkout).path)

    assert "General &lt;Hospital&gt;" in reply.body.decode()
    assert "NGN 1,500.00" in reply.body.decode()
    assert "form-action 'self'" in reply.headers["Content-Security-Policy"]


@pytest.mark.parametrize(("decision", "status"), [("PAID", "PAID"), ("DECLINED", "DECLINED")])
def test_what_is_pressed_stays_and_is_told_signed(gateway, hospital, decision, status):
    reference = f"OP-4-{decision}"
    checkout = expect(gateway, reference, webhook_url=hospital.address).json["checkout_url"]

    press(gateway, checkout, decision=decision, webhooks="once")
    wait_until_heard(hospital, 1)
    press(gateway, checkout, decision="PAID", webhooks="once")

    assert [order["status"] for order in found(gateway, reference)] == [status]
    ((signed, body),) = hospital.heard
    assert signed == hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert json.loads(body) == found(gateway, reference)[0]


def test_webhooks_come_twice_or_never_as_chosen(gateway, hospital):
    twice = expect(gateway, "OP-5", webhook_url=hospital.address).json["checkout_url"]
    never = expect(gateway, "OP-6", webhook_url=hospital.address).json["checkout_url"]

    press(gateway, never, decision="PAID", webhooks="never")
    press(gateway, twice, decision="PAID", webhooks="twice")
    wait_until_heard(hospital, 2)

    assert {json.loads(body)["reference"] for _, body in hospital.heard} == {"OP-5"}
    assert found(gateway, "OP-6")[0]["status"] == "PAID"


def test_a_webhook_that_was_not_heard_comes_again(gateway, hospital):
    hospital.answers = [503]
    checkout = expect(gateway, "OP-7", webhook_url=hospital.address).json["checkout_url"]

    press(gateway, checkout, decision="PAID", webhooks="once")

    wait_until_heard(hospital, 2)


def test_what_is_no_decision_changes_nothing(gateway):
    checkout = expect(gateway, "OP-8").json["checkout_url"]

    press(gateway, checkout, decision="STEAL")

    assert found(gateway, "OP-8")[0]["status"] == "OPEN"


def test_orders_outlive_the_program(data: Path):
    with running(data, gateway_secret=SECRET) as first:
        press(first, expect(first, "OP-9").json["checkout_url"], decision="PAID", webhooks="never")

    with running(data, gateway_secret=SECRET) as second:
        assert found(second, "OP-9")[0]["status"] == "PAID"
