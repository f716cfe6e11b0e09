"""The demo pays withdrawals out: a sandbox bank and a worker beside the server, ended with it."""

import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator

import pytest

from hospital.launcher import payouts, processes
from hospital.launcher.environment import demo_defaults
from hospital.launcher.places import Places
from tests.launcher import test_serve as serving
from tests.launcher.conftest import REPOSITORY

desk, port = serving.desk, serving.port  # fixtures

WORKER = """\
import os, signal, sys, time
def told(*_):
    print("told to stop", flush=True)
    sys.exit()
with open("commands.txt", "a") as file:
    print(sys.argv[1:], os.environ.get("BANK_URL"), file=file)
if sys.argv[1] == "process_withdrawals":
    signal.signal(signal.SIGTERM, told)
    print("at work", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def paying_desk(desk: Places) -> Places:
    """With the real sandbox bank, and a worker that only says what it is told."""
    shutil.copytree(REPOSITORY / "hospital" / "sandbox", desk.root / "hospital" / "sandbox")
    (desk.root / "manage.py").write_text(WORKER)
    return desk


@pytest.fixture
def running(paying_desk: Places, port: int) -> Iterator[subprocess.Popen[str]]:
    with serving.start(paying_desk, "--port", str(port)) as process:
        yield process
        if process.poll() is None:
            process.terminate()


def bank_told_of(process: subprocess.Popen[str]) -> str:
    lines = serving.wait_for(process, "Ctrl-C stops it.").splitlines()
    (line,) = [line for line in lines if "Sandbox bank" in line]
    return line.split()[-1].rstrip("/")


def test_a_bank_and_a_worker_run_beside_the_server_and_end_with_it(paying_desk, running, port):
    address = bank_told_of(running)
    log = paying_desk.state / f"worker-{port}.log"
    wait_until_said(log, "at work")
    programs = serving.descendants(running.pid)
    with urllib.request.urlopen(f"{address}/health") as answer:  # noqa: S310 - of our own bank
        assert answer.status == 200
    assert demo_defaults(paying_desk, {})["BANK_URL"] == address

    running.terminate()
    assert running.wait(timeout=20) == 0

    assert [pid for pid in programs if processes.is_alive(pid)] == []
    assert log.read_text().splitlines() == ["at work", "told to stop"]
    assert (
        f"['process_withdrawals', '--loop'] {address}"
        in (paying_desk.root / "commands.txt").read_text()
    )
    assert "BANK_URL" not in demo_defaults(paying_desk, {})
    assert (paying_desk.state / "bank.db").exists()


def test_what_a_killed_launcher_leaves_behind_is_stopped(paying_desk, running):
    bank_told_of(running)
    programs = serving.descendants(running.pid)
    running.kill()
    running.wait()

    code, said = serving.say(paying_desk, "stop")

    assert (code, "what pays withdrawals out" in said) == (0, True)
    assert [pid for pid in programs if processes.is_alive(pid)] == []


def test_a_bank_that_the_user_names_is_the_only_one(paying_desk, port, monkeypatch):
    monkeypatch.setenv("BANK_URL", "https://bank.example")

    with serving.start(paying_desk, "--port", str(port)) as process:
        said = serving.wait_for(process, "Ctrl-C stops it.")
        process.terminate()

    assert "Sandbox bank" not in said
    assert "process_withdrawals" not in (paying_desk.root / "commands.txt").read_text()


def test_a_reset_forgets_what_the_bank_paid(places):
    places.state.mkdir(exist_ok=True)
    for name in ("bank.db", "bank.db-wal"):
        (places.state / name).touch()

    payouts.forget(places)

    assert list(places.state.glob("bank.db*")) == []


def wait_until_said(log, text: str) -> None:
    deadline = time.monotonic() + 20
    while text not in (log.read_text() if log.exists() else ""):
        assert time.monotonic() < deadline
        time.sleep(0.05)
