"""Orders to be paid, in the bank's own file: read from a request, kept, and decided once."""

import json
import re
import secrets
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import asdict, astuple, dataclass, replace

from .instants import now
from .instructions import Malformed

_SCHEMA = """
    CREATE TABLE IF NOT EXISTS gateway_order (
        id TEXT PRIMARY KEY,
        reference TEXT NOT NULL UNIQUE,
        amount INTEGER NOT NULL CHECK (amount > 0),
        currency TEXT NOT NULL,
        description TEXT NOT NULL,
        return_url TEXT NOT NULL,
        webhook_url TEXT NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('OPEN', 'PAID', 'DECLINED')),
        payment_id TEXT NOT NULL,
        decided_at INTEGER NOT NULL
    ) STRICT;
"""
_COLUMNS = (
    "id, reference, amount, currency, description, return_url, webhook_url, status, payment_id"
)
_REFERENCE = re.compile(r"[A-Za-z0-9._:~-]{1,100}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_ADDRESS = re.compile(r"https?://[!-~]{1,400}")
LIMIT = 10_000_000_000_00  # hundredths


@dataclass(frozen=True)
class Order:
    """What somebody is to pay; ``amount`` in hundredths. Decided when it is PAID or DECLINED."""

    id: str
    reference: str
    amount: int
    currency: str
    description: str
    return_url: str
    webhook_url: str
    status: str = "OPEN"
    payment_id: str = ""

    def facts(self) -> dict[str, object]:
        """The order as its hospital is told it."""
        names = ("id", "reference", "amount", "currency", "status", "payment_id")
        return {name: value for name, value in asdict(self).items() if name in names}


class Orders:
    """The storage, in the vault's connection: called from the vault's thread only."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._db.executescript(_SCHEMA)

    def keep(self, order: Order) -> Order:
        """Keep it; an order of the same reference that is there already is the one."""
        marks = ", ".join("?" * 9)
        self._db.execute(
            f"INSERT INTO gateway_order ({_COLUMNS}, decided_at) VALUES ({marks}, 0)"  # noqa: S608 - constants
            " ON CONFLICT (reference) DO NOTHING",
            astuple(order),
        )
        kept = self.of_reference(order.reference)
        return kept[0]

    def of_reference(self, reference: str) -> list[Order]:
        return self._orders("reference", reference)

    def of_id(self, order_id: str) -> Order | None:
        found = self._orders("id", order_id)
        return found[0] if found else None

    def decide(self, order: Order, status: str) -> Order:
        """Pay or decline it; one that was decided before stays as it was."""
        payment_id = f"pay_{secrets.token_hex(8)}"
        self._db.execute(
            "UPDATE gateway_order SET status = ?, payment_id = ?, decided_at = ?"
            " WHERE id = ? AND status = 'OPEN'",
            [status, payment_id, now(), order.id],
        )
        return self.of_id(order.id) or order

    def _orders(self, column: str, value: str) -> list[Order]:
        query = f"SELECT {_COLUMNS} FROM gateway_order WHERE {column} = ?"  # noqa: S608 - constants
        return [Order(*row) for row in self._db.execute(query, [value]).fetchall()]


def read_order(body: bytes) -> Order:
    """
    :raises Malformed: naming every field that is missing or not as it should be
    """
    try:
        sent = json.loads(body.decode())
    except (ValueError, RecursionError) as unreadable:
        raise Malformed({"body": "This is not JSON in UTF-8."}) from unreadable
    if not isinstance(sent, dict):
        raise Malformed({"body": "A JSON object is needed."})
    reasons = {name: rule for name, (rule, obeys) in _RULES.items() if not obeys(sent.get(name))}
    if reasons:
        raise Malformed(reasons)
    order = Order("", *(sent[name] for name in _RULES))
    return replace(order, id=f"go_{secrets.token_urlsafe(16)}")


def _text(pattern: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_amount(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LIMIT


def _is_description(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 200 and value.isprintable()


_RULES: Mapping[str, tuple[str, Callable[[object], bool]]] = {
    "reference": ("1 to 100 of A-Z a-z 0-9 . _ : ~ -", _text(_REFERENCE)),
    "amount": ("A whole number of hundredths, above zero.", _is_amount),
    "currency": ("Three capital letters.", _text(_CURRENCY)),
    "description": ("1 to 200 printable characters.", _is_description),
    "return_url": ("An address of http or https.", _text(_ADDRESS)),
    "webhook_url": ("An address of http or https.", _text(_ADDRESS)),
}
