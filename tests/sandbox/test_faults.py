"""Faults: what a client sees of each, and what was paid behind it."""

import http.client
import json
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import pytest

from hospital.sandbox.faults import FAULTS, SHARES, Operation, Profile, draw
from tests.sandbox.banks import Reply, RunningBank, instruction, running

QUICK = 0.2  # seconds after which a client gives up
UNPAID = [name for name in FAULTS[Operation.SUBMIT] if name.endswith("before")]
PAID = [name for name in FAULTS[Operation.SUBMIT] if name.endswith("after")]
LOST = {
    "reset": ConnectionResetError,
    "hang": TimeoutError,
    "drip": TimeoutError,
    "ends_early": http.client.IncompleteRead,
}


@pytest.fixture(scope="module")
def unkind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBank]:
    """A bank whose faults are ordered one by one."""
    with running(tmp_path_factory.mktemp("unkind") / "bank.db") as bank:
        yield bank


def seen(reply: Reply) -> str:
    """What a client gets that is not lost altogether."""
    if reply.headers["Content-Type"] != "application/json":
        return "wrong_type" if reply.body.startswith(b"{") else "not_json"
    try:
        answer = reply.json
    except ValueError:
        return "truncated"
    if not isinstance(answer, dict):
        return "other_json"
    return "error" if reply.status in (500, 502, 503, 504) else "none"


def fault_of(reply: Reply) -> str:
    assert reply.headers["Connection"] == "keep-alive"
    return seen(reply)


@pytest.mark.parametrize("fault", [*PAID, *UNPAID])
def test_a_submission_fails_as_ordered_and_is_paid_or_not(
    unkind: RunningBank, reference: str, fault: str
):
    unkind.order(submit=[fault])
    manner, _, moment = fault.rpartition("_")

    if manner in LOST:
        with pytest.raises(LOST[manner]) as lost:
            pay_under(unkind, reference, manner)
        assert lost.type is LOST[manner]  # an end without a reset is one of its subclasses
    else:
        assert fault_of(unkind.pay(reference)) == manner

    assert unkind.find(reference).json["status"] == ("PAID" if moment == "after" else "NOT_FOUND")
    assert unkind.faults()["faults"][f"submit.{fault}"] == 1


def pay_under(bank: RunningBank, reference: str, manner: str) -> None:
    """A dripping answer never runs into the timeout of one read: only a clock shows it."""
    if manner == "drip":
        drip_on(bank, reference)
    else:
        bank.pay(reference, seconds=QUICK)


def drip_on(bank: RunningBank, reference: str) -> None:
    body = json.dumps(instruction(reference))
    head = f"POST /transfers HTTP/1.1\r\nHost: bank\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", bank.port), timeout=5) as connection:
        connection.sendall((head + body).encode())
        received = connection.recv(4096)
        began = time.monotonic()
        received += connection.recv(4096)
        took = time.monotonic() - began
    assert received.endswith(b"\r\n\r\n ")  # so far one byte, of JSON that begins with blanks
    assert took > QUICK
    raise TimeoutError


@pytest.mark.parametrize("fault", [name for name in FAULTS[Operation.LOOKUP] if name != "drip"])
def test_a_lookup_fails_as_ordered(unkind: RunningBank, reference: str, fault: str):
    paid = unkind.pay(reference)
    unkind.order(lookup=[fault])

    if fault in LOST:
        with pytest.raises(LOST[fault]):
            unkind.find(reference, seconds=QUICK)
    else:
        assert fault_of(unkind.find(reference)) == fault

    assert unkind.find(reference).json == paid.json


def test_a_refusal_as_a_fault_stays_refused(unkind: RunningBank, reference: str):
    unkind.order(submit=["refusal"])

    first, second = unkind.pay(reference), unkind.pay(reference)

    assert (first.status, first.json["reason"]) == (422, "declined")
    assert (second.status, second.json) == (422, first.json)
    assert unkind.find(reference).json == first.json


def test_a_statement_fails_with_an_error_only(unkind: RunningBank):
    unkind.order(statement=["error"])

    path = "/statement?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z"
    answers = [unkind.call("GET", path) for _ in range(2)]

    assert [seen(answer) for answer in answers] == ["error", "none"]


