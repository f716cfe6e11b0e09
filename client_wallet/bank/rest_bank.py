"""
A bank of the protocol in docs/sandbox-bank.md, over HTTP. Also its simple mode, in which a
submission is answered only by ``{"data": "success", "status": 200}`` or
``{"data": "failed", "status": 503}``.
"""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from client_wallet.bank.interface import (
    Answered,
    Destination,
    Outcome,
    Payment,
    PaymentOrder,
    StatementUnavailable,
    paid,
)
from client_wallet.bank.timed_http import Reply, Site, Unanswered
from hospital.core.money import money_text
from hospital.core.times import wire_time

KEPT_BODY = 1000  # characters of an answer
_STATEMENT_TRIES = 8
_SUCCESS = {"data": "success", "status": 200}
_NOT_OURS = {  # what says nothing of a payment, but that this bank cannot be used now
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.PROXY_AUTHENTICATION_REQUIRED,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_MANY_REQUESTS,
}


class _Unreadable(Exception):
    """An answer that is not one of the protocol, and why."""


@dataclass(frozen=True)
class RestBank:
    """
    A bank at an address. ``token`` goes along as a bearer token, if there is one.

    Where the bank says itself that it takes longer than ``finality_seconds``, its "not found" is
    never taken for the last word.
    """

    address: str
    token: str = ""
    deadline_seconds: float = 10.0
    finality_seconds: float | None = 30.0
    page_size: int = 500  # payments on a page of a statement
    pause_seconds: float = 0.2  # before a statement is asked for again; doubled each time
    _site: Site = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_site", Site(self.address))

    def submit(self, order: PaymentOrder) -> Answered:
        instruction = {
            "reference": order.reference,
            "amount": money_text(order.amount),
            "currency": order.currency,
            "destination": vars(order.destination),
        }
        try:
            reply = self._request("POST", "/transfers", json.dumps(instruction).encode())
        except Unanswered as nothing:
            return _inconclusive(str(nothing), reached=False)
        return _read(order, reply, _submitted)

    def find_by_reference(self, order: PaymentOrder) -> Answered:
        try:
            reply = self._request("GET", f"/transfers/{quote(order.reference, safe='')}")
        except Unanswered as nothing:
            return _inconclusive(str(nothing), reached=False)
        answered = _read(order, reply, _found)
        if answered.outcome == Outcome.NOT_FOUND and not self._promises_enough(reply):
            detail = "Not found, but it takes this bank longer than BANK_FINALITY_SECONDS says."
            return Answered(Outcome.INCONCLUSIVE, reply.status, detail, answered.body)
        return answered

    def statement(self, start: datetime, end: datetime) -> Iterator[Payment]:
        """Yield page by page; a page that fails is asked for again a few times."""
        asked = {"from": wire_time(start), "to": wire_time(end), "limit": self.page_size}
        path = f"/statement?{urlencode(asked)}"
        while path:
            payments, path = self._page(path)
            yield from payments

    def _request(self, method: str, path: str, body: bytes | None = None) -> Reply:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return self._site.request(
            method, path, seconds=self.deadline_seconds, body=body, headers=headers
        )

    def _promises_enough(self, reply: Reply) -> bool:
        promised = _object_in(reply).get("final_after_seconds")
        if self.finality_seconds is None:
            return True  # nothing is built on it
        return isinstance(promised, int | float) and promised <= self.finality_seconds

    def _page(self, path: str) -> tuple[list[Payment], str]:
        trouble = ""
        for number in range(_STATEMENT_TRIES):
            if number:
                time.sleep(min(self.pause_seconds * 2**number, 5))
            try:
                reply = self._request("GET", path)
                if reply.status == HTTPStatus.OK:
                    return _page_in(reply)
                trouble = f"status {reply.status}"
            except (Unanswered, _Unreadable) as error:
                trouble = str(error)
        raise StatementUnavailable(f"The bank gives no statement: {trouble}.")


