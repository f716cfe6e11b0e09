"""Reads HTTP/1.1 requests, each within limits of size and time."""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote, urlsplit

HEAD_LIMIT = 16 * 1024
BODY_LIMIT = 64 * 1024
IDLE_SECONDS = 60.0  # between requests of a connection
HEAD_SECONDS = 5.0
BODY_SECONDS = 5.0

_REQUEST_LINE = re.compile(r"([A-Z]{1,20}) (\S{1,8000}) HTTP/1\.([01])")
_FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*")
_LENGTH = re.compile(r"[0-9]{1,10}")


class Unacceptable(Exception):
    """What came is no request that can be answered on this connection any further."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True)
class Head:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]  # by lower-case name
    keep_alive: bool
    body_length: int


@dataclass(frozen=True)
class Request:
    """A whole request; the client began to send it at ``sent_at`` (monotonic) or later."""

    head: Head
    body: bytes
    sent_at: float


async def read_request(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    earliest_sending: Callable[[], float],
) -> Request | None:
    """
    The next request of the connection; none if the client ended it or said nothing for long.

    :raises Unacceptable: if it is not HTTP, or beyond a limit
    """
    try:
        async with asyncio.timeout(IDLE_SECONDS):
            first = await reader.readexactly(1)
        sent_at = earliest_sending()
        head = read_head(first + await _rest_of_head(reader))
        if head.headers.get("expect", "").lower() == "100-continue":
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        async with asyncio.timeout(BODY_SECONDS):
            body = await reader.readexactly(head.body_length)
    except (TimeoutError, asyncio.IncompleteReadError, ConnectionError):
        return None
    return Request(head, body, sent_at)


async def _rest_of_head(reader: asyncio.StreamReader) -> bytes:
    try:
        async with asyncio.timeout(HEAD_SECONDS):
            return await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError as over:
        raise Unacceptable(
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The head is too long."
        ) from over


def read_head(head: bytes) -> Head:
    """
    :raises Unacceptable: if it is no head of a request
    """
    line, *fields = head.decode("latin-1").strip("\r\n").split("\r\n")
    request_line = _REQUEST_LINE.fullmatch(line)
    if not request_line:
        raise Unacceptable(HTTPStatus.BAD_REQUEST, "This is not HTTP/1.1.")
    method, target, minor = request_line.groups()
    headers = _read_fields(fields)
    if minor == "1" and "host" not in headers:
        raise Unacceptable(HTTPStatus.BAD_REQUEST, "The Host header is missing.")
    path, query = _read_target(target)
    keep_alive = _keeps_alive(headers.get("connection", ""), minor)
    return Head(method, path, query, headers, keep_alive, _body_length(headers))


def _read_fields(lines: list[str]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines:
        field = _FIELD.fullmatch(line)
        if not field or "\0" in line:
            raise Unacceptable(HTTPStatus.BAD_REQUEST, "A header cannot be read.")
        name, value = field[1].lower(), field[2]
        if name in ("content-length", "host", "authorization") and name in headers:
            raise Unacceptable(HTTPStatus.BAD_REQUEST, f"The header {name} stands twice.")
        headers[name] = value
    return headers


def _read_target(target: str) -> tuple[str, dict[str, str]]:
    try:
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True, max_num_fields=20))
    except ValueError as unreadable:
        raise Unacceptable(HTTPStatus.BAD_REQUEST, "The address cannot be read.") from unreadable
    return unquote(parts.path), query


def _keeps_alive(connection: str, minor: str) -> bool:
    wishes = {wish.strip().lower() for wish in connection.split(",")}
    return "close" not in wishes if minor == "1" else "keep-alive" in wishes


def _body_length(headers: Mapping[str, str]) -> int:
    if "transfer-encoding" in headers:
        raise Unacceptable(HTTPStatus.LENGTH_REQUIRED, "Send the body with a Content-Length.")
    text = headers.get("content-length", "0")
    if not _LENGTH.fullmatch(text):
        raise Unacceptable(HTTPStatus.BAD_REQUEST, "The Content-Length cannot be read.")
    if int(text) > BODY_LIMIT:
        raise Unacceptable(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is above 64 kB.")
    return int(text)