def test_an_unknown_fault_cannot_be_ordered(bank: RunningBank):
    orders: list[object] = [{"submit": ["fire"]}, {"pay": ["hang"]}, {"lookup": "hang"}, [], None]

    answers = [bank.call("POST", "/admin/faults", order).status for order in orders]

    assert answers == [400] * 5


@pytest.mark.parametrize("profile", list(Profile))
@pytest.mark.parametrize("operation", list(Operation))
def test_a_profile_fails_the_share_of_calls_that_it_should(profile: Profile, operation: Operation):
    calls = [draw(profile, operation, seed=7, ordinal=number) for number in range(3000)]

    share = sum(call.fault is not None for call in calls) / len(calls)
    assert share == pytest.approx(SHARES[profile][operation], abs=0.03)


def test_hostile_has_every_kind_of_fault_and_flaky_about_a_tenth():
    calls = [
        draw(Profile.HOSTILE, operation, seed=1, ordinal=number)
        for operation in Operation
        for number in range(1000)
    ]

    kinds = {(call.operation, call.fault_name) for call in calls if call.fault}
    assert kinds == {(operation, name) for operation in Operation for name in FAULTS[operation]}
    assert min(SHARES[Profile.HOSTILE].values()) >= 0.4
    assert SHARES[Profile.FLAKY][Operation.SUBMIT] == 0.1


def test_the_seed_decides_which_calls_fail_and_how(data):
    expected = [
        draw(Profile.HOSTILE, Operation.SUBMIT, seed=5, ordinal=number) for number in range(1, 26)
    ]

    options = ("--profile", "hostile", "--seed", "5", "--finality-seconds", "3600")
    with running(data, *options) as bank:
        for number in range(25):
            with suppress(OSError, http.client.HTTPException):
                bank.pay(f"WD-{number}", seconds=0.1)
        report = bank.faults()
        bank.switch("calm")
        paid = [bank.is_paid(f"WD-{number}") for number in range(25)]

    names = [call.fault_name for call in expected]
    assert report["faults"] == Counter(f"submit.{name}" for name in names if name)
    assert report["calls"] == {"submit": 25}
    assert report["faulted_calls"] == sum(map(bool, names))
    assert paid == [name == "" or name in PAID for name in names]


def test_other_seeds_make_other_faults():
    fates = [
        [
            draw(Profile.HOSTILE, Operation.LOOKUP, seed=seed, ordinal=n).fault_name
            for n in range(99)
        ]
        for seed in (1, 2, 1)
    ]

    assert fates[0] == fates[2] != fates[1]


def test_a_flaky_bank_at_times_refuses_a_duplicate_that_it_paid(data):
    with running(data, "--profile", "flaky", "--seed", "2") as bank:
        bank.order(submit=[""] * 21)
        answers = [bank.pay("WD-1") for _ in range(21)]
        bank.order(lookup=[""])
        is_paid = bank.is_paid("WD-1")
        faults = bank.faults()

    refused = [answer.json for answer in answers if answer.status == 409]
    assert Counter(answer.status for answer in answers[1:]).keys() == {200, 409}
    assert refused == [{"reference": "WD-1", "status": "DUPLICATE_REFERENCE"}] * len(refused)
    assert (is_paid, faults["faulted_calls"]) == (True, len(refused))
    assert faults["faults"] == {"submit.duplicate_refused": len(refused)}


def test_a_bank_that_is_down_answers_nobody_until_it_is_switched(data):
    with running(data, "--profile", "down") as bank:
        states = {outcome(bank, f"WD-{number}") for number in range(12)}
        health = bank.call("GET", "/health")
        bank.switch("calm")
        paid = bank.pay("WD-0").status
        payments = [payment["reference"] for payment in bank.payments()]

    assert states == {"error", "reset"}
    assert (health.status, health.json["status"]) == (503, "DOWN")
    assert (paid, payments) == (201, ["WD-0"])


def outcome(bank: RunningBank, reference: str) -> str:
    try:
        return seen(bank.pay(reference))
    except ConnectionResetError:
        return "reset"
