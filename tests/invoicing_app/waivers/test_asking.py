"""What a waiver comes to for each item, to the cent."""

from decimal import Decimal

import pytest

from hospital.core.errors import InvalidRequest
from invoicing_app.waivers.asking import WaiverIntent, parts_of, spread


def dues(*amounts):
    return {number: Decimal(amount) for number, amount in enumerate(amounts, 1)}


def asked(**wanted):
    return WaiverIntent(1, "OTHER", "why", bill_item_id=1, **wanted)


@pytest.mark.parametrize(
    ("amount", "of", "parts"),
    [
        ("30.00", ["100.00"], ["30.00"]),
        ("200.00", ["300.00", "100.00"], ["150.00", "50.00"]),
        ("0.05", ["1.00", "1.00", "1.00"], ["0.02", "0.02", "0.01"]),
        ("0.01", ["1.00", "2.00"], ["0.00", "0.01"]),
        ("10.00", ["0.01", "9.99"], ["0.01", "9.99"]),
        ("99999.99", ["33333.33", "33333.33", "33333.33"], ["33333.33"] * 3),
    ],
)
def test_an_amount_is_spread_as_the_dues_are_to_each_other(amount, of, parts):
    expected = {item: part for item, part in dues(*parts).items() if part}

    assert spread(Decimal(amount), dues(*of)) == expected


@pytest.mark.parametrize("amount", ["0.01", "0.50", "33.33", "66.67", "99.99", "100.00", "123.44"])
def test_whatever_is_spread_adds_up_and_is_never_above_a_due(amount):
    of = dues("61.37", "0.01", "0.02", "41.01", "21.03")

    parts = spread(Decimal(amount), of)

    assert sum(parts.values()) == Decimal(amount)
    assert [item for item, part in parts.items() if not 0 < part <= of[item]] == []


def test_a_percentage_is_rounded_half_up_on_each_item():
    parts = parts_of(asked(percent=Decimal("2.50")), dues("1.00", "0.20", "0.19", "60.00"))

    assert parts == {1: Decimal("0.03"), 2: Decimal("0.01"), 4: Decimal("1.50")}


def test_a_hundred_percent_is_all_of_it():
    assert parts_of(asked(percent=Decimal(100)), dues("1.01", "0.01")) == dues("1.01", "0.01")


def test_a_percentage_of_less_than_a_cent_is_refused():
    with pytest.raises(InvalidRequest) as refusal:
        parts_of(asked(percent=Decimal(1)), dues("0.40"))

    assert refusal.value.wrong_field == "percent"
