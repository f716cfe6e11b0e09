"""The way to the bank, against the sandbox bank's own program with each of its faults."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from client_wallet.bank import Destination, PaymentOrder, StatementUnavailable
from client_wallet.bank.rest_bank import RestBank
from tests.client_wallet.withdrawals.conftest import DEADLINE
from tests.sandbox.banks import running

_references = count(1)
SLACK = 0.4  # seconds that a busy machine may add
MANNERS = ["error", "reset", "hang", "drip", "ends_early", "not_json", "other_json", "truncated"]
SUBMISSIONS = [f"{manner}_{moment}" for manner in MANNERS for moment in ("before", "after")]
SELF_SIGNED = Path(__file__).with_name("self_signed.pem")  # of localhost, for no real server


def order(**facts: Any) -> PaymentOrder:
    usual = {"amount": Decimal("1500.00"), "currency": "NGN"}
    to = Destination("058", "1234567890", "Ada Obi")
    return PaymentOrder(f"WD-{next(_references)}", **{**usual, "destination": to, **facts})


def said(answered: Any) -> tuple[str, bool]:
    return str(answered.outcome), answered.reached_bank


def test_a_payment_is_paid_and_found(bank):
    wanted = order()

    answers = [bank.submit(wanted), bank.submit(wanted), bank.find_by_reference(wanted)]

    assert [said(answered) for answered in answers] == [("PAID", True)] * 3
    assert [answered.http_status for answered in answers] == [201, 200, 200]
    assert [answered.contradiction for answered in answers] == [""] * 3


def test_a_refusal_is_for_good(bank):
    wanted = order(destination=Destination("058", "0001", "Ada Obi"))

    answers = [bank.submit(wanted), bank.find_by_reference(wanted)]

    assert [said(answered) for answered in answers] == [("REFUSED", True)] * 2
    assert [answered.detail for answered in answers] == ["unknown-account"] * 2


def test_what_the_bank_cannot_read_was_not_done(bank):
    wanted = order(destination=Destination("no-such code", "1", "Ada Obi"))

    assert said(bank.submit(wanted)) == ("REFUSED", True)
    assert said(bank.find_by_reference(wanted)) == ("NOT_FOUND", True)


def test_a_reference_that_was_never_sent_is_not_found(bank):
    assert said(bank.find_by_reference(order())) == ("NOT_FOUND", True)


def test_the_bank_that_takes_longer_than_it_should_is_not_believed(bank):
    trusting = replace(bank, finality_seconds=0.5)  # the bank itself says 1

    answered = trusting.find_by_reference(order())

    assert said(answered) == ("INCONCLUSIVE", True)
    assert "longer than BANK_FINALITY_SECONDS" in answered.detail


@pytest.mark.parametrize(
    ("ordered", "contradiction"),
    [
        ({"amount": Decimal("1500.01")}, "The bank says that it paid NGN 1500.00."),
        ({"currency": "USD"}, "The bank says that it paid NGN 1500.00."),
        (
            {"destination": Destination("058", "1", "Ada Obi")},
            "The bank says that it paid to another account.",
        ),
    ],
)
def test_a_payment_that_is_not_the_one_ordered_contradicts(ordered, contradiction, bank):
    paid = order()
    bank.submit(paid)
    another = replace(paid, **ordered)

    assert bank.find_by_reference(another).contradiction == contradiction
    assert said(bank.submit(another)) == ("INCONCLUSIVE", True)  # 409: the reference is used


@pytest.mark.parametrize("fault", [*SUBMISSIONS, "wrong_type_before", "wrong_type_after"])
def test_no_fault_of_a_submission_is_taken_for_an_answer(fault, bank, sandbox):
    wanted = order()
    sandbox.order(submit=[fault])

    began = time.monotonic()
    answered = bank.submit(wanted)

    assert said(answered) == ("INCONCLUSIVE", False)
    assert answered.detail != ""
    assert time.monotonic() - began < DEADLINE + SLACK
    assert sandbox.is_paid(wanted.reference) is fault.endswith("after")


@pytest.mark.parametrize("fault", [*MANNERS, "wrong_type"])
def test_no_fault_of_a_question_is_taken_for_an_answer(fault, bank, sandbox):
    wanted = order()
    bank.submit(wanted)
    sandbox.order(lookup=[fault])

    began = time.monotonic()
    answered = bank.find_by_reference(wanted)

    assert said(answered) == ("INCONCLUSIVE", False)
    assert time.monotonic() - began < DEADLINE + SLACK


def test_a_bank_that_pays_twice_contradicts(tmp_path):
    wanted = order()
    with running(tmp_path / "bank.db", "--not-idempotent") as started:
        bank = RestBank(f"http://127.0.0.1:{started.port}")
        bank.submit(wanted)
        bank.submit(wanted)

        answered = bank.find_by_reference(wanted)

    assert said(answered) == ("PAID", True)
    assert answered.contradiction == "The bank says that it paid 2 times, 3000.00 in all."


def test_a_bank_of_two_simple_answers(tmp_path):
    refused = order(destination=Destination("058", "0001", "Ada Obi"))
    with running(tmp_path / "bank.db", "--mode", "simple") as started:
        bank = RestBank(f"http://127.0.0.1:{started.port}")
        answers = [bank.submit(order()), bank.submit(refused), bank.find_by_reference(refused)]

    assert [said(answered) for answered in answers] == [
        ("PAID", True),
        ("INCONCLUSIVE", False),
        ("REFUSED", True),
    ]


def test_the_token_goes_along(tmp_path):
    with running(tmp_path / "bank.db", "--token", "secret") as started:
        address = f"http://127.0.0.1:{started.port}"
        answers = [RestBank(address, token=token).submit(order()) for token in ("secret", "wrong")]

    assert [said(answered) for answered in answers] == [("PAID", True), ("INCONCLUSIVE", False)]


def test_where_nobody_listens_nothing_is_known():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    assert said(RestBank(f"http://127.0.0.1:{port}").submit(order())) == ("INCONCLUSIVE", False)


# Servers that no sandbox is: each says its piece to one caller.

OK_JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@contextmanager
def speaking(*pieces: bytes, pause: float = 0.0) -> Iterator[str]:
    """A server that answers one connection with these pieces, one by one."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            held, _ = server.accept()
            with held:
                held.recv(65536)
                for piece in pieces:
                    try:
                        held.sendall(piece)
                    except OSError:
                        return
                    time.sleep(pause)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        thread.join()


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([b"H"] * 20, id="a header that drips"),
        pytest.param([b"HTTP/1.1 100 Continue\r\n\r\n"] * 20, id="endless preliminaries"),
        pytest.param([OK_JSON + b"Content-Length: 100\r\n\r\n", *[b" "] * 20], id="a body"),
        pytest.param(
            [OK_JSON + b"Transfer-Encoding: chunked\r\n\r\n", *[b"1\r\n \r\n"] * 20], id="chunks"
        ),
    ],
)
def test_what_drips_is_a_timeout(pieces):
    with speaking(*pieces, pause=0.05) as address:
        began = time.monotonic()
        answered = RestBank(f"http://{address}", deadline_seconds=0.3).submit(order())
        passed = time.monotonic() - began

    assert said(answered) == ("INCONCLUSIVE", False)
    assert answered.detail == "no whole answer within 0.3 s"
    assert passed < 0.3 + SLACK


