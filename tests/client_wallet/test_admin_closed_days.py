"""Closing days at the desk, and reading what closed days came to."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from client_wallet.closing import close_days
from client_wallet.models import BusinessDayClosure
from hospital.core.acts import Act
from tests.admin_pages import add_page, errors, open_form, page_of, said, signed_in, text_of
from tests.client_wallet.desk import post_on
from tests.factories import UserFactory
from tests.rows import statements

pytestmark = pytest.mark.django_db

CLOSED_DAYS = "client_wallet_businessdayclosure"
LIST = reverse(f"admin:{CLOSED_DAYS}_changelist")
FIRST, LAST = date(2026, 3, 2), date(2026, 3, 3)


@pytest.fixture
def accountant(db: None) -> Any:
    return UserFactory(role="Accountant", username="books")


def press_close(client: Any, through: date, key: str = "") -> Any:
    key = key or open_form(client, add_page(CLOSED_DAYS))
    sent = {"business_date": str(through), "one_time_key": key}
    return client.post(add_page(CLOSED_DAYS), sent)


def closed_days() -> list[date]:
    days = BusinessDayClosure.objects.order_by("business_date")
    return list(days.values_list("business_date", flat=True))


def test_the_accountant_closes_every_day_up_to_one(accountant):
    post_on(FIRST)
    client = signed_in(accountant)

    response = press_close(client, LAST)

    assert response.headers["Location"] == page_of(CLOSED_DAYS, LAST)
    assert said(client, LIST) == ["3 Mar 2026 is closed, and so is every day before it."]
    assert closed_days() == [FIRST, LAST]
    assert BusinessDayClosure.objects.get(pk=LAST).closed_by == accountant


def test_the_form_proposes_yesterday_and_says_what_is_open(accountant):
    yesterday = timezone.localdate() - timedelta(days=1)
    post_on(yesterday - timedelta(days=1))

    page = signed_in(accountant).get(add_page(CLOSED_DAYS))

    assert f'value="{yesterday}"' in page.content.decode()
    assert "2 days are over and not closed" in text_of(page)
    assert "with 1 journal entry." in text_of(page)


def test_a_form_sent_twice_closes_once(accountant):
    client = signed_in(accountant)
    key = open_form(client, add_page(CLOSED_DAYS))
    press_close(client, LAST, key)
    said(client, LIST)

    press_close(client, LAST, key)

    assert said(client, LIST) == ["3 Mar 2026 was closed before, by books; nothing was done again."]
    assert closed_days() == [LAST]


def test_a_day_that_is_not_over_is_refused_beside_its_field(accountant):
    response = press_close(signed_in(accountant), timezone.localdate())

    assert errors(response) == {"business_date": ["This business day is not over yet."]}
    assert closed_days() == []


@pytest.mark.parametrize("role", ["Cashier", "Supervisor", "Auditor", "Pharmacist", "Laboratory"])
def test_nobody_else_closes_a_day(role):
    client = signed_in(UserFactory(role=role))

    response = client.post(add_page(CLOSED_DAYS), {"business_date": str(LAST)})

    assert (response.status_code, closed_days()) == (403, [])


@pytest.mark.parametrize(
    ("role", "status"),
    [("Supervisor", 200), ("Accountant", 200), ("Auditor", 200), ("Cashier", 403)],
)
def test_who_reads_a_closed_day(role, status, accountant):
    close_days(through=FIRST, today=LAST, act=Act(accountant))
    client = signed_in(UserFactory(role=role))

    pages = [client.get(LIST), client.get(page_of(CLOSED_DAYS, FIRST))]

    assert [page.status_code for page in pages] == [status, status]


def test_the_page_of_a_day_shows_its_totals_and_its_seal(accountant):
    cashier = UserFactory(username="ngozi")
    post_on(FIRST, "1200.00", actor=cashier)
    post_on(FIRST, "34.50", actor=cashier)
    close_days(through=FIRST, today=LAST, act=Act(accountant))

    page = signed_in(accountant).get(page_of(CLOSED_DAYS, FIRST))

    text = text_of(page)
    assert "Deposit Bank 1,234.50 0.00" in text
    assert "Deposit Cash drawer 0.00 1,234.50" in text
    assert "ngozi Deposit 1,234.50" in text
    assert BusinessDayClosure.objects.get().seal in text


def test_a_day_without_entries_says_so(accountant):
    close_days(through=FIRST, today=LAST, act=Act(accountant))

    page = signed_in(accountant).get(page_of(CLOSED_DAYS, FIRST))

    assert "No money moved on this day." in text_of(page)


def test_the_list_costs_the_same_however_many_days_it_shows(accountant):
    client = signed_in(accountant)
    close_days(through=FIRST, today=LAST, act=Act(accountant))
    client.get(LIST)
    one = statements(lambda: client.get(LIST))
    close_days(through=FIRST + timedelta(days=2), today=date(2026, 4, 1), act=Act(UserFactory()))

    assert statements(lambda: client.get(LIST)) == one
