"""What a program sends to count a drawer and to hand cash over."""

from typing import Any

from rest_framework.test import APIClient

from tests.api import post
from tests.rows import Rows, everything

OF_REQUESTS = {"core_requestcount", "token_blacklist_outstandingtoken"}


def kept() -> Rows:
    """Return every row but those that any request and any token leave behind."""
    return {table: rows for table, rows in everything().items() if table not in OF_REQUESTS}


def counted(amount: str) -> list[dict[str, Any]]:
    """Return an amount counted in single units and cents, as JSON."""
    units, cents = amount.split(".")
    return [
        {"denomination": "1.00", "count": int(units)},
        {"denomination": "0.01", "count": int(cents)},
    ]


def close(client: APIClient, shift_id: int, amount: str, key: str = "", **slips: Any) -> Any:
    body = {"counts": counted(amount), **slips}
    return post(client, f"/api/shifts/{shift_id}/close/", body, key)


def recount(client: APIClient, shift_id: int, amount: str) -> Any:
    return post(client, f"/api/shifts/{shift_id}/recount/", {"counts": counted(amount)})


def accept(client: APIClient, shift_id: int, reason: str = "Change was miscounted.") -> Any:
    return post(client, f"/api/shifts/{shift_id}/accept/", {"reason": reason})


def hand_over(
    client: APIClient, amount: str = "10.00", to: str = "SAFE", key: str = "", **more: Any
) -> Any:
    return post(client, "/api/hand-overs/", {"amount": amount, "to": to, **more}, key)


def receive(client: APIClient, hand_over_id: int, key: str = "") -> Any:
    return post(client, f"/api/hand-overs/{hand_over_id}/receive/", {}, key)


def reject(client: APIClient, hand_over_id: int, reason: str = "Too little.") -> Any:
    return post(client, f"/api/hand-overs/{hand_over_id}/reject/", {"reason": reason})
