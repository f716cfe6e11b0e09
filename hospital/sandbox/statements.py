"""The statement: every payment of a time, page by page, with totals of the whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import urlencode

from .answers import Answer, as_json
from .instants import read_instant, write_instant
from .instructions import Malformed, Reasons
from .vault import Decision, Span, Total, Vault
from .wording import facts_of, total_facts

PAGE_SIZE = 500
_LARGEST_PAGE = 2000
_ENDLESS = 2**62


@dataclass(frozen=True)
class Page:
    """What is asked for: a time, where this page begins, how much is on it, as of which payment."""

    start: int
    end: int
    begin: int
    limit: int
    until: int | None


@dataclass(frozen=True)
class Content:
    payments: Sequence[Decision]
    totals: Sequence[Total]
    until: int
    is_last: bool


def read_page(query: Mapping[str, str]) -> Page:
    """
    :raises Malformed: naming the parameter
    """
    reasons: Reasons = {}
    start = _instant(query, "from", reasons)
    end = _instant(query, "to", reasons)
    begin = _instant(query, "begin", reasons) if "begin" in query else start
    limit = _number(query, "limit", PAGE_SIZE, reasons)
    until = _number(query, "until", _ENDLESS, reasons)
    if not reasons and start > end:
        reasons["from"] = "It is after to."
    if reasons:
        raise Malformed(reasons)
    asked = until if "until" in query else None
    return Page(start, end, max(start, begin), max(1, min(limit, _LARGEST_PAGE)), asked)


def read_content(vault: Vault, page: Page) -> Content:
    """The page, and totals that stay the same from page to page whatever is paid meanwhile."""
    until = vault.last_number() if page.until is None else page.until
    span = Span(page.start, page.end, until)
    payments = vault.paid_in(replace(span, start=page.begin), limit=page.limit + 1)
    is_last = len(payments) <= page.limit
    return Content(payments[: page.limit], vault.totals(span), until, is_last)


def statement(page: Page, content: Content) -> Answer:
    facts = {
        "from": write_instant(page.start),
        "to": write_instant(page.end),
        "payments": [facts_of(payment) for payment in content.payments],
        "totals": [total_facts(total) for total in content.totals],
        "next": None if content.is_last else _next_address(page, content),
    }
    return as_json(HTTPStatus.OK, facts)


def _next_address(page: Page, content: Content) -> str:
    parameters = {
        "from": write_instant(page.start),
        "to": write_instant(page.end),
        "begin": write_instant(content.payments[-1].decided_at + 1),
        "until": content.until,
        "limit": page.limit,
    }
    return f"/statement?{urlencode(parameters)}"


def _instant(query: Mapping[str, str], name: str, reasons: Reasons) -> int:
    try:
        return read_instant(query.get(name, ""))
    except ValueError:
        reasons[name] = "An instant like 2026-01-31T09:30:00.000000Z; a plus sign is sent as %2B."
        return 0


def _number(query: Mapping[str, str], name: str, default: int, reasons: Reasons) -> int:
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and len(text) < 20) or int(text) > _ENDLESS:
        reasons[name] = "A whole number."
        return 0
    return int(text)
