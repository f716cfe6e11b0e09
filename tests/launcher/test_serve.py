"""The command line from outside, on a project whose application is three lines long."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hospital.launcher import processes, server
from hospital.launcher.cluster import Cluster, project_cluster
from hospital.launcher.packages import STAMP, lock_digest
from hospital.launcher.places import Places, places_of, prepare_state
from tests.launcher.conftest import REPOSITORY

HEALTHY = """\
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["PATH_INFO"].encode()]
"""
MANAGE = """\
import os, sys
with open("commands.txt", "a") as file:
    print(sys.argv[1], os.environ["DATABASE_URL"].partition("@")[0], file=file)
"""


@pytest.fixture
def bare_desk(places: Places) -> Places:
    """A complete project with the real launcher and packages, and a toy application."""
    furnish(places)
    return places


@pytest.fixture
def desk(cluster: Cluster) -> Places:
    """The same with a database already made."""
    furnish(cluster.places)
    return cluster.places


@pytest.fixture
def doomed_desk(spoilable: Cluster) -> Places:
    """The same with a database that may be deleted."""
    furnish(spoilable.places)
    return spoilable.places


def furnish(places: Places) -> None:
    if not has_packages():
        pytest.skip("the packages were not installed by run.py")
    shutil.copytree(REPOSITORY / "hospital" / "launcher", places.root / "hospital" / "launcher")
    shutil.copy(REPOSITORY / "run.py", places.root)
    shutil.copy(REPOSITORY / "requirements.lock", places.root)
    (places.root / "hospital" / "__init__.py").touch()
    (places.root / "hospital" / "wsgi.py").write_text(HEALTHY)
    (places.root / "manage.py").write_text(MANAGE)
    places.venv.symlink_to(sys.prefix)


def has_packages() -> bool:
    stamp = Path(sys.prefix) / STAMP
    return stamp.is_file() and stamp.read_text() == lock_digest(places_of(REPOSITORY))


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def running(desk: Places, port: int) -> Iterator[subprocess.Popen[str]]:
    """run.py, serving."""
    with start(desk, "--port", str(port)) as process:
        wait_for(process, "Ctrl-C stops it.")
        yield process
        if process.poll() is None:
            process.terminate()


def start(desk: Places, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "run.py", *arguments],
        cwd=desk.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def say(desk: Places, *arguments: str) -> tuple[int, str]:
    """What a command of run.py prints, and its exit code."""
    with start(desk, *arguments) as process:
        output = process.communicate(timeout=30)[0]
    return process.returncode, output


def wait_for(process: subprocess.Popen[str], text: str) -> str:
    lines = ""
    while text not in lines:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, lines
        lines += line
    return lines


def get(port: int, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def descendants(pid: int) -> list[int]:
    children = [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/stat")]
    answer = subprocess.run(
        ["ps", "-o", "pid=,ppid=", *(f"-p{child}" for child in children)],  # noqa: S607 - PATH's
        capture_output=True,
        text=True,
        check=False,
    )
    parents = [tuple(map(int, line.split())) for line in answer.stdout.splitlines()]
    own = [child for child, parent in parents if parent == pid]
    return own + [deeper for child in own for deeper in descendants(child)]


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything_it_started(
    running: subprocess.Popen[str], desk: Places, port: int, signal_number: signal.Signals
):
    assert get(port, "/bill") == "/bill"
    started = descendants(running.pid)
    began = time.monotonic()

    running.send_signal(signal_number)

    assert running.wait(20) == 0
    assert time.monotonic() - began < 5
    assert len(started) > 3
    assert [pid for pid in started if processes.is_alive(pid)] == []
    assert project_cluster(desk).running() is None
    assert list(desk.state.glob("server-*.json")) == []


def test_the_second_start_migrates_and_seeds_nothing(desk: Places, port: int):
    for _ in range(2):
        with start(desk, "--port", str(port)) as process:
            wait_for(process, "Ctrl-C stops it.")
            process.terminate()

    commands = (desk.root / "commands.txt").read_text().splitlines()
    assert commands == ["migrate postgresql://hospital_app", "seed_demo postgresql://hospital_app"]


def test_changed_code_migrates_again(desk: Places, port: int):
    for number in range(2):
        (desk.root / "hospital" / "models.py").write_text(f"NUMBER = {number}\n")
        with start(desk, "--port", str(port), "--no-seed") as process:
            wait_for(process, "Ctrl-C stops it.")
            process.terminate()

    commands = (desk.root / "commands.txt").read_text().splitlines()
    assert commands == ["migrate postgresql://hospital_app"] * 2


def test_stop_stops_the_server_and_the_database(
    running: subprocess.Popen[str], desk: Places, port: int
):
    assert say(desk, "stop") == (0, f"Stopped the server on port {port} and the database.\n")

    assert running.wait(5) == 0
    assert say(desk, "stop") == (0, "Nothing was running.\n")


def test_stop_also_finds_a_server_whose_launcher_was_killed(
    running: subprocess.Popen[str], desk: Places, port: int
):
    running.kill()
    running.wait()
    assert get(port, "/bill") == "/bill"

    code, output = say(desk, "stop")

    assert (code, output) == (0, f"Stopped the server on port {port} and the database.\n")
    server.require_free_port(port)


def test_stop_signals_no_stranger_that_has_the_number_now(
    bare_desk: Places, port: int, stranger: subprocess.Popen[bytes]
):
    prepare_state(bare_desk)
    facts = {"launcher": (stranger.pid, "another start"), "server": (stranger.pid, "")}
    (bare_desk.state / f"server-{port}.json").write_text(json.dumps(facts))

    assert server.stop_servers(bare_desk) == []

    assert stranger.poll() is None


def test_a_taken_port_is_one_sentence(bare_desk: Places, port: int):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()

        code, output = say(bare_desk, "--port", str(port))

    expected = f"run.py: Port {port} is taken: choose another with --port.\n"
    assert (code, output) == (1, expected)


def test_a_server_that_dies_is_reported_with_its_last_words(desk: Places, port: int):
    (desk.root / "hospital" / "wsgi.py").write_text("raise SystemExit('out of bandages')\n")

    code, output = say(desk, "--port", str(port))

    assert code == 1
    assert "The server stopped by itself" in output
    assert project_cluster(desk).running() is None


def workers_of(granian: int) -> list[int]:
    return [pid for pid in descendants(granian) if "granian" in processes.command_line(pid)]


def test_a_worker_that_was_killed_is_replaced(running: subprocess.Popen[str]):
    started = descendants(running.pid)
    granian = next(pid for pid in started if "granian" in processes.command_line(pid))
    before = workers_of(granian)
    victim = before[0]
    os.kill(victim, signal.SIGKILL)

    deadline = time.monotonic() + 10
    while len(workers_of(granian)) < len(before) or victim in workers_of(granian):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert running.poll() is None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--reset",), "--reset deletes all data: say --yes when nobody can be asked."),
        (("--port", "99999"), "must be a number from 1 to 65535"),
        (("dance",), "invalid choice: 'dance'"),
    ],
)
def test_a_wrong_command_does_nothing(bare_desk: Places, arguments: tuple[str, ...], sentence: str):
    code, output = say(bare_desk, *arguments)

    assert code != 0
    assert sentence in output
    assert not (bare_desk.root / "commands.txt").exists()


def test_a_reset_begins_anew(doomed_desk: Places, port: int):
    (doomed_desk.cluster / "migrated").write_text("long ago")

    with start(doomed_desk, "--port", str(port), "--reset", "--yes") as process:
        steps = wait_for(process, "Ctrl-C stops it.")
        process.terminate()

    assert "Reset" in steps
    assert (doomed_desk.cluster / "migrated").read_text() != "long ago"


def test_production_without_its_settings_is_one_sentence(
    bare_desk: Places, port: int, monkeypatch: pytest.MonkeyPatch
):
    refusal = "import sys; sys.exit('manage.py: SECRET_KEY is not set.')\n"
    (bare_desk.root / "manage.py").write_text(refusal)
    monkeypatch.setenv("DEBUG", "0")

    code, output = say(bare_desk, "--port", str(port))

    assert (code, output.splitlines()[-1]) == (1, "run.py: SECRET_KEY is not set.")
    assert not bare_desk.cluster.exists()


STRICT = """\
def application(environ, start_response):
    if environ["HTTP_HOST"] != "desk.example":
        start_response("400 Bad Request", [])
    else:
        start_response("301 Moved", [("Location", "https://desk.example/health/ready")])
    return [b""]
