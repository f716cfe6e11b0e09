"""
One HTTP request within one deadline: name, connection, TLS, headers and the body's last byte.

Timeouts of a socket are for each piece that arrives, so a body that drips never meets them: here
each piece gets what is left of the whole. Nothing is redirected, no proxy of the environment is
used, no more than a bounded body is read, and certificates are verified.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

LARGEST_BODY = 4 * 1024 * 1024


class Unanswered(Exception):
    """There is no whole answer: what happened, in words; whether it had an effect is not known."""


@dataclass(frozen=True)
class Reply:
    """A whole answer; ``headers`` by their names in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Site:
    """Where requests go to: ``https://bank.example`` and a path before all others, if any."""

    address: str

    def request(
        self,
        method: str,
        path: str,
        *,
        seconds: float,
        body: bytes | None = None,
        headers: Mapping[str, str],
    ) -> Reply:
        """
        Send one request on a connection of its own, and return the whole answer.

        :raises Unanswered: if there is none within ``seconds``
        """
        deadline = _Deadline(seconds)
        try:
            with closing(self._connection(deadline)) as connection:
                connection.request(
                    method, self._parts.path.rstrip("/") + path, body, {**headers, **_ONCE}
                )
                return _whole(connection.getresponse())
        except TimeoutError as error:
            raise Unanswered(f"no whole answer within {seconds:g} s") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Unanswered(f"{type(error).__name__}: {error}") from error

    @cached_property
    def _parts(self) -> Any:
        return urlsplit(self.address)

    @cached_property
    def _tls(self) -> ssl.SSLContext | None:
        if self._parts.scheme != "https":
            return None
        context = ssl.create_default_context()
        context.sslsocket_class = _TimedTLSSocket
        return context

    def _connection(self, deadline: "_Deadline") -> http.client.HTTPConnection:
        host = self._parts.hostname or ""
        port = self._parts.port or (443 if self._tls else 80)
        connection = http.client.HTTPConnection(host, port)
        held = _connected(host, port, deadline)
        try:
            connection.sock = (
                self._tls.wrap_socket(held, server_hostname=host) if self._tls else held
            )
        except OSError:
            held.close()
            raise
        connection.sock.deadline = deadline  # type: ignore[union-attr] # it is a _Timed one
        return connection


_ONCE = {"Connection": "close", "Accept-Encoding": "identity", "Cache-Control": "no-cache"}


class _Deadline:
    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """:raises TimeoutError: if nothing is left"""
        left = self._at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def limit(self, held: socket.socket) -> None:
        held.settimeout(self.left)


class _Timed:
    """A socket that gives each piece what is left of the whole."""

    deadline: _Deadline | None = None

    def recv_into(self, *arguments: Any, **named: Any) -> int:
        self._limit()
        return super().recv_into(*arguments, **named)  # type: ignore[misc,no-any-return] # of the socket

    def sendall(self, *arguments: Any, **named: Any) -> None:
        self._limit()
        super().sendall(*arguments, **named)  # type: ignore[misc] # of the socket

    def _limit(self) -> None:
        if self.deadline:
            self.deadline.limit(self)  # type: ignore[arg-type] # it is a socket


class _TimedSocket(_Timed, socket.socket):
    pass


class _TimedTLSSocket(_Timed, ssl.SSLSocket):
    pass


def _connected(host: str, port: int, deadline: _Deadline) -> Any:
    """Connect to the first of the host's addresses that answers."""
    refusal: OSError = ConnectionError(f"{host} has no address")
    for family, kind, protocol, _, address in _addresses(host, port, deadline):
        held = _TimedSocket(family, kind, protocol)
        try:
            deadline.limit(held)
            held.connect(address)
            deadline.limit(held)  # for a handshake that follows
        except OSError as error:
            held.close()
            refusal = error
        else:
            held.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return held
    raise refusal


def _addresses(host: str, port: int, deadline: _Deadline) -> list[Any]:
    return _within(deadline, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))


def _within(deadline: _Deadline, ask: Callable[[], list[Any]]) -> list[Any]:
    """Ask in a thread that is left behind when time is up: the resolver knows no deadline."""
    answers: list[list[Any]] = []
    refusals: list[OSError] = []

    def run() -> None:
        try:
            answers.append(ask())
        except OSError as error:
            refusals.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(deadline.left)
    if refusals:
        raise refusals[0]
    if not answers:
        raise TimeoutError
    return answers[0]


def _whole(answer: http.client.HTTPResponse) -> Reply:
    body = answer.read(LARGEST_BODY + 1)
    if len(body) > LARGEST_BODY:
        raise http.client.HTTPException(f"more than {LARGEST_BODY} bytes")
    if answer.length:  # what a bounded read leaves over when the connection ended before
        raise http.client.IncompleteRead(body, answer.length)
    headers = {name.lower(): value for name, value in answer.getheaders()}
    return Reply(answer.status, headers, body)
