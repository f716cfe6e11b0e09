"""The catalogue and its prices at the accountant's desk, through real requests."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from hospital.core.acts import Act
from invoicing_app.models import BillItem
from smcapp1.models import Department, Price, ServiceItem
from smcapp1.services import Delivery, receive_deliveries
from tests import rows
from tests.admin_pages import add_page, errors, page_of, said, signed_in, text_of
from tests.factories import UserFactory, make_drug, make_item, make_stock

ITEMS = "smcapp1_serviceitem"
DEPARTMENTS = "smcapp1_department"
STOCK = reverse("admin:smcapp1_serviceitem_stock")
LOW_STOCK = reverse("admin:smcapp1_serviceitem_low_stock")


@pytest.fixture
def accountant(db):
    return UserFactory(role="Accountant")


def typed(item: ServiceItem, price: str = "", days: int = 0, **other: Any) -> dict[str, Any]:
    """Return what the form of an item sends, with a new price from so many days on."""
    day = timezone.localdate() + timedelta(days=days)
    facts = {"name": item.name, "is_active": "on", "reorder_level": item.reorder_level}
    return {**facts, "unit_price": price, "effective_from": day.isoformat(), **other}


def prices_of(item: ServiceItem) -> list[tuple[Decimal, Any]]:
    prices = Price.objects.filter(service_item=item).order_by("effective_from")
    return list(prices.values_list("unit_price", "set_by__username"))


def test_an_accountant_sets_a_price_and_the_past_one_stays(accountant):
    item, client = make_item(price="100.00"), signed_in(accountant)

    answer = client.post(page_of(ITEMS, item.pk), typed(item, "1,120.00"))

    assert prices_of(item) == [
        (Decimal("100.00"), None),
        (Decimal("1120.00"), accountant.username),
    ]
    day = f"{timezone.localdate():%-d %b %Y}"
    assert said(client, answer["Location"]) == [
        f"{item} was saved. It costs NGN 1,120.00 from {day}."
    ]


def test_todays_price_is_replaced_by_another_of_today(accountant):
    item, client = make_item(price="100.00"), signed_in(accountant)

    for price in ("110.00", "120.00"):
        client.post(page_of(ITEMS, item.pk), typed(item, price))

    assert [price for price, _ in prices_of(item)] == [Decimal("100.00"), Decimal("120.00")]


def test_saving_without_a_new_price_sets_none(accountant):
    item = make_item(price="100.00")

    signed_in(accountant).post(page_of(ITEMS, item.pk), typed(item, name="Renamed"))

    item.refresh_from_db()
    assert (item.name, len(prices_of(item))) == ("Renamed", 1)


@pytest.mark.parametrize(
    ("price", "days", "field"),
    [("0", 0, "unit_price"), ("-1", 0, "unit_price"), ("5.001", 0, "unit_price")]
    + [("12e2", 0, "unit_price"), ("5.00", -1, "effective_from")],
)
def test_a_wrong_price_is_refused_beside_its_field(accountant, price, days, field):
    item, client = make_item(price="100.00"), signed_in(accountant)
    client.get(page_of(ITEMS, item.pk))
    before = rows.everything()

    answer = client.post(page_of(ITEMS, item.pk), typed(item, price, days, name="Renamed"))

    assert list(errors(answer)) == [field]
    assert rows.everything() == before


def test_a_price_needs_its_day(accountant):
    item = make_item(price="100.00")

    answer = signed_in(accountant).post(
        page_of(ITEMS, item.pk), typed(item, "5.00", effective_from="")
    )

    assert errors(answer) == {"effective_from": ["Say from which day it costs that."]}


def test_a_new_item_gets_its_price_at_once(accountant):
    department = make_item().department
    new = ServiceItem(code="XR-1", name="X-ray", department=department)

    signed_in(accountant).post(
        add_page(ITEMS), {**typed(new, "70.00"), "code": "XR-1", "department": department.pk}
    )

    item = ServiceItem.objects.priced(timezone.localdate()).get(code="XR-1")
    assert item.unit_price == Decimal("70.00")


def test_the_page_shows_every_price_with_its_change_and_who_set_it(accountant):
    item, client = make_item(price="100.00"), signed_in(accountant)
    client.post(page_of(ITEMS, item.pk), typed(item, "120.00"))
    client.post(page_of(ITEMS, item.pk), typed(item, "90.50", days=3))

    shown = client.get(page_of(ITEMS, item.pk)).context["prices"]["rows"]

    plain = [[_plain(cell) for cell in row[1:6]] for row in shown]
    assert plain == [
        ["90.50", "120.00", "-29.50", "not yet", accountant.username],
        ["120.00", "100.00", "+20.00", "today's price", accountant.username],
        ["100.00", "", "", "", ""],
    ]


def _plain(cell: str) -> str:
    return cell.removeprefix('<span class="money">').removesuffix("</span>")


def test_a_long_history_costs_what_a_short_one_does(accountant):
    item, client = make_item(), signed_in(accountant)
    page = page_of(ITEMS, item.pk)
    client.get(page)
    few = rows.statements(lambda: client.get(page))
    today = timezone.localdate()
    Price.objects.bulk_create(
        Price(
            service_item=item,
            unit_price=1 + number,
            effective_from=today + timedelta(days=number),
            set_by=accountant,
            set_at=timezone.now(),
        )
        for number in range(60)
    )

    assert rows.statements(lambda: client.get(page)) == few
    assert len(client.get(page).context["prices"]["rows"]) == 50


@pytest.mark.parametrize("role", ["Cashier", "Supervisor", "Pharmacist", "Laboratory", "Auditor"])
def test_nobody_else_sets_a_price(db, role):
    drug, client = make_drug(price="100.00"), signed_in(UserFactory(role=role))

    client.post(page_of(ITEMS, drug.pk), typed(drug, "1.00"))

    assert [price for price, _ in prices_of(drug)] == [Decimal("100.00")]


# Which drugs are low


def test_a_pharmacist_sets_at_which_stock_a_drug_is_low_and_nothing_else(db):
    drug, client = make_drug(name="Amoxicillin"), signed_in(UserFactory(role="Pharmacist"))

    client.post(
        page_of(ITEMS, drug.pk), typed(drug, "1.00", reorder_level="20", name="Other", code="Z")
    )

    drug.refresh_from_db()
    assert (drug.reorder_level, drug.name, drug.is_active) == (20, "Amoxicillin", True)


def test_a_pharmacist_changes_nothing_that_is_no_drug(db):
    item, client = make_item("RADIOLOGY"), signed_in(UserFactory(role="Pharmacist"))

    answer = client.post(page_of(ITEMS, item.pk), typed(item, reorder_level="20"))

    item.refresh_from_db()
    assert (answer.status_code, item.reorder_level) == (403, 0)


def low_drug(name, level, holding, **wanted):
    drug = make_drug(name=name, reorder_level=level, **wanted)
    if holding:
        make_stock(drug, holding)
    return drug


def test_low_are_watched_drugs_with_no_more_than_their_level_unexpired(db):
    low_drug("At its level", 5, 5)
    low_drug("Above it", 5, 6)
    low_drug("Not watched", 0, 0)
    low_drug("No longer ordered", 5, 0, is_active=False)
    make_stock(low_drug("Only expired", 5, 0), 50, days_left=-1)
    client = signed_in(UserFactory(role="Pharmacist"))

    page = client.get(LOW_STOCK)

    assert [item.name for item in page.context["cl"].result_list] == [
        "At its level",
        "Only expired",
    ]
    assert "2 of 3 watched drugs are at or below their reorder level." in text_of(page)


def test_an_empty_list_of_low_stock_says_so(db):
    page = signed_in(UserFactory(role="Pharmacist")).get(LOW_STOCK)

    assert "No watched drug is low" in text_of(page)


def test_stock_by_drug_adds_up_its_batches(db):
    drug, act = make_drug(name="Amoxicillin"), Act(UserFactory(role="Pharmacist"))
    today = timezone.localdate()
    receive_deliveries(
        deliveries=[
            Delivery(drug.pk, batch, today + timedelta(days=days), quantity, Decimal(cost))
            for batch, days, quantity, cost in (
                ("B1", 90, 3, "2.00"),
                ("B2", 90, 4, "0.50"),
                ("B3", -1, 50, "1.00"),
            )
        ],
        act=act,
    )
    make_item("RADIOLOGY")

    (item,) = signed_in(UserFactory(role="Auditor")).get(STOCK).context["cl"].result_list

    assert (item.name, item.stock_available, item.stock_expired) == ("Amoxicillin", 7, 50)
    assert item.stock_value == Decimal("58.00")


@pytest.mark.parametrize("url", [STOCK, LOW_STOCK])
def test_a_list_of_drugs_costs_the_same_with_one_and_with_three(db, url):
    client = signed_in(UserFactory(role="Pharmacist"))
    low_drug("A", 5, 1)
    client.get(url)
    few = rows.statements(lambda: client.get(url))

    low_drug("B", 5, 1)
    low_drug("C", 5, 2)

    assert rows.statements(lambda: client.get(url)) == few


# Departments


def test_a_department_keeps_its_code_and_kind(real_commits):
    department = make_item("RADIOLOGY").department
    client = signed_in(UserFactory(is_superuser=True))

    client.post(
        page_of(DEPARTMENTS, department.pk),
        {"code": "OTHER", "name": "Imaging", "kind": "LABORATORY"},
    )

    assert Department.objects.values_list("code", "name", "kind").get() == (
        "RADIOLOGY",
        "Imaging",
        "RADIOLOGY",
    )


@pytest.mark.parametrize("code", ["ALL", "lower", "1X", "A-B", "Ä"])
def test_a_department_code_is_checked_in_words(db, code):
    client = signed_in(UserFactory(role="Accountant"))

    answer = client.post(add_page(DEPARTMENTS), {"code": code, "name": "New", "kind": "OTHER"})

    assert list(errors(answer)) == ["code"]
    assert Department.objects.count() == 0


def test_an_item_that_is_off_is_not_offered_for_ordering(db):
    client = signed_in(UserFactory(role="Cashier"))
    item = make_item(name="Plaster")
    make_item(name="Plaster, old", is_active=False)
    field = BillItem._meta.get_field("service_item")

    answer = client.get(
        "/admin/autocomplete/",
        {
            "term": "plaster",
            "app_label": "invoicing_app",
            "model_name": "billitem",
            "field_name": field.name,
        },
    )

    assert [found["id"] for found in answer.json()["results"]] == [str(item.pk)]
