"""The list of a wallet's transactions: its rows, how it is narrowed, and its pages."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from unittest import mock
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from client_wallet.models import JournalEntry, Transfer, WalletAccount, WalletDeposit, Withdrawal
from client_wallet.transaction_pages import Cursor, Page, transactions_page
from client_wallet.transactions import (
    EVERYTHING,
    STATUSES,
    TYPES,
    Transaction,
    Wanted,
    find_transaction,
)
from client_wallet.transfers import transfer_between_wallets
from client_wallet.withdrawals import cancel_withdrawal
from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest
from tests.client_wallet.desk import deposit, reverse, spend
from tests.client_wallet.withdrawals.desk import withdraw
from tests.client_wallet.withdrawals.fake_bank import FakeBank
from tests.client_wallet.withdrawals.workers import worker_at
from tests.factories import make_wallet

pytestmark = pytest.mark.django_db

MOST_PAGES = 20  # a list that never ends fails instead of going on


@pytest.fixture
def story(cashier, supervisor):
    """A wallet that everything happened to that can happen to one, and the rows it is told by."""
    wallet, other = make_wallet(), make_wallet(holding="12.00")
    act = Act(cashier)
    deposit(wallet.patient, "50.00", act)
    mistyped = deposit(wallet.patient, "500.00", act)
    reverse(WalletDeposit.objects.get(pk=mistyped.deposit_id), Act(supervisor))
    spend(wallet.patient, "20.00", act)
    out = transfer(wallet, other, "5.00", act, reference_id="rent", note="for May")
    into = transfer(other, wallet, "12.00", act, reference_id="secret", note="thanks")
    paid, refused = withdraw(wallet, "10.00"), withdraw(wallet, "6.00")
    withdraw(wallet, "1000.00")
    withdraw(wallet, "1.00", scheduled_for=timezone.now() + timedelta(days=1))
    cancel_withdrawal(withdrawal_id=withdraw(wallet, "2.00").pk, act=act)
    worker = worker_at(FakeBank(submissions=["pay", "refuse"]))
    while worker.step():
        pass
    return SimpleNamespace(
        wallet=wallet, other=other, out=out, into=into, paid=paid, refused=refused
    )


def transfer(source: WalletAccount, target: WalletAccount, amount: str, act: Act, **more: Any):
    made = transfer_between_wallets(
        from_wallet_id=source.pk, to_wallet_id=target.pk, amount=Decimal(amount), act=act, **more
    )
    return Transfer.objects.get(pk=made.id)


def rows_of(wallet: WalletAccount, wanted: Wanted = EVERYTHING) -> list[Transaction]:
    return list(transactions_page(wallet.pk, wanted, limit=200).rows)


def test_what_moved_and_what_is_to_move_stand_in_one_list_newest_first(story):
    rows = rows_of(story.wallet)

    assert [
        (row.type, row.status, row.direction, str(row.amount), str(row.balance_after))
        for row in rows
    ] == [
        ("WITHDRAWAL_RETURNED", "COMPLETED", "CREDIT", "6.00", "27.00"),
        ("WITHDRAWAL", "CANCELLED", "DEBIT", "2.00", "None"),
        ("WITHDRAWAL", "SCHEDULED", "DEBIT", "1.00", "None"),
        ("WITHDRAWAL", "FAILED", "DEBIT", "1000.00", "None"),
        ("WITHDRAWAL", "FAILED", "DEBIT", "6.00", "21.00"),
        ("WITHDRAWAL", "COMPLETED", "DEBIT", "10.00", "27.00"),
        ("TRANSFER_IN", "COMPLETED", "CREDIT", "12.00", "37.00"),
        ("TRANSFER_OUT", "COMPLETED", "DEBIT", "5.00", "25.00"),
        ("PAYMENT", "COMPLETED", "DEBIT", "20.00", "30.00"),
        ("REVERSAL", "COMPLETED", "DEBIT", "500.00", "50.00"),
        ("DEPOSIT", "REVERSED", "CREDIT", "500.00", "550.00"),
        ("DEPOSIT", "COMPLETED", "CREDIT", "50.00", "50.00"),
    ]
    assert [row.created_at for row in rows] == sorted(
        (row.created_at for row in rows), reverse=True
    )


def test_a_withdrawal_is_one_row_with_what_was_asked_for_and_what_became_of_it(story):
    row = find_transaction(story.wallet.pk, story.paid.pk)

    story.paid.refresh_from_db()
    assert row == Transaction(
        id=story.paid.pk,
        type="WITHDRAWAL",
        status="COMPLETED",
        amount=Decimal("10.00"),
        direction="DEBIT",
        balance_after=Decimal("27.00"),
        created_at=story.paid.created_at,
        posted_at=story.paid.debit.posted_at,
        scheduled_for=story.paid.scheduled_for,
        destination={
            "bank_code": "058",
            "account_number": "******7890",
            "account_name": "Ada Obi",
        },
        bank_reference=story.paid.bank_reference,
    )


def test_money_that_came_back_and_the_withdrawal_point_at_one_another(story):
    story.refused.refresh_from_db()
    withdrawal = find_transaction(story.wallet.pk, story.refused.pk)
    returned = find_transaction(story.wallet.pk, story.refused.refund.uid)

    assert withdrawal
    assert returned
    assert (withdrawal.related_id, withdrawal.failure_code) == (returned.id, "bank-refused")
    assert (returned.type, returned.related_id, returned.bank_reference) == (
        "WITHDRAWAL_RETURNED",
        withdrawal.id,
        story.refused.bank_reference,
    )


def test_a_reversed_deposit_and_its_reversal_point_at_one_another_by_one_receipt(story):
    undone: Any = WalletDeposit.objects.exclude(reversal=None).get()
    deposited = find_transaction(story.wallet.pk, undone.entry.uid)
    reversal = find_transaction(story.wallet.pk, undone.reversal.uid)

    assert deposited
    assert reversal
    assert (deposited.related_id, reversal.related_id) == (reversal.id, deposited.id)
    assert deposited.receipt_number == reversal.receipt_number == undone.receipt_number


def test_a_transfer_has_one_id_for_both_and_its_reference_for_the_sender_alone(story):
    sent = find_transaction(story.wallet.pk, story.out.pk)
    received = find_transaction(story.wallet.pk, story.into.pk)

    assert sent
    assert received
    assert (sent.other_wallet, sent.note, sent.reference_id) == (story.other.pk, "for May", "rent")
    assert (received.other_wallet, received.note, received.reference_id) == (
        story.other.pk,
        "thanks",
        None,
    )


def test_a_row_of_another_wallet_and_the_debit_of_a_withdrawal_are_no_rows_of_this_one(story):
    story.paid.refresh_from_db()
    foreign = JournalEntry.objects.filter(postings__wallet=story.other, kind="DEPOSIT").get()

    for wrong in (story.paid.debit.uid, foreign.uid, uuid4()):
        assert find_transaction(story.wallet.pk, wrong) is None
    assert find_transaction(story.other.pk, story.paid.pk) is None


@pytest.mark.parametrize(
    ("number", "shown"),
    [("1", "*"), ("12", "*2"), ("12345", "***45"), ("0123456789", "******6789")],
)
def test_of_an_accounts_number_the_end_is_shown(number, shown, cashier):
    wallet = make_wallet()
    account = {"bank_code": "058", "account_number": number, "account_name": "Ada"}
    withdraw(wallet, destination=account)

    (row,) = rows_of(wallet)

    assert row.destination
    assert row.destination["account_number"] == shown


def test_every_type_and_status_narrows_to_the_rows_that_have_it(story):
    rows = rows_of(story.wallet)

    for type_ in (None, *TYPES):
        for status in (None, *STATUSES):
            assert rows_of(story.wallet, Wanted(type_, status)) == [
                row for row in rows if type_ in {None, row.type} and status in {None, row.status}
            ]
    assert {row.type for row in rows} == {*TYPES} - {"REFUND"}


def on(day: date) -> Any:
    """Let it be noon of a day to come: a wallet's time never runs backwards."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return mock.patch.multiple(timezone, now=lambda: noon, localdate=lambda: day)