"""


def test_production_is_ready_although_it_answers_to_its_name_and_https_only(
    desk: Places, port: int, monkeypatch: pytest.MonkeyPatch
):
    (desk.root / "hospital" / "wsgi.py").write_text(STRICT)
    monkeypatch.setenv("ALLOWED_HOSTS", "*, .desk.example")

    with start(desk, "--port", str(port)) as process:
        wait_for(process, "Ctrl-C stops it.")
        process.terminate()
        process.communicate(timeout=20)

    assert process.returncode == 0


def test_a_database_of_somebody_else_is_never_reset(
    bare_desk: Places, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DATABASE_URL", "postgresql://desk@127.0.0.1:1/money")

    code, output = say(bare_desk, "--reset", "--yes")

    assert (code, "never one you named" in output) == (1, True)


def test_the_owner_is_asked_for_when_a_named_database_lacks_migrations(
    running: subprocess.Popen[str], desk: Places, monkeypatch: pytest.MonkeyPatch, free_port: int
):
    (desk.root / "manage.py").write_text("import sys; sys.exit('--check' in sys.argv)\n")
    named = (desk.state / "run").as_posix()
    monkeypatch.setenv("DATABASE_URL", f"postgresql://hospital_app@/hospital?host={named}")

    code, output = say(desk, "--port", str(free_port))

    assert code == 1
    assert output.endswith("only its owner may run them: set DATABASE_OWNER_URL.\n")


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_manage_passes_arguments_and_exit_codes(bare_desk: Places):
    (bare_desk.root / "manage.py").write_text("import sys; print(sys.argv[1:]); sys.exit(7)\n")

    assert say(bare_desk, "manage", "shell", "--port", "1") == (7, "['shell', '--port', '1']\n")


def test_the_doctor_finds_nothing_wrong(bare_desk: Places, port: int):
    code, output = say(bare_desk, "doctor", "--port", str(port))

    assert (code, output.count("  ok  ")) == (0, 8)
    assert f"{port} is free" in output
