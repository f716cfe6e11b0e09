"""
Amounts and times on paper, as the installation's LOCALE writes them (CLDR, through Babel).

Digits are always 0 to 9, as on the keys of a till. What is longer than one word may run from right
to left: a template puts it into ``<bdi>``.
"""

import re
from datetime import datetime
from decimal import Decimal

from babel import Locale
from babel.dates import format_date, format_time, get_datetime_format
from babel.numbers import format_currency, format_decimal
from django.conf import settings
from django.utils.timezone import localtime


def local_money(amount: Decimal) -> str:
    """Return the amount with its currency: ``"₦1,200.50"``, ``"1.200,50 €"``."""
    # Always two places: what a locale leaves out (XOF has no cents) may still be owed.
    return format_currency(amount, settings.CURRENCY, locale=_locale(), currency_digits=False)


def local_amount(amount: Decimal) -> str:
    """Return the amount without its currency, two places: ``"1,200.50"``, ``"1.200,50"``."""
    locale = _locale()
    pattern = re.sub(r"\.#+", ".00", locale.decimal_formats[None].pattern)
    return format_decimal(amount, format=pattern, locale=locale)


def local_moment(instant: datetime) -> str:
    """Return date and time where the hospital is: ``"20 Nov 2026, 13:05"``."""
    here, locale = localtime(instant), _locale()
    time = format_time(here, "short", locale=locale)
    date = format_date(here, "medium", locale=locale)
    return (
        str(get_datetime_format("medium", locale=locale)).replace("{0}", time).replace("{1}", date)
    )


def _locale() -> Locale:
    return Locale.parse(settings.LOCALE)
