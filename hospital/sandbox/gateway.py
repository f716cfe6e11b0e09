"""What the gateway does with a request: expects a payment, says what became of it, takes it."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qs

from . import checkout, wording
from .answers import Answer, as_json, refused
from .bank import Bank
from .instructions import Malformed
from .orders import Order, read_order
from .reading import Request
from .webhooks import tell

ORDERS = "/gateway/orders"
CHECKOUT = "/checkout/"
_DECISIONS = ("PAID", "DECLINED")


@dataclass
class GatewayDesk:
    """Without a ``secret`` there is no gateway. It is the hospital's key, and signs webhooks."""

    bank: Bank
    secret: str
    _telling: set[asyncio.Task[None]] = field(default_factory=set)

    def orders(self, path: str) -> Mapping[str, Callable[[Request], Awaitable[Answer]]]:
        """What hospitals ask for, by method; for whoever has the secret."""
        return {"POST": self._expect, "GET": self._find} if self.secret and path == ORDERS else {}

    def checkout(self, path: str) -> Mapping[str, Callable[[Request], Awaitable[Answer]]]:
        """What whoever pays sees, by method."""
        is_one = self.secret and path.startswith(CHECKOUT)
        return {"GET": self._show, "POST": self._take} if is_one else {}

    def knows(self, request: Request) -> bool:
        scheme, _, given = request.head.headers.get("authorization", "").partition(" ")
        is_it = hmac.compare_digest(given.strip().encode(), self.secret.encode())
        return is_it and scheme.lower() == "bearer"

    async def _expect(self, request: Request) -> Answer:
        try:
            wish = read_order(request.body)
        except Malformed as malformed:
            return wording.malformed(malformed.reasons)
        order = await self.bank.ask(lambda vault: vault.orders.keep(wish))
        host = request.head.headers.get("host", "")
        address = f"http://{host}{CHECKOUT}{order.id}"
        return as_json(HTTPStatus.CREATED, {**order.facts(), "checkout_url": address})

    async def _find(self, request: Request) -> Answer:
        reference = request.head.query.get("reference", "")
        found = await self.bank.ask(lambda vault: vault.orders.of_reference(reference))
        return as_json(HTTPStatus.OK, {"orders": [order.facts() for order in found]})

    async def _show(self, request: Request) -> Answer:
        order = await self._order(request)
        return checkout.page(order) if order else _unknown()

    async def _take(self, request: Request) -> Answer:
        order = await self._order(request)
        if order is None:
            return _unknown()
        typed = parse_qs(request.body.decode("utf-8", "replace"), max_num_fields=5)
        decision, manner = (typed.get(name, [""])[0] for name in ("decision", "webhooks"))
        if decision not in _DECISIONS:
            return refused(HTTPStatus.BAD_REQUEST, f"decision: one of {', '.join(_DECISIONS)}.")
        if order.status != "OPEN":
            return checkout.page(order)
        open_order = order
        decided = await self.bank.ask(lambda vault: vault.orders.decide(open_order, decision))
        telling = asyncio.create_task(tell(decided, self.secret, manner))
        self._telling.add(telling)  # the loop itself holds a task only weakly
        telling.add_done_callback(self._telling.discard)
        return checkout.page(decided)

    async def _order(self, request: Request) -> Order | None:
        order_id = request.head.path.rstrip("/").removeprefix(CHECKOUT)
        return await self.bank.ask(lambda vault: vault.orders.of_id(order_id))


def _unknown() -> Answer:
    return refused(HTTPStatus.NOT_FOUND, "There is no such order.")
