"""The page for people: what the bank paid, newest first. No script, nothing from elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from http import HTTPStatus
from pathlib import Path

from .answers import HTML, Answer
from .bank import Bank
from .vault import Decision, Span, Total, Vault

PAGE_SIZE = 50
_HERE = Path(__file__).parent
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_EVER = 2**62
_FILES = {"/page.css": "text/css; charset=utf-8", "/icon.svg": "image/svg+xml"}
_LAYOUT = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Sandbox bank</title>
<link rel="icon" type="image/svg+xml" href="/icon.svg">
<link rel="stylesheet" href="/page.css">
</head>
<body>
<header><h1>Sandbox bank</h1><p>Pretends to pay. No money moves anywhere.</p></header>
<main>
<dl>{facts}</dl>
<h2>Payments</h2>
{payments}
{links}
</main>
</body>
</html>
"""


@dataclass(frozen=True)
class Payments:
    """One page of them, and the totals of all."""

    shown: Sequence[Decision]
    again: set[int]  # numbers of those whose reference had been paid before
    totals: Sequence[Total]
    has_older: bool


def read_payments(vault: Vault, before: int) -> Payments:
    found = vault.newest_payments(before=before, limit=PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    totals = vault.totals(Span(0, _EVER, _EVER))
    return Payments(shown, vault.paid_again(shown), totals, len(found) > PAGE_SIZE)


async def page(bank: Bank, before: str) -> Answer:
    """The page of payments below a number; of the newest without one."""
    is_number = before.isascii() and before.isdecimal() and len(before) < 19
    below = int(before) if is_number else _EVER
    payments = await bank.ask(lambda vault: read_payments(vault, below))
    text = _LAYOUT.format(
        facts=_facts(bank, payments),
        payments=_table(payments) if payments.shown else "<p>Nothing was paid yet.</p>",
        links=_links(payments, is_newest=below == _EVER),
    )
    headers = {"Content-Security-Policy": _POLICY, "Referrer-Policy": "no-referrer"}
    return Answer(HTTPStatus.OK, text.encode(), HTML, headers)


def file(path: str) -> Answer:
    """A file that the page asks for."""
    return Answer(HTTPStatus.OK, (_HERE / path[1:]).read_bytes(), _FILES[path])


def money(currency: str, hundredths: int) -> str:
    return f"{currency} {hundredths // 100:,}.{hundredths % 100:02}"


def _facts(bank: Bank, payments: Payments) -> str:
    terms = bank.terms
    final = "no promise" if terms.finality_seconds is None else f"{terms.finality_seconds} s"
    sums = [_whole(money(total.currency, total.amount)) for total in payments.totals]
    facts = {
        "Profile": bank.injector.profile.value,
        "Answers": terms.mode.value,
        "A reference sent again": "is paid once" if terms.idempotent else "is paid again",
        "Finality": final,
        "Payments": f"{sum(total.count for total in payments.totals):,}",
        "Paid in all": "<br>".join(sums) or "nothing",
    }
    return "".join(f"<div><dt>{name}</dt><dd>{fact}</dd></div>" for name, fact in facts.items())


def _whole(text: str) -> str:
    return f'<span class="whole">{text}</span>'


def _table(payments: Payments) -> str:
    rows = "".join(_row(payment, payment.number in payments.again) for payment in payments.shown)
    return (
        '<table><thead><tr><th scope="col">Paid at (UTC)</th><th scope="col">Reference</th>'
        '<th scope="col">To</th><th scope="col">Bank id</th>'
        f'<th scope="col" class="amount">Amount</th></tr></thead><tbody>{rows}</tbody></table>'
    )


def _row(payment: Decision, is_again: bool) -> str:
    wish = payment.instruction
    mark = ' <strong class="again">paid again</strong>' if is_again else ""
    cells = {
        "Paid at (UTC)": _moment(payment.decided_at),
        "Reference": f"<code>{escape(wish.reference)}</code>{mark}",
        "To": f"{escape(wish.account_name)} <small>{wish.bank_code} {wish.account_number}</small>",
        "Bank id": _whole(payment.bank_id),
    }
    texts = "".join(
        f'<td data-name="{name}"><span>{text}</span></td>' for name, text in cells.items()
    )
    amount = money(wish.currency, wish.amount)
    return f'<tr>{texts}<td data-name="Amount" class="amount">{_whole(amount)}</td></tr>'


def _moment(microseconds: int) -> str:
    at = datetime.fromtimestamp(microseconds // 1_000_000, UTC)
    return f'<time datetime="{at:%Y-%m-%dT%H:%M:%SZ}">{at:%-d %b %Y, %H:%M:%S}</time>'


def _links(payments: Payments, *, is_newest: bool) -> str:
    newest = "" if is_newest else '<a href="/">Newest</a>'
    older = (
        f'<a href="/?before={payments.shown[-1].number}">Older</a>' if payments.has_older else ""
    )
    return f"<nav>{newest} {older}</nav>" if newest or older else ""
