"""A client of the hospital that does not give up: what has no clear answer is sent again."""

import http.client
import json
import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from uuid import uuid4

SECONDS = 15.0  # for an answer
PAUSE_SECONDS = 0.25
HANGS_UP = 0.05  # of the requests


class HungUp(OSError):
    """The client's own connection failed after it had sent everything."""


class Stopped(Exception):
    """The run ends now; what became of the last act is nobody's business any more."""


@dataclass(frozen=True)
class Reply:
    status: int
    body: Any

    @property
    def is_done(self) -> bool:
        return self.status in {HTTPStatus.OK, HTTPStatus.CREATED}

    @property
    def refusal(self) -> str:
        return f"{self.status} {self.body.get('code', '')}".strip()


@dataclass
class Desk:
    """
    One caller's connection. An act keeps its key however often it is sent; a naive one takes a new
    one each time, as programs do that know no keys. Now and then it hangs up before the answer.
    """

    port: int
    token: str
    stop: threading.Event
    unanswered: Counter[str]
    dice: random.Random
    is_naive: bool = False
    _connection: http.client.HTTPConnection | None = field(default=None)

    def act(self, path: str, body: dict[str, Any], *, key: bool = True) -> Reply:
        """Send until it is known what became of it."""
        own = uuid4().hex
        while not self.stop.is_set():
            used = uuid4().hex if self.is_naive else own
            reply = self._send(path, body, used if key else "")
            if reply is not None:
                return reply
            self.stop.wait(PAUSE_SECONDS)
        raise Stopped

    def _send(self, path: str, body: dict[str, Any], key: str) -> Reply | None:
        """Send once; None when it is not known what became of it."""
        try:
            reply = self._reply(path, body, key)
        except (OSError, http.client.HTTPException, ValueError) as trouble:
            self._hang_up()
            self.unanswered[type(trouble).__name__] += 1
            return None
        if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self.unanswered[reply.refusal] += 1
            return None
        return reply

    def _reply(self, path: str, body: dict[str, Any], key: str) -> Reply:
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            **({"Idempotency-Key": key} if key else {}),
        }
        self._connection.request("POST", path, json.dumps(body), headers)
        if self.dice.random() < HANGS_UP:
            raise HungUp
        answer = self._connection.getresponse()
        return Reply(answer.status, json.loads(answer.read()))

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None
