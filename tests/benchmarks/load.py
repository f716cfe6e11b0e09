"""
Deposits over HTTP: granian serves, 32 cashiers send, each over a connection of its own.

The load generator is one loop over plain sockets with ready-made requests: an HTTP library would
take more of the machine than the server does.
"""

import os
import re
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
_LENGTH = re.compile(rb"content-length: *([0-9]+)", re.IGNORECASE)
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
                desk = _Desk(socket.create_connection((HOST, self.port)), head, patients)
                desk.send()
                selector.register(desk.connection, selectors.EVENT_READ, desk)
            while selector.get_map():
                for key, _ in selector.select():
                    if answer := key.data.answer():
                        done += self._is_taken(answer)
                        if self.refused or time.perf_counter() > until:
                            selector.unregister(key.fileobj)
                            key.data.connection.close()
                        else:
                            key.data.send()
        return done

    def _is_taken(self, answer: bytes) -> bool:
        if not answer.startswith(b"HTTP/1.1 201"):
            self.refused.append(answer[:600].decode(errors="replace"))
        return not self.refused


@dataclass
class _Desk:
    """One cashier's connection: one deposit is on its way at a time."""

    connection: socket.socket
    head: str
    patients: Iterator[int]
    received: bytes = b""

    def send(self) -> None:
        self.received = b""
        self.connection.sendall(_deposit(self.head, next(self.patients)))

    def answer(self) -> bytes:
        """Read on; return the answer once it is whole, and nothing before."""
        piece = self.connection.recv(65536)
        self.received += piece
        head, _, body = self.received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        is_whole = not piece or (length is not None and len(body) >= int(length[1]))
        return (self.received or b"closed") if is_whole else b""


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
