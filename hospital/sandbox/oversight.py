"""The side of the bank for whoever runs it: the page, the faults so far and those to come."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from . import page
from .answers import Answer, as_json, refused
from .bank import Bank
from .faults import FAULTS, Operation, Profile
from .reading import Request


@dataclass(frozen=True)
class Oversight:
    bank: Bank

    async def page(self, request: Request) -> Answer:
        return await page.page(self.bank, request.head.query.get("before", ""))

    async def file(self, request: Request) -> Answer:
        return page.file(request.head.path)

    async def health(self, request: Request) -> Answer:
        is_up = self.bank.injector.profile is not Profile.DOWN
        status = HTTPStatus.OK if is_up else HTTPStatus.SERVICE_UNAVAILABLE
        return as_json(status, {"status": "UP" if is_up else "DOWN", **self._terms()})

    async def faults(self, request: Request) -> Answer:
        """What was asked of the bank since it started, and what went wrong on purpose."""
        injector = self.bank.injector
        facts = {
            "seed": injector.seed,
            "calls": dict(injector.calls),
            "faulted_calls": injector.faulted_calls,
            "faults": dict(injector.faults),
            "expired": self.bank.expired,
        }
        return as_json(HTTPStatus.OK, self._terms() | facts)

    async def order_faults(self, request: Request) -> Answer:
        """Decide the fate of the next calls by hand."""
        orders = _read_orders(_read_object(request))
        if not orders:
            known = json.dumps({operation: list(FAULTS[operation]) for operation in Operation})
            reason = f'Lists of names per operation ("" is none) out of {known}'
            return refused(HTTPStatus.BAD_REQUEST, reason)
        for operation, names in orders.items():
            self.bank.injector.order(operation, names)
        return await self.faults(request)

    async def switch_profile(self, request: Request) -> Answer:
        wanted = _read_object(request).get("profile")
        if wanted not in list(Profile):
            return refused(HTTPStatus.BAD_REQUEST, f"profile: one of {', '.join(Profile)}.")
        self.bank.injector.profile = Profile(str(wanted))
        return as_json(HTTPStatus.OK, self._terms())

    def _terms(self) -> dict[str, object]:
        terms = self.bank.terms
        return {
            "profile": self.bank.injector.profile,
            "mode": terms.mode,
            "idempotent": terms.idempotent,
            "final_after_seconds": terms.finality_seconds,
        }


def _read_object(request: Request) -> Mapping[str, object]:
    """The body, if it is a JSON object and says so: a page of another site cannot send that."""
    content_type = request.head.headers.get("content-type", "").partition(";")[0]
    if content_type.strip().lower() != "application/json":
        return {}
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    return sent if isinstance(sent, dict) else {}


def _read_orders(wish: Mapping[str, object]) -> dict[Operation, list[str]]:
    """Names of faults by operation; nothing if one of them is unknown."""
    orders: dict[Operation, list[str]] = {}
    for name, faults in wish.items():
        if name not in list(Operation) or not isinstance(faults, list):
            return {}
        operation = Operation(name)
        known = ["", *FAULTS[operation]]
        if not all(fault in known for fault in faults):
            return {}
        orders[operation] = faults
    return orders
