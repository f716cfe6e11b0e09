"""Calls the hospital: signed, and again until it has heard."""

import asyncio
import hashlib
import hmac
import http.client
import json
from urllib.parse import urlsplit

from .orders import Order

LATE_SECONDS = 5.0
PATIENCE_SECONDS = 10.0
TRIES = 6
SIGNATURE = "X-Sandbox-Signature"


def signature(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


async def tell(order: Order, secret: str, manner: str) -> None:
    """Tell the hospital what became of an order: at once, late, twice or never."""
    if manner == "late":
        await asyncio.sleep(LATE_SECONDS)
    for _ in range({"never": 0, "twice": 2}.get(manner, 1)):
        await _until_heard(order, secret)


async def _until_heard(order: Order, secret: str) -> None:
    body = json.dumps(order.facts()).encode()
    for number in range(TRIES):
        if await asyncio.to_thread(_is_heard, order.webhook_url, body, signature(secret, body)):
            return
        await asyncio.sleep(2**number)


def _is_heard(address: str, body: bytes, signed: str) -> bool:
    parts = urlsplit(address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=PATIENCE_SECONDS)
    try:
        headers = {"Content-Type": "application/json", SIGNATURE: signed}
        connection.request("POST", parts.path or "/", body, headers)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
