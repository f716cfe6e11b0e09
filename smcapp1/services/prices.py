"""What an item costs from a day on."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest, NotFound
from hospital.core.money import require_amount
from smcapp1.models import Price, ServiceItem


@transaction.atomic
def set_price(
    *, service_item_id: int, unit_price: Decimal, effective_from: date, act: Act
) -> Price:
    """
    Give an item a price from a day on; a price of that same day is replaced, earlier ones stay.

    ``unit_price`` is in CURRENCY, two places, above zero. Setting the same price twice changes
    nothing but who set it when.

    :raises InvalidRequest: if the price is not money, or the day has passed
    :raises NotFound: if there is no such catalogue item
    """
    if not ServiceItem.objects.filter(pk=service_item_id).exists():
        raise NotFound("There is no catalogue item with this id.")
    price = Price(
        service_item_id=service_item_id, unit_price=unit_price, effective_from=effective_from
    )
    set_prices(prices=[price], act=act)
    return price


@transaction.atomic
def set_prices(*, prices: Sequence[Price], act: Act) -> None:
    """
    Give many items a price each, in one statement, by the rule of ``set_price``.

    :raises InvalidRequest: if one of the prices is not money, or begins on a day that has passed
    """
    now = timezone.now()
    for price in prices:
        require_amount(price.unit_price, "unit_price")
        require_no_past_day(price.effective_from)
        price.set_by, price.set_at = act.actor, now
    # The statement touches the price alone: the application may change no other column.
    Price.objects.bulk_create(
        prices,
        update_conflicts=True,
        update_fields=["unit_price", "set_by", "set_at"],
        unique_fields=["service_item", "effective_from"],
    )


def require_no_past_day(day: date) -> None:
    """
    Refuse a price that would begin before today.

    :raises InvalidRequest: if the day has passed
    """
    if day < timezone.localdate():
        message = "A price begins today or later: what was billed on past days stays as it was."
        raise InvalidRequest("effective_from", message)
