"""Money: two decimal places of one currency, as Decimal in code and as strings on the wire."""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.conf import settings
from django.db import models

from hospital.core.errors import InvalidAmount

ZERO = Decimal("0.00")
CENT = Decimal("0.01")
MAX_AMOUNT = Decimal("9999999999.99")  # of one act; a wallet holds a hundred times as much
MAX_BALANCE = Decimal("999999999999.99")  # what numeric(14, 2) holds

_WRITTEN_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?", re.ASCII)


class MoneyField(models.DecimalField):  # type: ignore[type-arg] # no generic at run time
    """A column of money: ``numeric(14, 2)``, in the installation's one currency."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_digits"] = 14
        kwargs["decimal_places"] = 2
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.DecimalField", args, kwargs  # migrations import no app


def require_amount(amount: Decimal, field: str = "amount") -> Decimal:
    """
    Return ``amount`` as an exact number of cents, above zero and at most MAX_AMOUNT.

    :raises InvalidAmount: naming ``field``; nothing is ever rounded here
    """
    if not amount.is_finite() or amount <= 0:
        raise InvalidAmount(field, "An amount must be greater than zero.")
    if amount > MAX_AMOUNT:
        raise InvalidAmount(field, f"An amount is at most {plain_amount(MAX_AMOUNT)}.")
    if amount != amount.quantize(CENT):
        raise InvalidAmount(field, "An amount has at most two decimal places.")
    return amount.quantize(CENT)


def parse_amount(text: str, field: str = "amount") -> Decimal:
    """
    Read an amount written in plain digits (``"1200"``, ``"1200.5"``, ``"1200.50"``).

    :raises InvalidAmount: for signs, exponents, separators, a third decimal, zero, or too much
    """
    if not _WRITTEN_AMOUNT.fullmatch(text):
        raise InvalidAmount(field, "Write an amount above zero with at most two decimal places.")
    return require_amount(Decimal(text), field)


def round_half_up(value: Decimal) -> Decimal:
    """Round a computed value (a product, a share) to cents, halves away from zero."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def money_text(amount: Decimal) -> str:
    """Return the amount as it goes over the wire: ``"1200.50"``."""
    return str(amount.quantize(CENT))


def plain_amount(amount: Decimal) -> str:
    """Return the amount for a person to read, without its currency: ``"1,200.50"``."""
    return f"{amount:,.2f}"


def with_currency(amount: Decimal) -> str:
    """Return the amount for a person to read: ``"NGN 1,200.50"``."""
    return f"{settings.CURRENCY} {plain_amount(amount)}"
