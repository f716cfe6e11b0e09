"""Prices as lists write them: what is read, and what is refused because it might be two prices."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smcapp1.price_lists.amounts import (
    Decimals,
    NotAPrice,
    currency_of,
    decimals_of,
    read_price,
)

POINT, COMMA, BOTH, UNKNOWN = Decimals.POINT, Decimals.COMMA, Decimals.BOTH, Decimals.UNKNOWN
CENTS = st.integers(min_value=1, max_value=999_999_999_999)


@pytest.mark.parametrize(
    ("cell", "decimals", "price"),
    [
        ("12", UNKNOWN, "12.00"),
        ("12.5", UNKNOWN, "12.50"),
        ("0.01", UNKNOWN, "0.01"),
        (".50", UNKNOWN, "0.50"),
        (" $1,234.00 ", UNKNOWN, "1234.00"),
        ("$ 1,234,567.89", UNKNOWN, "1234567.89"),
        ("\N{NO-BREAK SPACE}35.56\N{NO-BREAK SPACE}", UNKNOWN, "35.56"),
        ("US$ 4.00", UNKNOWN, "4.00"),
        ("NGN 1,500.00", UNKNOWN, "1500.00"),
        ("₦1,500.00", UNKNOWN, "1500.00"),
        ("N1,500.00", UNKNOWN, "1500.00"),
        ("KSh 1,500", POINT, "1500.00"),
        ("12.50 EUR", UNKNOWN, "12.50"),
        ("$5.00 USD", UNKNOWN, "5.00"),
        ("1,234", UNKNOWN, "1234.00"),
        ("1,234", POINT, "1234.00"),
        ("1,234,567", COMMA, "1234567.00"),
        ("12,50", UNKNOWN, "12.50"),
        ("1.234,56", UNKNOWN, "1234.56"),
        ("1.234,56 €", COMMA, "1234.56"),
        ("1.234", COMMA, "1234.00"),
        ("1.234.567", UNKNOWN, "1234567.00"),
        ("1 234,56", UNKNOWN, "1234.56"),
        ("1\N{NARROW NO-BREAK SPACE}234,5", UNKNOWN, "1234.50"),
        ("1'234.50", UNKNOWN, "1234.50"),
        ("1\N{RIGHT SINGLE QUOTATION MARK}234.50", UNKNOWN, "1234.50"),
        ("9999999999.99", UNKNOWN, "9999999999.99"),
    ],
)
def test_a_price_is_read_as_a_careful_person_reads_it(cell, decimals, price):
    assert str(read_price(cell, decimals)) == price


@pytest.mark.parametrize(
    ("cell", "decimals", "why"),
    [
        ("", UNKNOWN, "is empty"),
        (" \N{NO-BREAK SPACE} ", UNKNOWN, "is empty"),
        ("VARIABLE", UNKNOWN, "is not a price"),
        ("N/A", UNKNOWN, "is not a price"),
        ("12.50 per day", UNKNOWN, "is not a price"),
        ("10-20", UNKNOWN, "is not a price"),
        ("50%", UNKNOWN, "is not a price"),
        ("1.2E+03", UNKNOWN, "is not a price"),
        ("٣", UNKNOWN, "is not a price"),
        ("12\x005", UNKNOWN, "is not a price"),
        ("+5", UNKNOWN, "is not a price"),
        ("5.", UNKNOWN, "is not a price"),
        ("12,34.50", UNKNOWN, "odd places"),
        ("1,2345.00", UNKNOWN, "odd places"),
        ("1,234,56", UNKNOWN, "odd places"),
        ("1,234.567,89", UNKNOWN, "odd places"),
        ("0", UNKNOWN, "above zero"),
        ("$0.00", UNKNOWN, "above zero"),
        (" $ -   ", UNKNOWN, "above zero"),
        ("-5.00", UNKNOWN, "above zero"),
        ("$-5.00", UNKNOWN, "above zero"),
        ("5.00-", UNKNOWN, "above zero"),
        ("\N{MINUS SIGN}5.00", UNKNOWN, "above zero"),
        ("(5.00)", UNKNOWN, "above zero"),
        ("12.345", UNKNOWN, "12.345' is ambiguous: it may be 12345 or 12.345"),
        ("12.345", POINT, "more than two decimals"),
        ("12,345", COMMA, "more than two decimals"),
        ("1234.567", UNKNOWN, "more than two decimals"),
        ("0.125", UNKNOWN, "more than two decimals"),
        ("0,125", POINT, "more than two decimals"),
        ("1,234.5678", UNKNOWN, "more than two decimals"),
        ("1.234", UNKNOWN, "ambiguous"),
        ("1.234", BOTH, "ambiguous"),
        ("1,234", BOTH, "ambiguous"),
        ("12,50", POINT, "ambiguous"),
        ("12,50", BOTH, "ambiguous"),
        ("10000000000.00", UNKNOWN, "too large"),
        ("9" * 500, UNKNOWN, "too large"),
    ],
)
def test_what_is_no_price_or_might_be_two_is_refused(cell, decimals, why):
    with pytest.raises(NotAPrice, match=re.escape(why)):
        read_price(cell, decimals)


def test_a_lone_comma_is_ambiguous_where_sheets_with_decimal_commas_come_from():
    with pytest.raises(NotAPrice, match="ambiguous"):
        read_price("1,234", UNKNOWN, bare_comma_groups=False)


@pytest.mark.parametrize(
    ("cells", "decimals"),
    [
        (["12", "1,234", "VARIABLE", "", "1.234"], UNKNOWN),
        (["1,234", "12.50"], POINT),
        (["1,234,567"], POINT),
        (["1.234", "12,50"], COMMA),
        (["1.234,56"], COMMA),
        (["1.234.567"], COMMA),
        (["12.50", "12,50"], BOTH),
        (["0.125"], UNKNOWN),
    ],
)
def test_a_list_shows_by_its_plain_prices_what_its_decimals_look_like(cells, decimals):
    assert decimals_of(cells) is decimals


@pytest.mark.parametrize(
    ("cell", "currency"),
    [
        ("$5", "$"),
        ("5 USD", "$"),
        ("US$5 usd", "$"),
        ("N5", "₦"),
        ("NGN 5", "₦"),
        ("€5", "€"),
        ("5", ""),
        ("free", ""),
    ],
)
def test_the_spellings_of_a_currency_are_one(cell, currency):
    assert currency_of(cell) == currency


@given(cents=CENTS, blanks=st.sampled_from(["", " ", "\t", "\N{NO-BREAK SPACE}"]))
def test_what_an_english_list_writes_is_what_is_read(cents, blanks):
    price = Decimal(cents) / 100

    assert read_price(f"{blanks}${price:,.2f}{blanks}", POINT) == price


@given(cents=CENTS)
def test_what_a_european_list_writes_is_what_is_read(cents):
    price = Decimal(cents) / 100
    written = f"{price:,.2f}".translate({ord(","): ".", ord("."): ","})

    assert read_price(f"{written} €", COMMA) == price


@given(
    cell=st.text("0123456789.,' $-()", max_size=12)
    | st.from_regex(r"\$?[0-9]{1,4}([.,' ][0-9]{1,4}){0,3}", fullmatch=True),
    decimals=st.sampled_from(Decimals),
)
def test_no_price_is_ever_read_that_the_cell_does_not_say(cell, decimals):
    try:
        price = read_price(cell, decimals, bare_comma_groups=False)
    except NotAPrice:
        return

    readings = _readings(cell.strip(" $"))
    assert price in readings
    assert price > 0
    assert price == round(price, 2)
    assert len(readings) == 1 or decimals in (POINT, COMMA)


def _readings(number: str) -> set[Decimal]:
    """Return every number that somebody might see, by another way than the code's."""
    seen = set()
    for point, groups in ((".", "[,' ]"), (",", "[.' ]")):
        whole, _, cents = number.partition(point)
        parts = re.split(groups, whole or "0")
        is_grouped = len(parts[0]) <= 3 and all(len(part) == 3 for part in parts[1:])
        is_number = all(part.isdigit() for part in parts) and (not cents or cents.isdigit())
        if is_number and (len(parts) == 1 or (is_grouped and parts[0].lstrip("0"))):
            seen.add(Decimal(f"{''.join(parts)}.{cents or '0'}"))
    return seen
