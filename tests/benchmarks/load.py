"""
Deposits over HTTP: granian serves, 32 cashiers send, each over a connection of its own.

The load generator is one loop over plain sockets with ready-made requests: an HTTP library would
take more of the machine than the server does.
"""

import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import cycle
from uuid import uuid4

from rest_framework_simplejwt.tokens import AccessToken

from hospital.core.models import User
from hospital.launcher.server import CAPACITY, HOST
from tests.benchmarks.ground import patients_and_cashiers

READY_SECONDS = 30.0
_REQUEST = (
    "POST /invoicing_app/wallet/deposit/ HTTP/1.1\r\nHost: localhost\r\n"
    "Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
)
_REST = "Idempotency-Key: {key}\r\nContent-Length: {length}\r\n\r\n{body}"


@dataclass
class Load:
    """The cashiers' connections, and what the generator itself has used of the machine."""

    port: int
    cashiers: Sequence[tuple[str, Iterator[int]]]  # the head of each one's requests, the patients
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    refused: list[str] = field(default_factory=list)

    def rate(self, seconds: float) -> float:
        """Let every cashier send one deposit after the other; deposits a second in all."""
        began, used = time.perf_counter(), time.process_time()
        done = self._run(began + seconds)
        took = time.perf_counter() - began
        self.cpu_seconds += time.process_time() - used
        self.wall_seconds += took
        if self.refused:
            raise RuntimeError(f"a deposit was refused: {self.refused[0]}")
        return done / took

    @property
    def cpu_share(self) -> float:
        """The generator's share of all cores while it ran."""
        return self.cpu_seconds / (self.wall_seconds or 1.0) / (os.cpu_count() or 1)

    def _run(self, until: float) -> int:
        done = 0
        with selectors.DefaultSelector() as selector:
            for head, patients in self.cashiers:
                connection = socket.create_connection((HOST, self.port))
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection.sendall(_deposit(head, next(patients)))
                selector.register(connection, selectors.EVENT_READ, (head, patients))
            while selector.get_map():
                for key, _ in selector.select():
                    done += self._answered(selector, key, until)
        return done

    def _answered(
        self, selector: selectors.BaseSelector, key: selectors.SelectorKey, until: float
    ) -> int:
        """Read an answer (it comes in one piece) and send the next deposit, until time is up."""
        connection, (head, patients) = key.fileobj, key.data
        assert isinstance(connection, socket.socket)
        answer = connection.recv(65536)
        taken = answer.startswith(b"HTTP/1.1 201")
        if not taken:
            self.refused.append(answer[:300].decode(errors="replace"))
        if taken and time.perf_counter() < until:
            connection.sendall(_deposit(head, next(patients)))
        else:
            selector.unregister(connection)
            connection.close()
        return int(taken)


def _deposit(head: str, patient: int) -> bytes:
    body = f'{{"patient_id": {patient}, "amount": "10.00"}}'
    return f"{head}{_REST.format(key=uuid4().hex, length=len(body), body=body)}".encode()


@contextmanager
def served(database: str) -> Iterator[Load]:
    """Serve this database as ``run.py`` serves the hospital, and sign the cashiers in."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--host", HOST]
        + ["--port", str(port), *CAPACITY, "hospital.wsgi:application"],
        env={**os.environ, "DATABASE_URL": database, "ALLOWED_HOSTS": "localhost"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_until_ready(server, port)
        yield Load(port, _cashiers())
    finally:
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(10)
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _cashiers() -> list[tuple[str, Iterator[int]]]:
    ids, cashiers = patients_and_cashiers()
    tokens = [AccessToken.for_user(user) for user in User.objects.filter(pk__in=cashiers)]
    return [
        (_REQUEST.format(token=token), cycle(ids[place :: len(tokens)] or ids))
        for place, token in enumerate(tokens)
    ]


def _wait_until_ready(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with suppress(OSError), socket.create_connection((HOST, port), timeout=5) as connection:
            connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
            if connection.recv(4096).startswith(b"HTTP/1.1 200"):
                return
        time.sleep(0.1)
    raise RuntimeError("granian does not serve")