def _read(order: PaymentOrder, reply: Reply, reader: Any) -> Answered:
    """Read an answer by its status; what does not fit the protocol is inconclusive."""
    body = reply.body[: 4 * KEPT_BODY].decode("utf-8", "replace").replace("\0", "")
    kept = {"http_status": reply.status, "body": body[:KEPT_BODY]}
    trouble = f"status {reply.status}"
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR or reply.status in _NOT_OURS:
        return _inconclusive(trouble, reached=False, **kept)
    try:
        answered: Answered | None = reader(order, reply, kept)
    except _Unreadable as error:
        reached = reply.status == HTTPStatus.NOT_FOUND  # it lives, and knows no such address
        return _inconclusive(f"{trouble}, {error}", reached=reached, **kept)
    return answered or _inconclusive(trouble, reached=True, **kept)


def _submitted(order: PaymentOrder, reply: Reply, kept: Mapping[str, Any]) -> Answered | None:
    facts = _object_in(reply)
    if reply.status == HTTPStatus.OK and facts == _SUCCESS:
        return Answered(Outcome.PAID, **kept)
    if reply.status == HTTPStatus.BAD_REQUEST and facts.get("status") == "MALFORMED":
        return Answered(Outcome.REFUSED, detail="The bank cannot read the order.", **kept)
    if reply.status == HTTPStatus.CONFLICT:
        return _inconclusive(f"status 409, {facts.get('status')}", reached=True, **kept)
    return _decided(order, reply, facts, kept)


def _found(order: PaymentOrder, reply: Reply, kept: Mapping[str, Any]) -> Answered | None:
    facts = _object_in(reply)
    if reply.status == HTTPStatus.NOT_FOUND:
        if (facts.get("status"), facts.get("reference")) != ("NOT_FOUND", order.reference):
            raise _Unreadable("not about this reference")
        return Answered(Outcome.NOT_FOUND, **kept)
    return _decided(order, reply, facts, kept)


def _decided(
    order: PaymentOrder, reply: Reply, facts: Mapping[str, Any], kept: Mapping[str, Any]
) -> Answered | None:
    """Read a payment or a refusal, as submissions and questions are answered alike."""
    if facts.get("reference") != order.reference:
        raise _Unreadable("not about this reference")
    if facts.get("status") == "PAID" and reply.status in {HTTPStatus.OK, HTTPStatus.CREATED}:
        payments = facts.get("payments", [facts])
        if not isinstance(payments, list) or not payments:
            raise _Unreadable("payments that are none")
        return paid(order, [_payment(payment) for payment in payments], **kept)
    if facts.get("status") == "REFUSED" and reply.status in _REFUSING:
        return Answered(Outcome.REFUSED, detail=str(facts.get("reason", ""))[:200], **kept)
    return None


_REFUSING = {HTTPStatus.OK, HTTPStatus.UNPROCESSABLE_ENTITY}


def _payment(facts: Any) -> Payment:
    try:
        destination = facts["destination"]
        return Payment(
            reference=str(facts["reference"]),
            amount=_amount(facts["amount"]),
            currency=str(facts["currency"]),
            destination=Destination(
                *(str(destination[name]) for name in Destination.__dataclass_fields__)
            ),
            paid_at=datetime.fromisoformat(facts["paid_at"]),
        )
    except (LookupError, TypeError, ValueError, InvalidOperation) as error:
        raise _Unreadable("a payment that cannot be read") from error


def _amount(text: Any) -> Decimal:
    amount = Decimal(text)
    if not isinstance(text, str) or not amount.is_finite():
        raise ValueError
    return amount


def _page_in(reply: Reply) -> tuple[list[Payment], str]:
    """Return a page's payments and the path of the next page, "" behind the last."""
    page = _object_in(reply)
    payments, following = page.get("payments"), page.get("next", "not said") or ""
    is_path = following == "" or isinstance(following, str) and following.startswith("/")
    if not isinstance(payments, list) or not is_path:
        raise _Unreadable("not a statement")
    return [_payment(payment) for payment in payments], following


def _object_in(reply: Reply) -> dict[str, Any]:
    """:raises _Unreadable: if the body is not a JSON object, and said to be JSON"""
    if not reply.headers.get("content-type", "").lower().startswith("application/json"):
        raise _Unreadable("not said to be JSON")
    try:
        facts = json.loads(reply.body)
    except (ValueError, RecursionError) as error:
        raise _Unreadable("not JSON") from error
    if not isinstance(facts, dict):
        raise _Unreadable("not a JSON object")
    return facts


def _inconclusive(detail: str, *, reached: bool, **kept: Any) -> Answered:
    return Answered(Outcome.INCONCLUSIVE, detail=detail[:300], reached_bank=reached, **kept)
