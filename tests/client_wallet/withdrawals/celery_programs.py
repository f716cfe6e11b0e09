"""Redis, Celery's worker and Beat, each a process of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

READY_SECONDS = 20.0


def require_redis() -> str:
    """Return the path of redis-server; without one the test is skipped, in CI it fails."""
    program = shutil.which("redis-server")
    if program is None and os.environ.get("REDIS_REQUIRED"):
        pytest.fail("redis-server is not installed, and REDIS_REQUIRED is set")
    if program is None:
        pytest.skip("redis-server is not installed")
    return program


@contextmanager
def redis(directory: Path) -> Iterator[str]:
    """A Redis with a port and a directory of its own; yield its address."""
    port = _free_port()
    command = [require_redis(), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with running([*command, "--dir", str(directory)], directory / "redis.log", {}):
        _wait_for_port(port)
        yield f"redis://127.0.0.1:{port}/0"


def celery(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "celery", "-A", "hospital", *arguments, "--loglevel", "INFO"]


@contextmanager
def running(
    command: list[str], log: Path, environ: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """A program in a process group of its own, which is killed afterwards."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            env={**os.environ, **environ},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to the process and to all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for_port(port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), 1)):
            return
        time.sleep(0.05)
    raise AssertionError("redis-server does not answer")
