"""The web server: granian with the WSGI application, in a process group of its own."""

import contextlib
import http.client
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from hospital.launcher import children, records
from hospital.launcher.places import Places, open_log
from hospital.launcher.problems import Problem

HOST = "127.0.0.1"
READY_SECONDS = 30.0
STOP_SECONDS = 8.0
# Two slow requests, or two waits for a row lock, must not stop the desk.
CAPACITY = ("--workers", "2", "--blocking-threads", "16", "--respawn-failed-workers")


@dataclass(frozen=True)
class WebServer:
    process: subprocess.Popen[bytes]
    log: Path
    port: int
    name: str  # the host name it answers to

    def wait_until_ready(self) -> None:
        """:raises Problem: if it dies, or is not ready in time"""
        deadline = time.monotonic() + READY_SECONDS
        answer = "no answer"
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise self.death()
            ready, answer = _ask(self.port, self.name, "/health/ready")
            if ready:
                return
            time.sleep(0.1)
        raise Problem(
            f"The server is not ready after {READY_SECONDS:.0f} s: {answer} (see {self.log})"
        )

    def death(self) -> Problem:
        """What to say when the server ended by itself."""
        lines = self.log.read_text(encoding="utf-8", errors="replace")
        return Problem(
            f"The server stopped by itself with code {self.process.poll()}; the end of {self.log}:"
            f"\n    {children.tail(lines).strip()}"
        )


@contextlib.contextmanager
def serving(
    places: Places, port: int, environ: Mapping[str, str], *, locks: tuple[int, ...]
) -> Iterator[WebServer]:
    """
    Run the web server; ``locks`` stay held until its last process is gone.

    Its process group is ended and reaped on the way out.
    """
    log = places.state / f"server-{port}.log"
    with open_log(log, "wb") as output:
        process = subprocess.Popen(
            _command(places, port),
            cwd=places.root,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            pass_fds=locks,
        )
    record = places.state / f"server-{port}.json"
    try:
        records.remember(record, process.pid)
        yield WebServer(process, log, port, _host_name(environ))
    finally:
        children.stop_group(process.pid, seconds=STOP_SECONDS)
        process.wait()
        record.unlink(missing_ok=True)


def require_free_port(port: int) -> None:
    """:raises Problem: if something listens on the port, or it is not ours to take"""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            why = "not allowed" if isinstance(error, PermissionError) else "taken"
            raise Problem(f"Port {port} is {why}: choose another with --port.") from error


def stop_servers(places: Places) -> list[int]:
    """Stop the servers of this project, and return their ports."""
    stopped = []
    for record in sorted(places.state.glob("server-*.json")):
        if records.stop_recorded(record, seconds=STOP_SECONDS):
            stopped.append(int(record.stem.partition("-")[2]))
        record.unlink(missing_ok=True)
    return stopped


def _command(places: Places, port: int) -> list[str]:
    return [
        *(str(places.python), "-m", "granian", "--interface", "wsgi", "--no-ws"),
        *("--host", HOST, "--port", str(port), *CAPACITY, "--workers-kill-timeout", "5"),
        "hospital.wsgi:application",
    ]


def _host_name(environ: Mapping[str, str]) -> str:
    """A name among ALLOWED_HOSTS, since production answers to no other."""
    names = [name.strip().lstrip(".") for name in environ.get("ALLOWED_HOSTS", "").split(",")]
    return next((name for name in names if name not in {"", "*"}), HOST)


def _ask(port: int, name: str, path: str) -> tuple[bool, str]:
    """Whether the server is ready, and what it says; a way to https leads through a proxy."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": name, "X-Forwarded-Proto": "https"})
        answer = connection.getresponse()
        body = answer.read(500).decode("utf-8", errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return False, str(error)
    finally:
        connection.close()
    elsewhere = answer.getheader("Location", "").startswith("https://")
    ready = answer.status == http.client.OK or elsewhere
    return ready, f"{path} answers {answer.status} {body}".strip()
