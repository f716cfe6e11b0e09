"""A wallet's movements: debit, credit, running balance, page by page at the same cost."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial
from uuid import UUID

import pytest

from client_wallet import ledger
from client_wallet.history import Movement, wallet_history
from client_wallet.ledger import wallet_line
from client_wallet.models import JournalEntry, Posting, WalletAccount, WalletDeposit
from hospital.core.acts import Act
from tests.client_wallet.desk import deposit, reverse, spend
from tests.client_wallet.journal import run
from tests.databases import owner_cursor
from tests.factories import PatientFactory, UserFactory, make_wallet
from tests.plans import buffers_in, indexes_in, plan_of, sorts_in
from tests.rows import statements

MANY = 20_000
WRITE_MANY = """
    WITH entries AS (
        INSERT INTO client_wallet_journalentry
               (uid, kind, posted_at, business_date, actor_id, memo)
        SELECT gen_random_uuid(), 'DEPOSIT', now(), current_date, %(actor)s, 'DEP-0001-000001'
          FROM generate_series(1, %(many)s)
        RETURNING id)
    INSERT INTO client_wallet_posting
           (entry_id, account_id, wallet_id, side, amount,
            wallet_sequence, balance_after, chain_hash)
    SELECT id, 'CASH', NULL::uuid, 'DEBIT', 1, NULL::bigint, NULL::numeric, '' FROM entries
    UNION ALL
    SELECT id, 'WALLETS', %(wallet)s::uuid, 'CREDIT', 1, number, number, repeat('0', 64)
      FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM entries) AS numbered
"""


def transfer(source: WalletAccount, target: WalletAccount, amount: str, act: Act) -> None:
    wallets = ledger.lock_wallets([source.pk, target.pk])
    ledger.post(
        act,
        kind=JournalEntry.Kind.TRANSFER,
        business_date=ledger.hold_business_day(),
        debits=[wallet_line(wallets[source.pk], Decimal(amount))],
        credits=[wallet_line(wallets[target.pk], Decimal(amount))],
        memo="for the children",
    )


@pytest.mark.django_db
def test_a_history_has_debit_credit_and_running_balance_newest_first(cashier, supervisor):
    wallet, other = make_wallet(), make_wallet(holding="7.00")
    deposit(wallet.patient, "50.00", Act(cashier))
    mistyped = deposit(wallet.patient, "500.00", Act(cashier))
    reverse(WalletDeposit.objects.get(pk=mistyped.deposit_id), Act(supervisor))
    spend(wallet.patient, "20.00", Act(cashier))
    transfer(wallet, other, "5.00", Act(cashier))
    transfer(other, wallet, "12.00", Act(cashier))

    movements = wallet_history(wallet.pk)

    assert [
        (one.sequence, one.type, one.debit, one.credit, one.balance_after) for one in movements
    ] == [
        (6, "TRANSFER_IN", None, Decimal("12.00"), Decimal("37.00")),
        (5, "TRANSFER_OUT", Decimal("5.00"), None, Decimal("25.00")),
        (4, "PAYMENT", Decimal("20.00"), None, Decimal("30.00")),
        (3, "REVERSAL", Decimal("500.00"), None, Decimal("50.00")),
        (2, "DEPOSIT", None, Decimal("500.00"), Decimal("550.00")),
        (1, "DEPOSIT", None, Decimal("50.00"), Decimal("50.00")),
    ]


@pytest.mark.django_db
def test_a_movement_says_when_and_by_which_entry(cashier):
    taken = deposit(PatientFactory(), "50.00", Act(cashier))
    entry = JournalEntry.objects.get()

    movements = wallet_history(UUID(taken.wallet_id))

    assert movements == [
        Movement(
            sequence=1,
            entry_id=entry.pk,
            uid=entry.uid,
            type="DEPOSIT",
            debit=None,
            credit=Decimal("50.00"),
            balance_after=Decimal("50.00"),
            memo=taken.receipt_number,
            created_at=entry.posted_at,
        )
    ]


@pytest.mark.django_db
def test_an_empty_wallet_and_an_unknown_one_have_no_history():
    assert (wallet_history(make_wallet().pk), wallet_history(UUID(int=0))) == ([], [])


@pytest.mark.django_db
def test_pages_follow_one_another_without_overlap_or_gap(cashier):
    wallet = make_wallet()
    for _ in range(7):
        deposit(wallet.patient, "1.00", Act(cashier))

    pages = list(pages_of(wallet, limit=3))

    assert [[one.sequence for one in page] for page in pages] == [[7, 6, 5], [4, 3, 2], [1]]


@pytest.mark.django_db
def test_a_movement_that_comes_between_two_pages_shifts_none(cashier):
    wallet = make_wallet()
    for _ in range(4):
        deposit(wallet.patient, "1.00", Act(cashier))
    first = wallet_history(wallet.pk, limit=2)
    deposit(wallet.patient, "1.00", Act(cashier))

    second = wallet_history(wallet.pk, before=first[-1].sequence, limit=2)

    assert [one.sequence for one in (*first, *second)] == [4, 3, 2, 1]


@pytest.mark.django_db
def test_a_page_is_one_query_however_long_it_is(cashier):
    wallet = make_wallet()
    counts = []
    for _ in range(3):
        deposit(wallet.patient, "1.00", Act(cashier))
        counts.append(statements(partial(wallet_history, wallet.pk)))

    assert counts == [1, 1, 1]


@pytest.fixture
def long_history(real_commits: str) -> WalletAccount:
    """A wallet with so many postings, beside another one; the tables are vacuumed and analysed."""
    wallets = [make_wallet(), make_wallet()]
    actor = UserFactory()
    for wallet in wallets:
        run(WRITE_MANY, {"actor": actor.pk, "wallet": str(wallet.pk), "many": MANY})
    with owner_cursor(real_commits) as cursor:
        cursor.execute("VACUUM (ANALYZE) client_wallet_journalentry, client_wallet_posting")
    return wallets[0]


def test_the_ten_thousandth_page_costs_what_the_first_does(long_history):
    page = partial(wallet_history, long_history.pk, limit=2)
    last = 10_000

    first_plan = plan_of(page)
    last_plan = plan_of(partial(page, before=MANY - 2 * (last - 1) + 1))
    by_offset = plan_of(partial(page_by_offset, long_history, number=last, limit=2))

    assert [one.sequence for one in page(before=3)] == [2, 1]
    assert [indexes_in(plan) for plan in (first_plan, last_plan)] == [
        ["client_wallet_journalentry_pkey", "wallet_sequence_is_used_once"]
    ] * 2
    assert [sorts_in(plan) for plan in (first_plan, last_plan)] == [0, 0]
    assert buffers_in(last_plan) <= buffers_in(first_plan) + 4
    assert buffers_in(by_offset) > 20 * buffers_in(first_plan)  # the measure would show it


def pages_of(wallet: WalletAccount, limit: int) -> Iterator[Sequence[Movement]]:
    page = wallet_history(wallet.pk, limit=limit)
    while page:
        yield page
        page = wallet_history(wallet.pk, before=page[-1].sequence, limit=limit)


def page_by_offset(wallet: WalletAccount, *, number: int, limit: int) -> list[Posting]:
    postings = Posting.objects.filter(wallet=wallet).order_by("-wallet_sequence")
    start = (number - 1) * limit
    return list(postings.select_related("entry")[start : start + limit])
