"""Writes answers to a connection, properly or in the manner of a fault."""

import asyncio
import socket
import struct
from contextlib import suppress
from email.utils import formatdate
from http import HTTPStatus

from .answers import Answer
from .faults import Manner

WRITE_SECONDS = 10.0
HANG_SECONDS = 300.0
DRIP_SECONDS = 0.5
LINGER_SECONDS = 1.0
_RESET = struct.pack("ii", 1, 0)  # linger for no time: closing sends RST instead of FIN


async def send(
    answer: Answer,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    *,
    keep_alive: bool,
    with_body: bool = True,
) -> bool:
    """Send it; whether the connection can go on."""
    match answer.manner:
        case Manner.RESET:
            reset(writer)
        case Manner.HANG:
            await _until_the_client_leaves(reader)
        case Manner.DRIP:
            await _drip(answer, writer)
        case Manner.ENDS_EARLY:
            await _write(writer, head_of(answer, False) + answer.body[: len(answer.body) // 2])
        case _:
            body = answer.body if with_body else b""
            await _write(writer, head_of(answer, keep_alive) + body)
            return keep_alive
    return False


def head_of(answer: Answer, keep_alive: bool) -> bytes:
    lines = [
        f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}",
        f"Date: {formatdate(usegmt=True)}",
        f"Content-Type: {answer.content_type}",
        f"Content-Length: {len(answer.body)}",
        f"Connection: {'keep-alive' if keep_alive else 'close'}",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
        *(f"{name.replace('_', '-')}: {value}" for name, value in answer.headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def reset(writer: asyncio.StreamWriter) -> None:
    connection = writer.get_extra_info("socket")
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()


async def part(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Close so that the client can still read the last answer, whatever it is yet sending."""
    with suppress(OSError, TimeoutError):
        writer.write_eof()
        async with asyncio.timeout(LINGER_SECONDS):
            await _swallow(reader)
    writer.transport.abort()


async def _write(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    async with asyncio.timeout(WRITE_SECONDS):
        await writer.drain()


async def _drip(answer: Answer, writer: asyncio.StreamWriter) -> None:
    await _write(writer, head_of(answer, False))
    for byte in answer.body:
        await asyncio.sleep(DRIP_SECONDS)
        await _write(writer, bytes([byte]))


async def _until_the_client_leaves(reader: asyncio.StreamReader) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(HANG_SECONDS):
            await _swallow(reader)


async def _swallow(reader: asyncio.StreamReader) -> None:
    while await reader.read(65536):
        pass
