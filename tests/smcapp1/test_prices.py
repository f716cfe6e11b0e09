"""Prices by day, and what the catalogue says is in stock."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from hospital.core.errors import InvalidAmount
from smcapp1.models import Price, ServiceItem
from smcapp1.services import set_price
from tests.factories import DepartmentFactory, make_drug, make_item, make_stock
from tests.rows import statements

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def scan(db):
    """A scan for 1500.00 since March and 1700.00 since July, but free of any price before."""
    entry = ServiceItem.objects.create(
        code="XR-1", name="Chest X-ray", department=DepartmentFactory(code="RADIOLOGY")
    )
    set_price(
        service_item_id=entry.pk, unit_price=Decimal("1700.00"), effective_from=date(2026, 7, 1)
    )
    set_price(
        service_item_id=entry.pk, unit_price=Decimal("1500.00"), effective_from=date(2026, 3, 1)
    )
    return entry


@pytest.mark.parametrize(
    ("day", "price"),
    [
        (date(2025, 1, 1), None),
        (date(2026, 2, 28), None),
        (date(2026, 3, 1), Decimal("1500.00")),
        (date(2026, 6, 30), Decimal("1500.00")),
        (date(2026, 7, 1), Decimal("1700.00")),
        (date(2036, 1, 1), Decimal("1700.00")),
    ],
)
def test_the_price_in_force_is_the_latest_that_has_begun(scan, day, price):
    priced = ServiceItem.objects.priced(day).get(pk=scan.pk)

    assert priced.unit_price == price


def test_each_item_has_its_own_price(scan):
    dressing = make_item(price="80.00")

    priced = ServiceItem.objects.priced(date(2026, 8, 1)).order_by("pk")

    assert [(item.pk, item.unit_price) for item in priced] == [
        (scan.pk, Decimal("1700.00")),
        (dressing.pk, Decimal("80.00")),
    ]


def test_a_price_of_the_same_day_is_replaced_and_the_others_stay(scan):
    price = set_price(
        service_item_id=scan.pk, unit_price=Decimal("1650.00"), effective_from=date(2026, 7, 1)
    )

    assert price.unit_price == Decimal("1650.00")
    assert list(Price.objects.order_by("effective_from").values_list("unit_price", flat=True)) == [
        Decimal("1500.00"),
        Decimal("1650.00"),
    ]


@pytest.mark.parametrize("price", ["0.00", "-1.00", "1.001", "NaN"])
def test_a_price_that_is_no_amount_is_refused(scan, price):
    with pytest.raises(InvalidAmount) as refused:
        set_price(
            service_item_id=scan.pk, unit_price=Decimal(price), effective_from=date(2026, 9, 1)
        )

    assert list(refused.value.facts["errors"]) == ["unit_price"]


def test_what_is_available_counts_every_batch_that_may_still_be_handed_out():
    today = timezone.localdate()
    drug, other, never = make_drug(), make_drug(), make_drug()
    make_stock(drug, 40, days_left=-1, batch="EXPIRED YESTERDAY")
    make_stock(drug, 3, days_left=0, batch="EXPIRES TODAY")
    make_stock(drug, 20, days_left=30, batch="SOON")
    make_stock(drug, 100, days_left=300, batch="LATE")
    make_stock(other, 40, days_left=-1)

    stocked = ServiceItem.objects.stocked(today).order_by("pk")
    tomorrow = ServiceItem.objects.stocked(today + timedelta(days=1)).order_by("pk")

    assert [item.stock_available for item in stocked] == [123, 0, 0]
    assert [item.stock_available for item in tomorrow] == [120, 0, 0]
    assert [item.pk for item in stocked] == [drug.pk, other.pk, never.pk]


def test_a_priced_and_stocked_catalogue_is_one_statement_however_long():
    def read():
        today = timezone.localdate()
        entries = ServiceItem.objects.priced(today).stocked(today).select_related("department")
        return [
            (entry.name, entry.department.code, entry.unit_price, entry.stock_available)
            for entry in entries
        ]

    make_drug(holding=5)
    for_one = statements(read)
    for _ in range(2):
        make_stock(make_drug(holding=5), 7, batch="B2")

    assert (for_one, statements(read), len(read())) == (1, 1, 3)
    assert sorted(row[3] for row in read()) == [5, 12, 12]
