"""Prices by day, and what the catalogue says is in stock."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from hospital.core.acts import Act
from hospital.core.errors import InvalidAmount, InvalidRequest, NotFound
from smcapp1.models import Price, ServiceItem
from smcapp1.services import set_price, set_prices
from tests.factories import DepartmentFactory, UserFactory, make_drug, make_item, make_stock
from tests.rows import everything, statements

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def scan(db):
    """A scan for 1500.00 since March and 1700.00 since July, but free of any price before."""
    entry = ServiceItem.objects.create(
        code="XR-1", name="Chest X-ray", department=DepartmentFactory(code="RADIOLOGY")
    )
    for price, day in ((1700, date(2026, 7, 1)), (1500, date(2026, 3, 1))):
        Price.objects.create(service_item=entry, unit_price=Decimal(price), effective_from=day)
    return entry


@pytest.fixture
def accountant(db):
    return UserFactory(role="Accountant")


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


def give(item, price, accountant, days=0):
    return set_price(
        service_item_id=item.pk,
        unit_price=Decimal(price),
        effective_from=timezone.localdate() + timedelta(days=days),
        act=Act(accountant),
    )


def prices():
    return list(
        Price.objects.order_by("effective_from").values_list("unit_price", "set_by__username")
    )


def test_a_price_keeps_who_set_it_and_when(scan, accountant):
    before = timezone.now()

    give(scan, "1650.00", accountant, days=3)

    price = Price.objects.latest("pk")
    assert (price.unit_price, price.set_by) == (Decimal("1650.00"), accountant)
    assert price.set_at
    assert before <= price.set_at <= timezone.now()


def test_a_price_of_the_same_day_is_replaced_and_the_others_stay(scan, accountant):
    colleague = UserFactory(role="Accountant")
    give(scan, "1800.00", accountant, days=3)

    price = give(scan, "1650.00", colleague, days=3)

    assert price.unit_price == Decimal("1650.00")
    assert prices() == [
        (Decimal("1500.00"), None),
        (Decimal("1700.00"), None),
        (Decimal("1650.00"), colleague.username),
    ]


@pytest.mark.parametrize("price", ["0.00", "-1.00", "1.001", "NaN"])
def test_a_price_that_is_no_amount_is_refused_without_a_trace(scan, accountant, price):
    before = everything()

    with pytest.raises(InvalidAmount) as refused:
        give(scan, price, accountant)

    assert list(refused.value.facts["errors"]) == ["unit_price"]
    assert everything() == before


def test_a_price_of_a_day_that_has_passed_is_refused_without_a_trace(scan, accountant):
    before = everything()

    with pytest.raises(InvalidRequest) as refused:
        give(scan, "1650.00", accountant, days=-1)

    assert refused.value.wrong_field == "effective_from"
    assert everything() == before


def test_one_price_of_a_day_that_has_passed_refuses_all_of_many(scan, accountant):
    today = timezone.localdate()
    wanted = [
        Price(service_item=scan, unit_price=Decimal("9.00"), effective_from=today + one)
        for one in (timedelta(days=1), timedelta(days=-1))
    ]
    before = everything()

    with pytest.raises(InvalidRequest):
        set_prices(prices=wanted, act=Act(accountant))

    assert everything() == before


def test_an_item_that_does_not_exist_gets_no_price(accountant):
    before = everything()

    with pytest.raises(NotFound):
        give(ServiceItem(pk=987_654_321), "5.00", accountant)

    assert everything() == before


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
