"""Listens, reads requests, and sends the answers, connection by connection."""

import asyncio
import logging
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus

from .answers import Answer, refused
from .reading import HEAD_LIMIT, Request, Unacceptable, read_request
from .routes import Routes
from .sending import part, send

_BACKLOG = 1024
_BEAT_SECONDS = 0.05
_log = logging.getLogger(__name__)


@dataclass
class Pulse:
    """
    Tells how long ago a request that is read now may have been sent. While the process stands
    still, requests wait in the system's buffers, and the beats before that are the last proof.
    """

    _beats: deque[float] = field(default_factory=lambda: deque([time.monotonic()], maxlen=6))

    async def beat(self) -> None:
        while True:
            await asyncio.sleep(_BEAT_SECONDS)
            self._beats.append(time.monotonic())

    def earliest_sending(self) -> float:
        return self._beats[0]


@dataclass(frozen=True)
class Server:
    routes: Routes
    pulse: Pulse = field(default_factory=Pulse)

    async def listen(self, host: str, port: int) -> asyncio.Server:
        """
        :raises OSError: if the port is taken
        """
        return await asyncio.start_server(
            self._converse, host, port, limit=HEAD_LIMIT, backlog=_BACKLOG
        )

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, TimeoutError, asyncio.CancelledError):
            while await self._exchange(reader, writer):
                pass
        writer.transport.abort()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its answer; whether the connection can go on."""
        try:
            request = await read_request(reader, writer, self.pulse.earliest_sending)
        except Unacceptable as unacceptable:
            answer = refused(unacceptable.status, unacceptable.reason)
            await send(answer, reader, writer, keep_alive=False)
            await part(reader, writer)
            return False
        if request is None:
            return False
        answer = await self._answer(request, writer)
        head = request.head
        goes_on = await send(
            answer,
            reader,
            writer,
            keep_alive=head.keep_alive,
            with_body=head.method != "HEAD",
        )
        if answer.manner is None and not goes_on:
            await part(reader, writer)
        return goes_on

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> Answer:
        caller = str(writer.get_extra_info("peername")[0])
        try:
            return await self.routes.answer(request, caller)
        except Exception:  # noqa: BLE001 - logged, and the other connections go on
            _log.exception("A request could not be answered.")
            return refused(HTTPStatus.INTERNAL_SERVER_ERROR, "This is a fault of the sandbox.")
