"""How a request's body is read."""

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework import status
from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.parsers import JSONParser

MAX_BODY_BYTES = 1_000_000
_HALF = "Surrogate characters are not allowed."


class RequestTooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The request is too large."
    default_code = "request_too_large"


class LengthRequired(APIException):
    status_code = status.HTTP_411_LENGTH_REQUIRED
    default_detail = "Send the body with a Content-Length; it is not read in chunks."
    default_code = "length_required"


class BoundedJSONParser(JSONParser):
    """JSON of a bounded size and depth, whose text can be stored and sent back."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        request = (parser_context or {}).get("request")
        length = request.META.get("CONTENT_LENGTH") if request else None
        if length and length.isdecimal() and int(length) > MAX_BODY_BYTES:
            raise RequestTooLarge
        try:
            parsed = super().parse(stream, media_type, parser_context)
            _require_text(parsed)
        except RecursionError:
            raise ParseError("The JSON is nested too deeply.") from None
        return parsed


def _require_text(parsed: Any) -> None:
    """Refuse ``"\\ud800"``: it is JSON, but no text, and would break whatever repeats it."""
    if _is_text(parsed):
        return
    fields = parsed.items() if isinstance(parsed, dict) else ()
    wrong = [name for name, value in fields if _is_text(name) and not _is_text(value)]
    raise ValidationError({name: [_HALF] for name in wrong or ["non_field_errors"]})


def _is_text(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
