"""What gateways send, read with suspicion: every part has the type it should have, or is none."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from client_wallet.errors import UnsignedWebhook
from hospital.core.errors import InvalidRequest
from hospital.core.money import MAX_BALANCE

LONGEST_REFERENCE = 100


class Unreadable(Exception):
    """Something that is not what the gateway's protocol says, and why."""


def require_signature(secret: str, body: bytes, given: str) -> None:
    """
    Make sure that whoever sent the body knows the secret: HMAC-SHA256, in hex.

    :raises UnsignedWebhook: if not
    """
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    if not secret or not hmac.compare_digest(expected.encode(), given.strip().encode()):
        raise UnsignedWebhook


def object_in(body: bytes) -> Mapping[str, Any]:
    """
    Return the JSON object in the body of a signed webhook.

    :raises InvalidRequest: if there is none
    """
    try:
        facts = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest("body", "This is no JSON.") from error
    if not isinstance(facts, dict):
        raise InvalidRequest("body", "A JSON object is needed.")
    return facts


def part(facts: Any, *names: str) -> Any:
    """Return what stands at the end of a path of names, None where it breaks off."""
    for name in names:
        facts = facts.get(name) if isinstance(facts, Mapping) else None
    return facts


def text(facts: Any, *names: str) -> str:
    """
    Return a short text, "" where there is none.

    :raises Unreadable: if it is no text that can be a reference
    """
    value = part(facts, *names)
    if value is None:
        return ""
    is_one = isinstance(value, str) and len(value) <= LONGEST_REFERENCE and value.isprintable()
    if not is_one:
        raise Unreadable(f"{'.'.join(names)} is no short text")
    return str(value)


def currency(facts: Any, *names: str) -> str:
    """:raises Unreadable: if it is no code of a currency"""
    code = text(facts, *names)
    if len(code) != 3 or not code.isalpha() or not code.isupper() or not code.isascii():
        raise Unreadable(f"{'.'.join(names)} is no currency")
    return code


def hundredths(facts: Any, *names: str) -> Decimal:
    """
    Return an amount that is sent as a whole number of hundredths (paise, kobo, cents).

    :raises Unreadable: if it is no such number
    """
    value = part(facts, *names)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Unreadable(f"{'.'.join(names)} is no whole number")
    amount = Decimal(value).scaleb(-2)
    if not 0 <= amount <= MAX_BALANCE:
        raise Unreadable(f"{'.'.join(names)} is no amount")
    return amount
