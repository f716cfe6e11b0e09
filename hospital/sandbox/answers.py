"""Answers to requests, and how a fault spoils one."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus

from .faults import Manner

JSON = "application/json"
HTML = "text/html; charset=utf-8"
_DRIPPED_LENGTH = 400  # at least, so that dripping lasts
_ERRORS = (500, 502, 503, 504)
_OTHER_JSON = (b"null", b"[]", b'"PAID"', b"200", b"true")
_PAGE = b"<html><head><title>Please wait</title></head><body>PAID soon</body></html>"


@dataclass(frozen=True)
class Answer:
    """A response, and the manner in which it is sent if not properly."""

    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    manner: Manner | None = None


def as_json(status: int, facts: Mapping[str, object], **headers: str) -> Answer:
    return Answer(status, json.dumps(facts).encode(), headers=headers)


def refused(status: HTTPStatus, reason: str, **headers: str) -> Answer:
    """An answer to what is no call of the protocol."""
    return as_json(status, {"status": "ERROR", "reason": reason}, **headers)


def unavailable(status: int = HTTPStatus.SERVICE_UNAVAILABLE) -> Answer:
    """The bank says that it could not; whether it did stays open."""
    return refused(HTTPStatus(status), HTTPStatus(status).phrase)


def spoilt(answer: Answer, manner: Manner, chance: random.Random) -> Answer:
    """The answer as a client gets it under that fault."""
    match manner:
        case Manner.ERROR:
            return unavailable(chance.choice(_ERRORS))
        case Manner.NOT_JSON:
            return Answer(HTTPStatus.OK, _PAGE, HTML)
        case Manner.OTHER_JSON:
            return Answer(HTTPStatus.OK, chance.choice(_OTHER_JSON))
        case Manner.TRUNCATED:
            return replace(answer, body=answer.body[: len(answer.body) // 2])
        case Manner.WRONG_TYPE:
            return replace(answer, content_type="text/plain; charset=utf-8")
        case Manner.DRIP:
            answer = replace(answer, body=answer.body.rjust(_DRIPPED_LENGTH))
    return replace(answer, manner=manner)