def test_days_narrow_with_both_ends_included(cashier):
    wallet = make_wallet(holding="4.00")
    days = [timezone.localdate() + timedelta(days=number) for number in (1, 2, 3, 4)]
    for day in days:
        with on(day):
            spend(wallet.patient, "1.00", Act(cashier))
            withdraw(wallet, "1.00")

    both = rows_of(wallet, Wanted(first_day=days[1], last_day=days[2]))
    begun = rows_of(wallet, Wanted(first_day=days[3]))
    ended = rows_of(wallet, Wanted(last_day=days[0]))

    assert [(row.created_at.date(), row.type) for row in both] == [
        (days[2], "PAYMENT"),
        (days[2], "WITHDRAWAL"),
        (days[1], "PAYMENT"),
        (days[1], "WITHDRAWAL"),
    ]
    assert [row.type for row in begun] == ["PAYMENT", "WITHDRAWAL"]
    assert [row.type for row in ended] == ["PAYMENT", "WITHDRAWAL", "DEPOSIT"]
    assert rows_of(wallet, Wanted(first_day=days[2], last_day=days[1])) == []


def test_a_day_is_one_of_the_hospital_not_of_greenwich():
    wallet = make_wallet()
    late = datetime(2026, 5, 1, 23, 30, tzinfo=UTC)  # half past midnight in Lagos
    with mock.patch.object(timezone, "now", return_value=late):
        withdraw(wallet, "1.00")

    days = [date(2026, 5, 1), date(2026, 5, 2)]
    found = [len(rows_of(wallet, Wanted(first_day=day, last_day=day))) for day in days]

    assert found == [0, 1]


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 11, 12])
@pytest.mark.parametrize("wanted", [EVERYTHING, Wanted(type="WITHDRAWAL"), Wanted(type="DEPOSIT")])
def test_pages_follow_one_another_and_lead_back_without_overlap_or_gap(story, limit, wanted):
    rows = rows_of(story.wallet, wanted)

    (*full, last) = pages(story.wallet, wanted, limit)
    back = [*newer_pages(story.wallet, wanted, limit, last)]

    assert [row for page in (*full, last) for row in page.rows] == rows
    assert {len(page.rows) for page in full} <= {limit}
    assert [row for page in (*reversed(back), last) for row in page.rows] == rows


