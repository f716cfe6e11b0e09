"""A day whose report is made while money comes in: what wallets held then is what it says."""

import csv
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from client_wallet.closing import close_day
from client_wallet.models import WalletAccount
from client_wallet.services import deposit_to_wallet
from hospital.core.acts import Act
from invoicing_app.books import check_books
from invoicing_app.models import ClosedDayReport
from invoicing_app.reports import money_in
from tests.factories import UserFactory, make_wallet
from tests.invoicing_app.reports.hospital_days import business_day

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("real_commits")]


@pytest.fixture
def day() -> date:
    """Yesterday, at whose end wallets held 30.00."""
    day = timezone.localdate() - timedelta(days=1)
    with business_day(day):
        make_wallet(holding="30.00")
    return day


@contextmanager
def deposits_between_statements() -> Iterator[None]:
    """Let somebody's deposit of today be committed before each statement of this connection."""
    wallet, act = WalletAccount.objects.get(), Act(UserFactory(role="Cashier"))

    def deposit() -> None:
        deposit_to_wallet(patient_id=wallet.patient_id, amount=Decimal("5.00"), act=act)

    def first_deposit(execute: Callable[..., Any], *statement: Any) -> Any:
        till.submit(deposit).result()
        return execute(*statement)

    with ThreadPoolExecutor(1) as till, connection.execute_wrapper(first_deposit):
        yield
        till.submit(connections.close_all).result()


def close(day: date) -> None:
    accountant = UserFactory(role="Accountant")
    with deposits_between_statements():
        close_day(day=day, today=day + timedelta(days=1), act=Act(accountant))


def told(day: date) -> tuple[str, str]:
    """Return what the stored report says that wallets held before the day, and after it."""
    files = ClosedDayReport.objects.get(closure_id=day).files
    amounts = [row[-1] for row in csv.reader(files[f"wallets-{day}.csv"].splitlines()) if row]
    return amounts[3], amounts[-1]


def in_two_statements(day: date) -> Decimal:
    now = money_in.total(WalletAccount.objects.all(), "account_balance")
    later = money_in.moved_in_wallets(money_in._after(day))
    return now - money_in.total(later, "moved")


def test_a_closed_day_says_what_wallets_held_however_much_comes_in_meanwhile(day):
    close(day)

    assert told(day) == ("0.00", "30.00")
    assert check_books() == []


def test_a_figure_of_two_statements_would_be_wrong(day, monkeypatch):
    monkeypatch.setattr(money_in, "sum_held", in_two_statements)

    close(day)

    assert told(day) == ("-5.00", "25.00")
    assert {finding.check for finding in check_books()} == {"reports-of-closed-days-add-up"}
