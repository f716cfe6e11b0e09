"""``ledger.post``: what it writes, what it refuses, and the chain it leaves."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from client_wallet import ledger
from client_wallet.chain import chain_hash, entry_facts
from client_wallet.closing import close_day
from client_wallet.errors import BalanceLimit, DayClosed, InsufficientFunds, UnbalancedEntry
from client_wallet.ledger import BANK, CARD_CLEARING, CASH, WALLETS, Line, Posted, wallet_line
from client_wallet.models import (
    JournalEntry,
    LedgerAccount,
    Posting,
    WalletAccount,
)
from hospital.core.acts import Act
from hospital.core.money import MAX_BALANCE
from tests.client_wallet.desk import close_today
from tests.factories import make_wallet
from tests.rows import everything, statements

pytestmark = pytest.mark.django_db

FIVE = Decimal("5.00")
THREE = Decimal("3.00")
TWO = Decimal("2.00")


def post(actor: Any, debits: list[Line], credits: list[Line], **more: Any) -> Posted:
    """Post an entry of today."""
    kind = more.pop("kind", JournalEntry.Kind.DEPOSIT)
    day = ledger.hold_business_day()
    return ledger.post(
        Act(actor), kind=kind, business_date=day, debits=debits, credits=credits, **more
    )


def lock(wallet: WalletAccount) -> WalletAccount:
    return ledger.lock_wallets([wallet.pk])[wallet.pk]


def links(wallet: WalletAccount) -> Iterator[str]:
    """Compute the hashes of a wallet's chain anew, from the stored rows alone."""
    previous = ""
    for link in wallet.postings.select_related("entry").order_by("wallet_sequence"):
        facts = entry_facts(
            uid=link.entry.uid,
            kind=link.entry.kind,
            posted_at=link.entry.posted_at,
            business_date=link.entry.business_date,
            actor_id=link.entry.actor_id,
            memo=link.entry.memo,
            reverses_id=link.entry.reverses_id,
        )
        lines = link.entry.postings.values_list(
            "account_id", "wallet_id", "side", "amount", "wallet_sequence", "balance_after"
        )
        previous = chain_hash(previous, facts, lines)
        yield previous


def test_an_entry_is_written_with_its_lines_and_the_wallets_new_balance(cashier):
    wallet = lock(make_wallet(holding="10.00"))
    before = timezone.now()

    posted = post(cashier, [Line(CASH, FIVE)], [wallet_line(wallet, FIVE)], memo="slip 7")

    entry = JournalEntry.objects.get(pk=posted.entry_id)
    assert before <= posted.posted_at <= timezone.now()
    assert (
        entry.kind,
        entry.posted_at,
        entry.business_date,
        entry.actor,
        entry.memo,
        entry.reverses_id,
    ) == ("DEPOSIT", posted.posted_at, timezone.localdate(), cashier, "slip 7", None)
    assert [
        (
            line.account_id,
            line.wallet_id,
            line.side,
            line.amount,
            line.wallet_sequence,
            line.balance_after,
            line.chain_hash,
        )
        for line in entry.postings.order_by("pk")
    ] == [
        (CASH, None, "DEBIT", FIVE, None, None, ""),
        (WALLETS, wallet.pk, "CREDIT", FIVE, 2, Decimal("15.00"), wallet.chain_head),
    ]


def test_the_wallet_given_is_brought_up_to_date_with_its_row(cashier):
    wallet = lock(make_wallet(holding="10.00"))

    posted = post(cashier, [wallet_line(wallet, THREE)], [Line(BANK, THREE)])

    row = WalletAccount.objects.get(pk=wallet.pk)
    *_, head = links(row)
    as_it_is = (Decimal("7.00"), 2, head, posted.posted_at)
    assert [
        (one.account_balance, one.last_sequence, one.chain_head, one.last_posted_at)
        for one in (wallet, row)
    ] == [as_it_is, as_it_is]


def test_an_entry_is_one_statement_whatever_it_holds(cashier):
    one, other = lock(make_wallet(holding="10.00")), lock(make_wallet())
    act, day = Act(cashier), ledger.hold_business_day()

    counted = statements(
        lambda: ledger.post(
            act,
            kind=JournalEntry.Kind.TRANSFER,
            business_date=day,
            debits=[wallet_line(one, FIVE), Line(CASH, TWO)],
            credits=[wallet_line(other, FIVE), Line(BANK, TWO)],
        )
    )

    assert counted == 1


