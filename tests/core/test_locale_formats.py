"""Amounts and times as the installation's locale writes them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from hospital.core.locale_formats import local_amount, local_moment, local_money

LUNCH = datetime(2026, 11, 20, 12, 5, tzinfo=UTC)  # 13:05 in Lagos


@pytest.mark.parametrize(
    ("locale", "currency", "money", "amount", "moment"),
    [
        ("en_NG", "NGN", "₦1,234.50", "1,234.50", "20 Nov 2026, 13:05"),
        ("de_DE", "EUR", "1.234,50\xa0€", "1.234,50", "20.11.2026, 13:05"),
        (
            "fr_CI",
            "XOF",
            "1\u202f234,50\xa0F\u202fCFA",
            "1\u202f234,50",
            "20 nov. 2026, 13:05",
        ),
        (
            "ar_EG",
            "EGP",
            "\u200f1,234.50\xa0ج.م.\u200f",
            "1,234.50",
            "20\u200f/11\u200f/2026، 1:05 م",
        ),
    ],
)
def test_each_locale_has_its_own_way(locale, currency, money, amount, moment, settings):
    settings.LOCALE, settings.CURRENCY, settings.TIME_ZONE = locale, currency, "Africa/Lagos"

    written = (local_money(Decimal("1234.5")), local_amount(Decimal("1234.5")))

    assert (*written, local_moment(LUNCH)) == (money, amount, moment)


def test_digits_are_grouped_as_the_locale_does(settings):
    settings.LOCALE = "hi_IN"

    assert local_amount(Decimal("1234567.00")) == "12,34,567.00"


def test_cents_are_never_rounded_away(settings):
    settings.LOCALE, settings.CURRENCY = "ja_JP", "JPY"

    assert local_money(Decimal("100.50")) == "￥100.50"


def test_the_time_is_the_hospitals(settings):
    settings.LOCALE, settings.TIME_ZONE = "en_NG", "Asia/Tokyo"

    assert local_moment(LUNCH) == "20 Nov 2026, 21:05"