def pages(wallet: WalletAccount, wanted: Wanted, limit: int) -> Iterator[Page]:
    """Yield the first page, and all that are older."""
    page = transactions_page(wallet.pk, wanted, limit=limit)
    yield page
    for _ in range(MOST_PAGES):
        if page.older is None:
            return
        cursor = Cursor.read(page.older.written())
        page = transactions_page(wallet.pk, wanted, cursor=cursor, limit=limit)
        yield page


def newer_pages(wallet: WalletAccount, wanted: Wanted, limit: int, page: Page) -> Iterator[Page]:
    """Yield the pages that are newer than this one, up to the newest."""
    for _ in range(MOST_PAGES):
        if page.newer is None:
            return
        cursor = Cursor.read(page.newer.written())
        page = transactions_page(wallet.pk, wanted, cursor=cursor, limit=limit)
        yield page


@pytest.mark.parametrize("limit", [1, 2, 3, 5])
def test_what_comes_between_two_pages_shifts_no_row(story, cashier, limit):
    rows = rows_of(story.wallet)
    shown: list[Transaction] = []
    cursor = None

    for _ in range(MOST_PAGES):
        page = transactions_page(story.wallet.pk, EVERYTHING, cursor=cursor, limit=limit)
        shown += page.rows
        cursor = page.older
        if cursor is None:
            break
        deposit(story.wallet.patient, "1.00", Act(cashier))
        withdraw(story.wallet, "1.00")

    assert shown == rows


def test_what_is_newer_than_a_page_is_found_by_going_back(story, cashier):
    last = transactions_page(story.wallet.pk, EVERYTHING, limit=11).older
    assert last
    oldest = transactions_page(story.wallet.pk, EVERYTHING, cursor=last, limit=11)
    assert oldest.newer
    deposit(story.wallet.patient, "1.00", Act(cashier))
    withdraw(story.wallet, "1.00")

    newer = transactions_page(story.wallet.pk, EVERYTHING, cursor=oldest.newer, limit=200)

    assert [row.type for row in newer.rows][:3] == ["WITHDRAWAL", "DEPOSIT", "WITHDRAWAL_RETURNED"]
    assert (len(newer.rows), newer.newer) == (13, None)
    assert newer.older == last


def test_rows_of_one_instant_stand_in_the_wallets_order(cashier):
    wallet = make_wallet(holding="5.00")
    with on(timezone.localdate() + timedelta(days=1)):
        for _ in range(5):
            spend(wallet.patient, "1.00", Act(cashier))
            withdraw(wallet, "1.00")

    rows = rows_of(wallet)
    paged = [row for page in pages(wallet, EVERYTHING, 2) for row in page.rows]

    assert len({row.created_at for row in rows[:10]}) == 1
    assert [str(row.balance_after) for row in rows[:5]] == ["0.00", "1.00", "2.00", "3.00", "4.00"]
    assert [row.type for row in rows[5:]] == [*["WITHDRAWAL"] * 5, "DEPOSIT"]
    assert paged == rows


def test_a_wallet_without_transactions_has_one_empty_page():
    page = transactions_page(make_wallet().pk, EVERYTHING, limit=10)

    assert (page.rows, page.older, page.newer) == ([], None, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "o-1-1",
        f"q-1-1-{UUID(int=1).hex}",
        f"o--1-1-{UUID(int=1).hex}",
        f"o-1-1-{UUID(int=1)}",
        f"o-{2**63}-1-{UUID(int=1).hex}",
        f"o-1-{10**18 - 1}-{UUID(int=1).hex}",
        f"o-1-1-{UUID(int=1).hex}\n",
        f"o-٣-1-{UUID(int=1).hex}",
        "\0",
    ],
)
def test_what_is_no_cursor_is_refused_by_its_name(text):
    with pytest.raises(InvalidRequest) as refusal:
        Cursor.read(text)

    assert refusal.value.wrong_field == "cursor"


def test_withdrawals_that_ended_stay_where_they_were_asked_for(story):
    before = [row.id for row in rows_of(story.wallet) if row.type == "WITHDRAWAL"]
    bank = FakeBank()
    bank.clock.move_on(timedelta(days=2).total_seconds())

    assert worker_at(bank).step()

    assert [row.id for row in rows_of(story.wallet) if row.type == "WITHDRAWAL"] == before
    assert not Withdrawal.objects.filter(status="SCHEDULED").exists()