def test_a_redirect_is_not_followed(bank, sandbox):
    paid = order()
    bank.submit(paid)
    elsewhere = f"http://127.0.0.1:{sandbox.port}/transfers/{paid.reference}"
    moved = f"HTTP/1.1 302 Found\r\nLocation: {elsewhere}\r\nContent-Length: 0\r\n\r\n"

    with speaking(moved.encode()) as address:
        answered = RestBank(f"http://{address}").find_by_reference(paid)

    assert said(answered) == ("INCONCLUSIVE", False)


def test_no_more_than_a_bounded_body_is_read():
    body = b" " * 8 * 1024 * 1024

    with speaking(OK_JSON + b"Content-Length: %d\r\n\r\n" % len(body), body) as address:
        answered = RestBank(f"http://{address}").submit(order())

    assert answered.detail == "HTTPException: more than 4194304 bytes"


def test_no_proxy_of_the_environment_is_used(bank, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    assert said(bank.submit(order())) == ("PAID", True)


def test_a_bank_without_a_certificate_that_holds_is_told_nothing():
    with speaking_tls() as (port, heard):
        answered = RestBank(f"https://localhost:{port}").submit(order())

    assert said(answered) == ("INCONCLUSIVE", False)
    assert "CERTIFICATE_VERIFY_FAILED" in answered.detail
    assert heard == []


def test_a_bank_with_a_certificate_that_holds_is_spoken_to(monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(SELF_SIGNED))
    simple = b'{"data": "success", "status": 200}'
    answer = OK_JSON + b"Content-Length: %d\r\n\r\n" % len(simple) + simple

    with speaking_tls(answer) as (port, heard):
        answered = RestBank(f"https://localhost:{port}").submit(order())

    assert said(answered) == ("PAID", True)
    assert heard[0].startswith(b"POST /transfers HTTP/1.1")


def test_what_drips_through_tls_is_a_timeout(monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(SELF_SIGNED))

    with speaking_tls(OK_JSON + b"Content-Length: 99\r\n\r\n", *[b" "] * 20) as (port, _):
        bank = RestBank(f"https://localhost:{port}", deadline_seconds=0.5)
        began = time.monotonic()
        answered = bank.submit(order())
        passed = time.monotonic() - began

    assert answered.detail == "no whole answer within 0.5 s"
    assert passed < 0.5 + SLACK


def test_a_server_that_never_begins_its_handshake_is_a_timeout():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        answered = RestBank(f"https://localhost:{port}", deadline_seconds=0.3).submit(order())

    assert answered.detail == "no whole answer within 0.3 s"


@contextmanager
def speaking_tls(*pieces: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """A server of https that answers one connection piece by piece; its port, and what it hears."""
    heard: list[bytes] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(SELF_SIGNED)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            held, _ = server.accept()
            try:
                with context.wrap_socket(held, server_side=True) as secure:
                    heard.append(secure.recv(65536))
                    for piece in pieces:
                        secure.sendall(piece)
                        time.sleep(0.05)
            except OSError:
                held.close()

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1], heard
        thread.join()


# The statement.


def test_a_statement_has_every_payment_of_its_time(tmp_path):
    before = datetime.now(UTC) - timedelta(seconds=1)
    wanted = [order() for _ in range(3)]
    with running(tmp_path / "bank.db") as started:
        bank = RestBank(f"http://127.0.0.1:{started.port}", pause_seconds=0.01)
        for each in wanted:
            bank.submit(each)
        started.order(statement=["error"] * 3)
        payments = list(bank.statement(before, datetime.now(UTC) + timedelta(seconds=1)))
        none = list(bank.statement(before - timedelta(days=1), before))

    assert [(payment.reference, payment.amount) for payment in payments] == [
        (each.reference, each.amount) for each in wanted
    ]
    assert none == []


def test_a_statement_comes_in_pages(tmp_path):
    now = datetime.now(UTC)
    wanted = [order() for _ in range(5)]
    with running(tmp_path / "bank.db") as started:
        bank = RestBank(f"http://127.0.0.1:{started.port}", page_size=2)
        for each in wanted:
            bank.submit(each)
        payments = list(bank.statement(now - timedelta(hours=1), now + timedelta(hours=1)))
        asked = started.faults()["calls"]["statement"]

    assert [payment.reference for payment in payments] == [each.reference for each in wanted]
    assert asked == 3


def test_a_bank_that_gives_no_statement_is_asked_a_few_times(tmp_path):
    now = datetime.now(UTC)
    with running(tmp_path / "bank.db", "--profile", "down") as started:
        bank = RestBank(f"http://127.0.0.1:{started.port}", pause_seconds=0.001)
        with pytest.raises(StatementUnavailable, match="The bank gives no statement: status 50"):
            list(bank.statement(now, now))
        asked = started.faults()["calls"]

    assert asked["statement"] == 8
