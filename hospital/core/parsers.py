"""How a request's body is read."""

import json
import re
from collections.abc import Mapping
from typing import IO, Any

from rest_framework import status
from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.parsers import JSONParser
from rest_framework.utils.json import strict_constant

MAX_BODY_BYTES = 1_000_000
_HALF = "Surrogate characters are not allowed."
_WHOLE = re.compile(r"(-?[0-9]+)\.0+")


class RequestTooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The request is too large."
    default_code = "request_too_large"


class LengthRequired(APIException):
    status_code = status.HTTP_411_LENGTH_REQUIRED
    default_detail = "Send the body with a Content-Length; it is not read in chunks."
    default_code = "length_required"


class BoundedJSONParser(JSONParser):
    """
    JSON of a bounded size and depth, whose text can be stored and sent back.

    A number with a fraction or an exponent is read as the text that it was written in: a float
    would round an amount's far decimals away before anybody could refuse them.
    """

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
            parsed = json.loads(
                stream.read().decode(),  # UTF-8: RFC 8259, section 8.1
                parse_float=_as_written,
                parse_constant=strict_constant,
            )
            _require_text(parsed)
        except RecursionError:
            raise ParseError("The JSON is nested too deeply.") from None
        except ValueError as error:
            raise ParseError(f"This is no JSON: {error}.") from None
        return parsed


def _as_written(number: str) -> int | str:
    whole = _WHOLE.fullmatch(number)
    return int(whole[1]) if whole else number


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
