"""Which address answers what, and to whom."""

import hmac
import ipaddress
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from . import statements, wording
from .answers import Answer, refused, spoilt
from .bank import Bank
from .faults import Operation
from .gateway import GatewayDesk
from .instructions import Malformed
from .oversight import Oversight
from .reading import Request

_LOOKUP = "/transfers/"
Handlers = Mapping[str, Callable[[Request], Awaitable[Answer]]]  # by method


@dataclass(frozen=True)
class Routes:
    """
    The protocol is for whoever has the bank's token, the gateway's for whoever has its secret; the
    oversight and the checkout are for this machine only.
    """

    bank: Bank
    token: str
    gateway: GatewayDesk

    async def answer(self, request: Request, caller: str) -> Answer:
        path = request.head.path.rstrip("/") or "/"
        if orders := self.gateway.orders(path):
            if not self.gateway.knows(request):
                return refused(HTTPStatus.UNAUTHORIZED, "The gateway's secret is needed.")
            return await _handled(request, orders)
        handlers = self._protocol(path)
        if handlers and not self._has_token(request):
            return refused(
                HTTPStatus.UNAUTHORIZED, "The bank's token is needed.", WWW_Authenticate="Bearer"
            )
        if not handlers:
            handlers = self.gateway.checkout(path) or self._oversight(path)
            if path != "/health" and not _is_from_here(request, caller):
                return refused(HTTPStatus.FORBIDDEN, "Only this machine may ask.")
        return await _handled(request, handlers)

    def _protocol(self, path: str) -> Handlers:
        if path.startswith(_LOOKUP):
            return {"GET": self._find}
        table: Mapping[str, Handlers] = {
            "/transfers": {"POST": self._submit},
            "/statement": {"GET": self._statement},
        }
        return table.get(path, {})

    def _oversight(self, path: str) -> Handlers:
        oversight = Oversight(self.bank)
        table: Mapping[str, Handlers] = {
            "/": {"GET": oversight.page},
            "/page.css": {"GET": oversight.file},
            "/icon.svg": {"GET": oversight.file},
            "/health": {"GET": oversight.health},
            "/faults": {"GET": oversight.faults},
            "/admin/faults": {"POST": oversight.order_faults},
            "/admin/profile": {"POST": oversight.switch_profile},
        }
        return table.get(path, {})

    def _has_token(self, request: Request) -> bool:
        scheme, _, given = request.head.headers.get("authorization", "").partition(" ")
        is_it = hmac.compare_digest(given.strip().encode(), self.token.encode())
        return not self.token or (scheme.lower() == "bearer" and is_it)

    async def _submit(self, request: Request) -> Answer:
        return await self.bank.submit(request.body, request.sent_at)

    async def _find(self, request: Request) -> Answer:
        return await self.bank.find(request.head.path.rstrip("/").removeprefix(_LOOKUP))

    async def _statement(self, request: Request) -> Answer:
        try:
            asked = statements.read_page(request.head.query)
        except Malformed as malformed:
            return wording.malformed(malformed.reasons)
        call = self.bank.injector.next_call(Operation.STATEMENT)
        content = await self.bank.ask(lambda vault: statements.read_content(vault, asked))
        answer = statements.statement(asked, content)
        return spoilt(answer, call.fault.manner, call.chance) if call.fault else answer


async def _handled(request: Request, handlers: Handlers) -> Answer:
    if not handlers:
        return refused(HTTPStatus.NOT_FOUND, "There is nothing at this address.")
    method = "GET" if request.head.method == "HEAD" else request.head.method
    if method not in handlers:
        allowed = ", ".join(handlers)
        return refused(HTTPStatus.METHOD_NOT_ALLOWED, f"Only {allowed}.", Allow=allowed)
    return await handlers[method](request)


def _is_from_here(request: Request, caller: str) -> bool:
    """From this machine, and under its name: another site's name may have been pointed at us."""
    try:
        is_loopback = ipaddress.ip_address(caller).is_loopback
        name = urlsplit(f"//{request.head.headers.get('host', '')}").hostname
    except ValueError:
        return False
    return is_loopback and name in ("localhost", "127.0.0.1", "::1")