def test_a_wallets_time_never_runs_backwards(cashier):
    wallet = make_wallet(holding="10.00")
    ahead = timezone.now() + timedelta(hours=1)
    WalletAccount.objects.filter(pk=wallet.pk).update(last_posted_at=ahead)
    other = make_wallet(holding="10.00")

    first = post(cashier, [Line(CASH, FIVE)], [wallet_line(lock(wallet), FIVE)])
    between = post(cashier, [wallet_line(lock(other), FIVE)], [wallet_line(lock(wallet), FIVE)])
    elsewhere = post(cashier, [Line(CASH, FIVE)], [Line(BANK, FIVE)])

    assert (first.posted_at, between.posted_at) == (ahead, ahead)
    assert elsewhere.posted_at < ahead
    other.refresh_from_db()
    assert other.last_posted_at == ahead


def test_the_chains_can_be_computed_again_from_the_rows(cashier):
    one, other = make_wallet(holding="10.00"), make_wallet(holding="1.00")
    taken = post(cashier, [Line(CASH, FIVE)], [wallet_line(lock(one), FIVE)], memo="DEP-1")
    post(
        cashier,
        [wallet_line(lock(one), FIVE)],
        [Line(CASH, FIVE)],
        kind=JournalEntry.Kind.REVERSAL,
        reverses=taken.entry_id,
    )
    post(
        cashier,
        [wallet_line(lock(one), FIVE)],
        [wallet_line(lock(other), THREE), Line(CASH, TWO)],
        kind=JournalEntry.Kind.TRANSFER,
    )
    post(
        cashier,
        [wallet_line(lock(other), FIVE - TWO)],
        [Line(CASH, TWO), Line(BANK, Decimal("0.99")), Line(CARD_CLEARING, Decimal("0.01"))],
        kind=JournalEntry.Kind.PAYMENT,
    )

    for wallet, length in ((one, 4), (other, 3)):
        wallet.refresh_from_db()
        stored = wallet.postings.order_by("wallet_sequence").values_list("chain_hash", flat=True)
        assert list(links(wallet)) == list(stored)
        assert (len(stored), stored[length - 1]) == (length, wallet.chain_head)


FACTS = entry_facts(
    uid=UUID(int=1),
    kind="DEPOSIT",
    posted_at=datetime(2026, 1, 31, 9, 30, tzinfo=UTC),
    business_date=date(2026, 1, 31),
    actor_id=7,
    memo="DEP-0007-000001",
    reverses_id=None,
)
LINES: list[tuple[Any, ...]] = [
    (CASH, None, "DEBIT", FIVE, None, None),
    (WALLETS, UUID(int=2), "CREDIT", FIVE, 1, FIVE),
]


