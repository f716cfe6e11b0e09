"""What an item costs from a day on."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction

from hospital.core.money import require_amount
from smcapp1.models import Price


def set_price(*, service_item_id: int, unit_price: Decimal, effective_from: date) -> Price:
    """
    Give an item a price from a day on; a price of that same day is replaced, earlier ones stay.

    ``unit_price`` is in CURRENCY, two places, above zero.

    :raises InvalidRequest: if the price is not money
    """
    price = Price(
        service_item_id=service_item_id, unit_price=unit_price, effective_from=effective_from
    )
    set_prices([price])
    return price


@transaction.atomic
def set_prices(prices: Sequence[Price]) -> None:
    """
    Give many items a price each, in one statement, by the rule of ``set_price``.

    :raises InvalidRequest: if one of the prices is not money
    """
    for price in prices:
        require_amount(price.unit_price, "unit_price")
    # The statement touches the price alone: the application may change no other column.
    Price.objects.bulk_create(
        prices,
        update_conflicts=True,
        update_fields=["unit_price"],
        unique_fields=["service_item", "effective_from"],
    )
