"""The prices of an item, newest first, as its page shows them: what changed, when and by whom."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html

from hospital.core.admin import money_cell
from smcapp1.models import Price, ServiceItem

PRICES_SHOWN = 50


def price_history(item: ServiceItem) -> dict[str, Any]:
    """Return the table of an item's prices, in one query."""
    prices = Price.objects.filter(service_item=item).select_related("set_by")
    newest = list(prices.order_by("-effective_from")[: PRICES_SHOWN + 1])
    today = timezone.localdate()
    begun = [price.effective_from for price in newest if price.effective_from <= today]
    in_force = begun[0] if begun else None
    before = [*newest[1:], None]
    rows = [_row(price, earlier, in_force) for price, earlier in zip(newest, before, strict=True)]
    headers = ["from", "price", "before", "change", "state", "set by", "set on"]
    return {"headers": headers, "rows": rows[:PRICES_SHOWN]}


def _row(price: Price, earlier: Price | None, in_force: date | None) -> list[Any]:
    return [
        date_format(price.effective_from, "DATE_FORMAT"),
        money_cell(price.unit_price),
        money_cell(earlier.unit_price) if earlier else "",
        _change(price.unit_price, earlier.unit_price) if earlier else "",
        _state(price, in_force),
        "" if price.set_by is None else str(price.set_by),
        "" if price.set_at is None else _moment(price.set_at),
    ]


def _change(new: Decimal, old: Decimal) -> str:
    return format_html('<span class="money">{}</span>', f"{new - old:+,.2f}")


def _state(price: Price, in_force: date | None) -> str:
    if price.effective_from == in_force:
        return "today's price"
    return "not yet" if in_force is None or price.effective_from > in_force else ""


def _moment(instant: Any) -> str:
    return date_format(timezone.localtime(instant), "SHORT_DATETIME_FORMAT")