@pytest.mark.parametrize(
    "change",
    [
        {"uid": UUID(int=3)},
        {"kind": "REFUND"},
        {"posted_at": datetime(2026, 1, 31, 9, 30, 0, 1, tzinfo=UTC)},
        {"business_date": date(2026, 2, 1)},
        {"actor_id": 8},
        {"memo": "DEP-0007-000002"},
        {"reverses_id": 1},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_link_depends_on_every_fact_of_the_entry(change):
    changed = entry_facts(**{**FACTS, **change})

    assert chain_hash("", changed, LINES) != chain_hash("", FACTS, LINES)


@pytest.mark.parametrize(
    ("line", "column", "value"),
    [
        (0, 0, BANK),
        (0, 1, UUID(int=3)),
        (0, 2, "CREDIT"),
        (0, 3, Decimal("5.01")),
        (1, 1, UUID(int=3)),
        (1, 4, 2),
        (1, 5, Decimal("5.01")),
    ],
)
def test_a_link_depends_on_every_line_of_the_entry(line, column, value):
    changed = [list(one) for one in LINES]
    changed[line][column] = value

    assert chain_hash("", FACTS, changed) != chain_hash("", FACTS, LINES)


def test_a_link_depends_on_the_one_before_and_not_on_the_order_of_the_lines():
    link = chain_hash("", FACTS, LINES)

    assert chain_hash("", FACTS, LINES[::-1]) == link
    assert chain_hash(link, FACTS, LINES) != link


@pytest.mark.parametrize(
    ("debits", "credits"),
    [
        ([], []),
        ([Line(CASH, FIVE)], []),
        ([], [Line(CASH, FIVE)]),
        ([Line(CASH, FIVE)], [Line(BANK, Decimal("4.99"))]),
        ([Line(CASH, FIVE)], [Line(BANK, FIVE), Line(BANK, Decimal("0.01"))]),
        ([Line(CASH, Decimal("0.00"))], [Line(BANK, Decimal("0.00"))]),
        ([Line(CASH, -FIVE)], [Line(BANK, -FIVE)]),
        ([Line(CASH, Decimal("5.001"))], [Line(BANK, Decimal("5.001"))]),
    ],
    ids=["none", "debit only", "credit only", "short", "over", "zero", "negative", "mills"],
)
def test_lines_that_make_no_entry_are_a_bug_of_the_caller(debits, credits, cashier):
    before = everything()

    with pytest.raises(UnbalancedEntry):
        post(cashier, debits, credits)

    assert everything() == before


def test_a_wallet_stands_in_one_line_of_an_entry(cashier):
    wallet = lock(make_wallet(holding="10.00"))
    before = everything()

    with pytest.raises(UnbalancedEntry):
        post(cashier, [wallet_line(wallet, FIVE)], [wallet_line(wallet, FIVE)])

    assert everything() == before


def test_a_wallet_does_not_fall_below_zero(cashier):
    wallet = lock(make_wallet(holding="4.99"))
    before = everything()

    with pytest.raises(InsufficientFunds) as refusal:
        post(cashier, [wallet_line(wallet, FIVE)], [Line(BANK, FIVE)])

    assert everything() == before
    assert refusal.value.facts == {"available": "4.99", "requested": "5.00"}
    assert wallet.account_balance == Decimal("4.99")


def test_a_wallet_can_be_emptied_and_filled_to_the_brim(cashier):
    wallet = lock(make_wallet(holding="5.00"))

    post(cashier, [wallet_line(wallet, FIVE)], [Line(BANK, FIVE)])
    post(cashier, [Line(BANK, MAX_BALANCE)], [wallet_line(wallet, MAX_BALANCE)])

    wallet.refresh_from_db()
    assert wallet.account_balance == MAX_BALANCE
    assert Posting.objects.filter(wallet=wallet, balance_after=0).count() == 1


def test_a_wallet_holds_no_more_than_a_balance_can_express(cashier):
    wallet = lock(make_wallet())
    post(cashier, [Line(BANK, MAX_BALANCE)], [wallet_line(wallet, MAX_BALANCE)])
    before = everything()

    with pytest.raises(BalanceLimit):
        post(cashier, [Line(CASH, Decimal("0.01"))], [wallet_line(wallet, Decimal("0.01"))])

    assert everything() == before


def test_a_closed_day_takes_no_entry(cashier):
    wallet = lock(make_wallet(holding="10.00"))
    close_today()
    before = everything()

    with pytest.raises(DayClosed) as refusal:
        post(cashier, [wallet_line(wallet, FIVE)], [Line(CASH, FIVE)])

    assert everything() == before
    assert refusal.value.facts == {"business_date": str(timezone.localdate())}
    assert wallet.account_balance == Decimal("10.00")


def test_another_days_closure_is_no_hindrance(cashier):
    today = timezone.localdate()
    close_day(day=today - timedelta(days=1), today=today, act=Act(cashier))

    posted = post(cashier, [Line(CASH, FIVE)], [Line(BANK, FIVE)])

    assert posted.business_date == timezone.localdate()


def test_revenue_accounts_are_opened_once():
    ledger.revenue_accounts({"PHARMACY": "Pharmacy"})

    ledger.revenue_accounts({"PHARMACY": "Dispensary", "LABORATORY": "Laboratory"})

    opened = LedgerAccount.objects.filter(code__startswith="REVENUE-").order_by("code")
    assert list(opened.values_list("code", "name")) == [
        ("REVENUE-LABORATORY", "Revenue: Laboratory"),
        ("REVENUE-PHARMACY", "Revenue: Pharmacy"),
    ]


def test_locking_returns_the_wallets_that_exist():
    wallet = make_wallet(holding="10.00")

    locked = ledger.lock_wallets([wallet.pk, wallet.pk, UUID(int=0)])

    assert {pk: one.account_balance for pk, one in locked.items()} == {wallet.pk: Decimal("10.00")}
