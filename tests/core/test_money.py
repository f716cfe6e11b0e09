"""Money is an exact number of cents, or it is refused."""

from contextlib import suppress
from decimal import Decimal

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospital.core.errors import InvalidAmount
from hospital.core.money import (
    CENT,
    MAX_AMOUNT,
    MoneyField,
    money_text,
    parse_amount,
    require_amount,
    round_half_up,
    with_currency,
)

hypothesis.settings.register_profile("unhurried", deadline=None)  # a busy machine proves nothing
hypothesis.settings.load_profile("unhurried")

amounts = st.integers(1, int(MAX_AMOUNT * 100)).map(lambda cents: Decimal(cents) / 100)
numerals = st.from_regex(r"[0-9]{1,14}(\.[0-9]{0,4})?", fullmatch=True)


@given(amounts)
def test_an_amount_survives_the_wire(amount):
    read = parse_amount(money_text(amount))

    assert (read, str(read)) == (amount, f"{amount:.2f}")


@given(amounts)
def test_an_amount_is_money_however_it_is_scaled(amount):
    for written in (amount, amount.normalize(), amount * Decimal("1.000")):
        assert str(require_amount(written)) == f"{amount:.2f}"


@given(st.text() | numerals | st.decimals().map(str) | st.floats().map(repr))
def test_a_text_is_read_exactly_or_refused(text):
    with suppress(InvalidAmount):
        read = parse_amount(text)
        assert text.isascii()
        assert read == Decimal(text)
        assert CENT <= read <= MAX_AMOUNT
        assert read.as_tuple().exponent == -2


@given(st.decimals())
def test_a_decimal_is_money_exactly_or_refused(amount):
    with suppress(InvalidAmount):
        money = require_amount(amount)
        assert money == amount
        assert CENT <= money <= MAX_AMOUNT
        assert money.as_tuple().exponent == -2


@given(amounts, st.integers(1, 9))
def test_a_third_decimal_is_refused_and_not_rounded(amount, mills):
    with pytest.raises(InvalidAmount):
        require_amount(amount + Decimal(mills).scaleb(-3))
    with pytest.raises(InvalidAmount):
        parse_amount(f"{amount:.2f}{mills}")


@given(st.decimals(-(10**6), 10**6, places=6))
def test_rounding_goes_to_the_nearest_cent(value):
    rounded = round_half_up(value)

    assert abs(rounded - value) <= Decimal("0.005")
    assert rounded.as_tuple().exponent == -2


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("0.01", "0.01"),
        ("1200", "1200.00"),
        ("1200.5", "1200.50"),
        ("1200.50", "1200.50"),
        ("007", "7.00"),
        ("9999999999.99", "9999999999.99"),
    ],
)
def test_plain_digits_are_an_amount(text, amount):
    assert str(parse_amount(text)) == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "0",
        "0.00",
        "-5",
        "+5",
        "5.",
        ".5",
        "5.000",
        "0.001",
        "5 ",
        " 5",
        "5\n",
        "5,00",
        "1,200",
        "1_200",
        "1e3",
        "5E0",
        "0x10",
        "NaN",
        "sNaN",
        "Infinity",
        "٥",  # noqa: RUF001 - Arabic five
        "５",  # noqa: RUF001 - full-width five
        "5.0٥",  # noqa: RUF001
        "²",
        "10000000000",
        "9" * 12,
        "9" * 10_000,
        "₦5",
        "5\x00",
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(InvalidAmount):
        parse_amount(text)


@pytest.mark.parametrize(
    "amount",
    ["0", "-0.00", "-0.01", "0.001", "1.005", "10000000000.00", "1E+400", "1E-400", "NaN", "sNaN"]
    + ["Infinity", "-Infinity", "1.00000000000000000000000000000000000000000001"],
)
def test_a_decimal_that_is_no_money_is_refused(amount):
    with pytest.raises(InvalidAmount):
        require_amount(Decimal(amount))


def test_a_refusal_names_the_field():
    with pytest.raises(InvalidAmount) as refusal:
        parse_amount("-5", "amount_paid")

    assert list(refusal.value.facts["errors"]) == ["amount_paid"]
    assert (refusal.value.code, refusal.value.status) == ("invalid-request", 400)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        ("0.005", "0.01"),
        ("0.015", "0.02"),
        ("2.675", "2.68"),
        ("0.0049999", "0.00"),
        ("-0.005", "-0.01"),
        ("1", "1.00"),
    ],
)
def test_halves_are_rounded_away_from_zero(value, rounded):
    assert str(round_half_up(Decimal(value))) == rounded


def test_an_amount_is_shown_with_its_currency(settings):
    settings.CURRENCY = "NGN"

    assert with_currency(Decimal("1234567.5")) == "NGN 1,234,567.50"


def test_migrations_see_a_plain_decimal_column():
    name, path, args, kwargs = MoneyField(default=0).deconstruct()

    assert (path, args, kwargs) == (
        "django.db.models.DecimalField",
        [],
        {"default": 0, "max_digits": 14, "decimal_places": 2},
    )
