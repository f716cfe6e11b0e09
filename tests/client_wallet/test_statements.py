"""A statement adds up: opening balance, movements, closing balance, whatever the period."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import transaction
from django.utils import timezone

from client_wallet import ledger
from client_wallet.ledger import CASH, Line, wallet_line
from client_wallet.models import JournalEntry, WalletAccount, WalletDeposit
from client_wallet.statements import Statement, wallet_statement
from client_wallet.transfers import transfer_between_wallets
from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest
from tests.client_wallet.desk import deposit, reverse, spend
from tests.factories import UserFactory, make_wallet
from tests.rows import statements

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 3, 2) + DAY * number for number in range(4))


@transaction.atomic
def put_in(wallet: WalletAccount, amount: str, day: date) -> None:
    """Post a deposit of a past business day."""
    money = Decimal(amount)
    ledger.post(
        Act(UserFactory()),
        kind=JournalEntry.Kind.DEPOSIT,
        business_date=day,
        debits=[Line(CASH, money)],
        credits=[wallet_line(ledger.lock_wallets([wallet.pk])[wallet.pk], money)],
    )


@transaction.atomic
def take_out(wallet: WalletAccount, amount: str, day: date) -> None:
    money = Decimal(amount)
    ledger.post(
        Act(UserFactory()),
        kind=JournalEntry.Kind.PAYMENT,
        business_date=day,
        debits=[wallet_line(ledger.lock_wallets([wallet.pk])[wallet.pk], money)],
        credits=[Line(CASH, money)],
    )


def numbers(statement: Statement) -> tuple[str, str, str, str]:
    return (
        str(statement.opening_balance),
        str(statement.total_in),
        str(statement.total_out),
        str(statement.closing_balance),
    )


def balances(statement: Statement) -> list[str]:
    return [str(line.balance) for line in statement.lines]


@pytest.fixture
def wallet() -> WalletAccount:
    """Three days of movements, with a day between on which nothing moved."""
    wallet = make_wallet()
    put_in(wallet, "100.00", MONDAY)
    take_out(wallet, "30.00", MONDAY)
    take_out(wallet, "20.50", WEDNESDAY)
    put_in(wallet, "5.00", WEDNESDAY)
    put_in(wallet, "1.00", THURSDAY)
    return wallet


@pytest.mark.parametrize(
    ("first", "last", "expected", "after_each"),
    [
        (MONDAY, THURSDAY, ("0.00", "106.00", "50.50", "55.50"), 5),
        (MONDAY, MONDAY, ("0.00", "100.00", "30.00", "70.00"), 2),
        (TUESDAY, TUESDAY, ("70.00", "0.00", "0.00", "70.00"), 0),
        (TUESDAY, WEDNESDAY, ("70.00", "5.00", "20.50", "54.50"), 2),
        (WEDNESDAY, THURSDAY, ("70.00", "6.00", "20.50", "55.50"), 3),
        (MONDAY - DAY, MONDAY - DAY, ("0.00", "0.00", "0.00", "0.00"), 0),
        (THURSDAY + DAY, THURSDAY + DAY, ("55.50", "0.00", "0.00", "55.50"), 0),
    ],
)
def test_opening_and_movements_make_the_closing_balance(wallet, first, last, expected, after_each):
    statement = wallet_statement(wallet, first, last)

    assert numbers(statement) == expected
    assert len(statement.lines) == after_each


def test_each_day_closes_with_what_the_next_one_opens_with(wallet):
    put_in(wallet, "7.00", timezone.localdate())
    days = [MONDAY - DAY + DAY * number for number in range(6)]

    each = [wallet_statement(wallet, day, day) for day in days]
    rest = wallet_statement(wallet, days[-1] + DAY, timezone.localdate())

    closed = [one.closing_balance for one in [*each, rest]]
    opened = [one.opening_balance for one in [*each, rest]]
    assert closed[:-1] == opened[1:]
    assert closed[-1] == WalletAccount.objects.get(pk=wallet.pk).account_balance
    assert [len(one.lines) for one in each] == [0, 2, 0, 2, 1, 0]


def test_a_day_whose_last_movement_was_posted_after_midnight_adds_up(wallet):
    put_in(wallet, "10.00", THURSDAY + DAY)
    put_in(wallet, "400.00", THURSDAY)  # it waited for the lock while another day began

    days = [wallet_statement(wallet, day, day) for day in (THURSDAY, THURSDAY + DAY)]
    both = wallet_statement(wallet, THURSDAY, THURSDAY + DAY)

    assert [numbers(day) for day in days] == [
        ("54.50", "401.00", "0.00", "455.50"),
        ("455.50", "10.00", "0.00", "465.50"),
    ]
    assert balances(both) == ["55.50", "455.50", "465.50"]
    assert [
        later - earlier for earlier, later in pairwise(line.balance for line in both.lines)
    ] == [line.money_in for line in both.lines[1:]]


def test_a_statement_tells_what_each_movement_was():
    cashier, supervisor = UserFactory(), UserFactory()
    wallet, other = make_wallet(), make_wallet(holding="9.00")
    taken = deposit(wallet.patient, "50.00", Act(cashier))
    mistyped = deposit(wallet.patient, "500.00", Act(cashier))
    reverse(WalletDeposit.objects.get(pk=mistyped.deposit_id), Act(supervisor))
    spend(wallet.patient, "20.00", Act(cashier))
    for source, target, note in ((wallet, other, "rent"), (other, wallet, "back")):
        transfer_between_wallets(
            from_wallet_id=source.pk,
            to_wallet_id=target.pk,
            amount=Decimal("5.00"),
            reference_id=note,
            note=note,
            act=Act(cashier),
        )

    today = timezone.localdate()
    lines = wallet_statement(wallet, today, today).lines

    assert [
        (line.type, line.reference, line.note, line.money_in, line.money_out) for line in lines
    ] == [
        ("DEPOSIT", taken.receipt_number, "", Decimal("50.00"), None),
        ("DEPOSIT", mistyped.receipt_number, "", Decimal("500.00"), None),
        ("REVERSAL", mistyped.receipt_number, "", None, Decimal("500.00")),
        ("PAYMENT", "", "", None, Decimal("20.00")),
        ("TRANSFER_OUT", "", "rent", None, Decimal("5.00")),
        ("TRANSFER_IN", "", "back", Decimal("5.00"), None),
    ]
    assert {line.business_date for line in lines} == {today}


def test_a_statement_knows_no_other_wallet(wallet):
    put_in(make_wallet(), "900.00", MONDAY)

    assert numbers(wallet_statement(wallet, MONDAY, MONDAY))[1:] == ("100.00", "30.00", "70.00")


def test_opening_and_movements_come_from_one_view_of_the_journal(wallet):
    one = statements(lambda: wallet_statement(wallet, THURSDAY, THURSDAY))
    five = statements(lambda: wallet_statement(wallet, MONDAY, THURSDAY))

    assert (one, five) == (1, 1)


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        (TUESDAY, MONDAY, "The period ends before it begins."),
        (MONDAY, date(2999, 1, 1), "The period ends today at the latest."),
    ],
)
def test_a_period_that_is_none_is_refused(wallet, first, last, why):
    with pytest.raises(InvalidRequest) as refusal:
        wallet_statement(wallet, first, last)

    assert refusal.value.facts == {"errors": {"last_day": [why]}}
