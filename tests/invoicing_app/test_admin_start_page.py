"""The first page of the admin: what each role's work begins with."""

from decimal import Decimal
from typing import Any

import pytest

from client_wallet.models import WalletDeposit
from client_wallet.services import reverse_deposit
from hospital.core.acts import Act
from tests.admin_pages import receipt_page, signed_in, text_of
from tests.client_wallet.shifts.desk import count, shift_of
from tests.factories import PatientFactory, UserFactory, make_bill, make_item
from tests.invoicing_app.books.desk import take_deposit
from tests.invoicing_app.desk import pay
from tests.rows import statements

FIRST = "/admin/"


def titles(page: Any, block: str) -> list[str]:
    return [way["title"] for way in page.context[block]]


@pytest.mark.parametrize("role", ["Cashier", "Supervisor"])
def test_who_takes_money_begins_with_a_search_and_three_buttons(db, role):
    page = signed_in(UserFactory(role=role)).get(FIRST)

    assert 'type="search" name="q"' in page.content.decode()
    assert titles(page, "acts") == ["Take payment", "Take deposit", "Register patient"]
    assert "You have taken nothing yet today." in text_of(page)
    assert "The receipts that you give will stand here" in text_of(page)


@pytest.mark.parametrize(
    ("role", "work"),
    [
        ("Cashier", []),
        ("Supervisor", ["Withdrawals to review", "Deposits", "Payments", "Journal", "Wallets"]),
        (
            "Pharmacist",
            ["Drugs to hand out", "Receive stock", "Stock by drug", "Near expiry", "Low stock"],
        ),
        ("Laboratory", ["Tests waiting"]),
        ("Accountant", ["Items and prices", "Payments", "Deposits", "Journal", "Wallets"]),
        ("Auditor", ["Payments", "Deposits", "Journal", "Wallets"]),
    ],
)
def test_each_role_is_shown_the_way_to_its_own_work(db, role, work):
    client = signed_in(UserFactory(role=role))

    page = client.get(FIRST)

    assert titles(page, "work") == work
    assert [client.get(way["url"]).status_code for way in page.context["work"]] == [200] * len(work)


@pytest.mark.parametrize("role", ["Pharmacist", "Laboratory", "Accountant", "Auditor"])
def test_who_takes_no_money_sees_no_takings(db, role):
    page = signed_in(UserFactory(role=role)).get(FIRST)

    assert ("takings" in page.context, "receipts" in page.context) == (False, False)
    assert titles(page, "acts") == []


def test_a_login_without_a_role_is_told_whom_to_ask(db):
    page = signed_in(UserFactory()).get(FIRST)

    assert "Your login has no work here yet." in text_of(page)


def test_own_takings_and_receipts_stand_there_and_amounts_after_the_count(db, cashier):
    ada = PatientFactory(first_name="Ada", last_name="Obi")
    ada.refresh_from_db()
    kept = take_deposit(ada, cashier, "1500.00")
    mistake = take_deposit(ada, cashier, "20.00")
    reverse_deposit(
        deposit_id=mistake, reason="Miscounted", act=Act(UserFactory(role="Supervisor"))
    )
    pay(make_bill(make_item(price="300.50"), patient=ada), cashier, "CASH", "400.00")

    blind = text_of(signed_in(cashier).get(FIRST))
    count(shift_of(cashier), "1800.50")
    page = signed_in(cashier).get(FIRST)

    assert "Cash 2 1 1 – What they come to is shown when your drawer is counted." in blind
    assert "1,520.00" not in blind
    shown = text_of(page)
    assert "Cash 1,520.00 2 deposits 300.50 1 payment −20.00 1 deposit – 1,800.50" in shown
    assert "Taken in by all methods NGN 1,800.50" in shown
    assert f"{ada.hospital_number} Ada Obi Deposit, cash – reversed" in shown
    assert [line.amount for line in page.context["receipts"]] == [
        Decimal("300.50"),
        Decimal("20.00"),
        Decimal("1500.00"),
    ]
    deposit = WalletDeposit.objects.get(pk=kept)
    assert f'href="{receipt_page(deposit)}"' in page.content.decode()


def test_the_first_page_costs_the_same_after_one_receipt_and_after_three(db, cashier):
    client, ada = signed_in(cashier), PatientFactory()

    def one_more() -> None:
        take_deposit(ada, cashier, "100.00")
        pay(make_bill(make_item(price="30.00"), patient=ada), cashier, "WALLET")

    one_more()
    client.get(FIRST)  # what is looked up once per process
    few = statements(lambda: client.get(FIRST))
    one_more()
    one_more()

    assert statements(lambda: client.get(FIRST)) == few
