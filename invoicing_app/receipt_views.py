"""The public check of a receipt: who holds the paper learns whether it is valid, and no more."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe
from rest_framework.throttling import BaseThrottle

from client_wallet.models import ReceiptPrint
from hospital.core.money import ZERO
from hospital.core.throttling import allowed_per_minute, count_request, seconds_left
from invoicing_app.refunds.shown import Refunded, refunded_of

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address is the key
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


@dataclass(frozen=True)
class PublicReceipt:
    """What a stranger may know of a receipt: nothing of a patient, a department or an item."""

    kind: str
    number: str
    amount: Decimal
    issued_at: datetime
    copy: str
    printed_at: datetime
    reversed_at: datetime | None
    refunded: Decimal = ZERO
    refunded_at: datetime | None = None
    is_refunded_whole: bool = False


@require_safe
def check_receipt(request: HttpRequest, token: str) -> HttpResponse:
    """Answer what stands on the receipt with this token; without sign-in and without cookies."""
    caller = f"receipt:{BaseThrottle().get_ident(request)}"  # type: ignore[arg-type] # reads META
    if count_request(caller) > allowed_per_minute("receipt"):
        response = _page("busy", status=429)
        response["Retry-After"] = str(int(seconds_left()) + 1)
        return response
    receipt = _receipt_with(token)
    if receipt is None:
        return _page("unknown", status=404)
    return _page("known", {"receipt": receipt})


def _receipt_with(token: str) -> PublicReceipt | None:
    if not _TOKEN.fullmatch(token):  # PostgreSQL takes no NUL
        return None
    prints = ReceiptPrint.objects.select_related(
        "receipt__entry__deposit",
        "receipt__entry__reversed_deposit",
        "receipt__entry__payment",
        "receipt__entry__refund",
    )
    printed = prints.filter(token=token).first()
    return None if printed is None else _public(printed)


def _public(printed: ReceiptPrint) -> PublicReceipt:
    entry: Any = printed.receipt.entry
    deposit, payment = getattr(entry, "deposit", None), getattr(entry, "payment", None)
    back = refunded_of(payment) if payment else Refunded()
    return PublicReceipt(
        kind=entry.get_kind_display(),
        number=entry.memo,
        amount=_amount(entry, deposit, payment),
        issued_at=entry.posted_at,
        copy=printed.copy,
        printed_at=printed.printed_at,
        reversed_at=deposit.reversed_at if deposit else None,
        refunded=back.amount,
        refunded_at=back.last_at,
        is_refunded_whole=back.is_whole,
    )


def _amount(entry: Any, deposit: Any, payment: Any) -> Decimal:
    """Return what stands on the paper as its sum."""
    if refund := getattr(entry, "refund", None):
        amount: Decimal = refund.amount + refund.rounding
    elif payment:
        amount = payment.total_due
    else:
        amount = (deposit or entry.reversed_deposit).amount
    return amount


def _page(
    name: str,
    context: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    page = {"hospital": settings.HOSPITAL_NAME, **(context or {})}
    html = render_to_string(f"invoicing_app/receipt/{name}.html", page)  # no session, no user
    response = HttpResponse(html, status=status)
    for header, value in HEADERS.items():
        response[header] = value
    return response
