"""A short torture finds nothing, its naive twin finds a lot, and Ctrl-C leaves nothing behind."""

import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from hospital.launcher import processes
from tests.torture.plan import FULL_MINUTES, Kind, Plan, Victim

FULL = Plan(FULL_MINUTES, seed=1)


def run(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_full_run_plans_more_than_it_must_do():
    acts = [act.what for client in range(FULL.clients) for act in FULL.acts(client)]
    kills = [kill.what for kill in FULL.kills()]

    assert {victim: kills.count(victim) >= FULL.required_kills(victim) for victim in Victim} == (
        dict.fromkeys(Victim, True)
    )
    assert acts.count(Kind.WITHDRAWAL) >= FULL.required_withdrawals == 1000
    assert (FULL.required_kills(Victim.WORKER), FULL.required_kills(Victim.DATABASE)) == (100, 4)


def test_the_seed_decides_what_is_done_and_killed_when():
    same, other = Plan(1, seed=1), Plan(1, seed=2)

    assert (same.kills(), same.acts(0)) == (Plan(1, seed=1).kills(), Plan(1, seed=1).acts(0))
    assert same.kills() != other.kills()


@pytest.mark.slow
@pytest.mark.parametrize("options", [[], ["--no-idempotency"]], ids=["idempotent", "careless"])
def test_whatever_is_killed_no_money_is_lost_or_paid_twice(options: Sequence[str]):
    said = run("tests.torture", "--minutes", "0.4", *options)

    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.slow
def test_naive_workers_and_clients_are_found_out():
    said = run("tests.torture.twin", "--minutes", "0.4", "--seed", "7")

    found = set(re.findall(r"^WRONG  ([a-z ]+):", said.stdout, re.MULTILINE))
    assert said.returncode == 1
    assert {"paid twice", "lost", "doubled", "wrong balance"} <= found, said.stdout + said.stderr


@pytest.mark.slow
def test_an_interrupted_run_leaves_nothing_behind():
    command = [sys.executable, "-m", "tests.torture", "--minutes", "5"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as torture:
        assert torture.stderr is not None
        for line in torture.stderr:
            if "acts" in line:
                break
        started = descendants(torture.pid)
        torture.send_signal(signal.SIGINT)
        torture.stderr.read()

    assert torture.returncode == 128 + signal.SIGINT
    assert len(started) > 10  # the web server, workers, the bank, PostgreSQL
    assert [pid for pid in started if is_left(pid)] == []
    assert list(Path(tempfile.gettempdir()).glob(f"hospital-torture-{torture.pid}-*")) == []


def descendants(pid: int) -> list[int]:
    below = processes.children_of(pid)
    return [*below, *(one for child in below for one in descendants(child))]


def is_left(pid: int) -> bool:
    for _ in range(20):
        if not processes.is_alive(pid):
            return False
        time.sleep(0.1)
    return True
