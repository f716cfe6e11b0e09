"""The page on which somebody pays, or does not. No script, nothing from elsewhere."""

from html import escape
from http import HTTPStatus

from .answers import HTML, Answer
from .orders import Order
from .page import money

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_LAYOUT = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} · Sandbox checkout</title>
<link rel="icon" type="image/svg+xml" href="/icon.svg">
<link rel="stylesheet" href="/page.css">
</head>
<body>
<header><h1>{title}</h1><p>Sandbox checkout. It only pretends: no money moves anywhere.</p></header>
<main>
<dl>
<div><dt>To</dt><dd>{description}</dd></div>
<div><dt>Amount</dt><dd>{amount}</dd></div>
<div><dt>Reference</dt><dd>{reference}</dd></div>
</dl>
{content}
</main>
</body>
</html>
"""
_FORM = """<form method="post">
<fieldset>
<legend>How the hospital hears of it</legend>
<label><input type="radio" name="webhooks" value="once" checked> at once</label>
<label><input type="radio" name="webhooks" value="late"> after five seconds</label>
<label><input type="radio" name="webhooks" value="twice"> twice</label>
<label><input type="radio" name="webhooks" value="never"> not at all: it has to ask</label>
</fieldset>
<p class="buttons">
<button name="decision" value="PAID">Pay {amount}</button>
<button name="decision" value="DECLINED">Decline the payment</button>
</p>
</form>
<p><a href="{return_url}">Leave without paying</a></p>"""
_TITLES = {"OPEN": "Pay", "PAID": "Paid", "DECLINED": "Declined"}


def page(order: Order) -> Answer:
    """The page of an order: how to pay it, or what became of it."""
    back = f'<p><a href="{escape(order.return_url)}">Back to {escape(order.description)}</a></p>'
    amount = money(order.currency, order.amount)
    form = _FORM.format(amount=amount, return_url=escape(order.return_url))
    text = _LAYOUT.format(
        title=_TITLES[order.status],
        description=escape(order.description),
        amount=amount,
        reference=escape(order.reference),
        content=form if order.status == "OPEN" else back,
    )
    headers = {"Content-Security-Policy": _POLICY, "Referrer-Policy": "no-referrer"}
    return Answer(HTTPStatus.OK, text.encode(), HTML, headers)
