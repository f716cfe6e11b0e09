"""The bank as an HTTP server: what it accepts, and from whom."""

import json
import re
import socket
import time
from contextlib import closing

import pytest

from tests.sandbox.banks import RunningBank, instruction, say


def exchange(bank: RunningBank, request: bytes) -> bytes:
    """Everything the bank sends until it closes the connection."""
    with socket.create_connection(("127.0.0.1", bank.port), timeout=10) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_connection_serves_many_calls(bank: RunningBank, reference: str):
    with closing(bank.connect()) as connection:
        first = say(connection, "POST", "/transfers", instruction(reference))
        kept = connection.sock
        statuses = [
            say(connection, method, path, body).status
            for method, path, body in (
                ("GET", f"/transfers/{reference}", None),
                ("GET", "/nothing", None),
                ("HEAD", "/health", None),
                ("POST", "/transfers", {}),
                ("PUT", "/health", None),
                ("GET", f"/transfers/{reference}/", None),
            )
        ]

        assert (first.status, statuses) == (201, [200, 404, 200, 400, 405, 200])
        assert connection.sock is kept


def test_two_requests_sent_at_once_are_answered_in_order(bank: RunningBank):
    requests = (
        b"GET /health HTTP/1.1\r\nHost: bank\r\n\r\nGET /no HTTP/1.0\r\nHost: localhost\r\n\r\n"
    )

    answers = exchange(bank, requests)

    assert re.findall(rb"HTTP/1.1 ([0-9]+)", answers) == [b"200", b"404"]


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"hello\r\n\r\n", 400),
        (b"GET /health HTTP/2.0\r\nHost: bank\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost: bank\r\nHost: bank\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost: bank\r\nfolded\r\n value\r\n\r\n", 400),
        (b"GET //[/ HTTP/1.1\r\nHost: bank\r\n\r\n", 400),
        (b"POST /transfers HTTP/1.1\r\nHost: bank\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST /transfers HTTP/1.1\r\nHost: bank\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
        (b"POST /transfers HTTP/1.1\r\nHost: bank\r\nContent-Length: 65537\r\n\r\n", 413),
        (b"GET /health HTTP/1.1\r\nHost: bank\r\nA: " + b"a" * 20_000 + b"\r\n\r\n", 431),
        (b"POST /transfers HTTP/1.0\r\nContent-Length: 4\r\n\r\n\xff\xfe{}", 400),
        (b"POST /transfers HTTP/1.0\r\nContent-Length: 50000\r\n\r\n" + b"[" * 50_000, 400),
    ],
)
def test_what_is_no_proper_request_is_refused_with_a_reason(
    bank: RunningBank, request_bytes: bytes, status: int
):
    head, _, body = exchange(bank, request_bytes).partition(b"\r\n\r\n")

    assert int(head.split()[1]) == status
    assert json.loads(body)["status"] in ("ERROR", "MALFORMED")


def test_a_client_that_waits_to_be_asked_for_its_body_is_asked(bank: RunningBank, reference: str):
    body = json.dumps(instruction(reference)).encode()
    head = (
        f"POST /transfers HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: {len(body)}\r\n\r\n"
    )

    answer = exchange(bank, head.encode() + body)

    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    "beginning",
    [b"GET /health HTTP/1.1\r\n", b"POST /transfers HTTP/1.0\r\nContent-Length: 9\r\n\r\n{"],
)
def test_a_client_that_never_finishes_is_left(bank: RunningBank, beginning: bytes):
    began = time.monotonic()

    assert exchange(bank, beginning) == b""
    assert 4 < time.monotonic() - began < 8


@pytest.mark.parametrize("path", ["/", "/faults", "/page.css"])
@pytest.mark.parametrize("host", ["bank.example", "", "[::"])
def test_the_oversight_is_not_served_under_another_name(bank: RunningBank, path: str, host: str):
    assert bank.call("GET", path, headers={"Host": host}).status == 403


def test_a_form_of_another_site_cannot_switch_the_profile(bank: RunningBank):
    form = {"Content-Type": "text/plain"}

    answer = bank.call("POST", "/admin/profile", {"profile": "down"}, headers=form)

    assert answer.status == 400
    assert bank.call("GET", "/health").json == {
        "status": "UP",
        "profile": "calm",
        "mode": "rest",
        "idempotent": True,
        "final_after_seconds": 30,
    }


def test_an_unknown_profile_is_refused(bank: RunningBank):
    bodies: list[object] = [{"profile": "angry"}, {"profile": ["calm"]}, {}, [], None]

    answers = [bank.call("POST", "/admin/profile", body).status for body in bodies]

    assert answers == [400] * 5
