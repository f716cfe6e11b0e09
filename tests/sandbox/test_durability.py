"""What the bank said that it paid stays paid, however it ends."""

import http.client
import json
import signal
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.banks import RunningBank, instruction, running, say


def test_a_payment_outlives_a_kill_right_after_its_answer(data: Path):
    kept = []

    for number in range(2):
        with running(data) as bank:
            kept.append(bank.pay(f"WD-{number}").json)
            bank.kill()

    with running(data) as bank:
        assert bank.payments() == kept
        assert bank.pay("WD-0").json == kept[0]


def test_a_kill_amid_a_crowd_loses_nothing_and_halves_nothing(data: Path):
    answered: list[dict[str, Any]] = []

    with running(data) as bank:
        clients = [threading.Thread(target=pay_on, args=(bank, n, answered)) for n in range(4)]
        for client in clients:
            client.start()
        while len(answered) < 100:
            time.sleep(0.005)
        bank.kill()
        for client in clients:
            client.join()
    with running(data) as bank:
        payments = bank.payments()

    references = [payment["reference"] for payment in payments]
    whole = [{**instruction(payment["reference"]), **proof(payment)} for payment in payments]
    assert [payment for payment in answered if payment not in payments] == []
    assert len(set(references)) == len(references) >= len(answered) >= 100
    assert payments == whole


def pay_on(bank: RunningBank, client: int, answered: list[dict[str, Any]]) -> None:
    """Pay until the bank is gone."""
    connection = bank.connect()
    for number in range(10_000):
        try:
            wish = instruction(f"WD-{client}-{number}")
            answered.append(say(connection, "POST", "/transfers", wish).json)
        except (OSError, http.client.HTTPException):
            break
    connection.close()


def proof(payment: dict[str, Any]) -> dict[str, Any]:
    return {name: payment[name] for name in ("status", "bank_id", "paid_at")}


def test_instants_never_run_backwards_even_if_the_clock_did(data: Path):
    with running(data) as bank:
        bank.pay("WD-1")
    put_off(data, 4_000_000_000_000_000)

    with running(data) as bank:
        bank.pay("WD-2")
        instants = [payment["paid_at"] for payment in bank.payments()]

    assert instants == ["2096-10-02T07:06:40.000000Z", "2096-10-02T07:06:40.000001Z"]


def put_off(data: Path, decided_at: int) -> None:
    """As if the first payment had been made at that instant."""
    connection = sqlite3.connect(data)
    with connection:
        connection.execute("UPDATE decision SET decided_at = ?", [decided_at])
    connection.close()


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_promptly_though_connections_hang(
    data: Path, signal_number: signal.Signals
):
    with running(data) as bank:
        bank.order(submit=["hang_before", "hang_after", "drip_after", "hang_late"] * 25)
        hanging = [bank.connect() for _ in range(100)]
        for number, connection in enumerate(hanging):
            wish = json.dumps(instruction(f"WD-{number}"))
            connection.request("POST", "/transfers", wish)
        paid_meanwhile = paid_when_all_hang(bank)

        began = time.monotonic()
        bank.process.send_signal(signal_number)
        code = bank.process.wait(5)
        took = time.monotonic() - began
        for connection in hanging:
            connection.close()

    assert (paid_meanwhile, code) == (201, 0)
    assert took < 2


def paid_when_all_hang(bank: RunningBank) -> int:
    while bank.faults()["calls"].get("submit", 0) < 100:
        time.sleep(0.01)
    return bank.pay("WD-meanwhile").status
