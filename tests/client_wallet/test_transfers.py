"""Money between wallets: one entry, one row, once for each reference."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from client_wallet.errors import (
    BalanceLimit,
    DayClosed,
    InsufficientFunds,
    SameWallet,
    WalletFrozen,
)
from client_wallet.models import JournalEntry, Posting, Transfer, WalletAccount
from client_wallet.transfers import TransferMade, transfer_between_wallets
from hospital.core.acts import Act
from hospital.core.errors import InvalidAmount, InvalidRequest, KeyReused, NotFound
from hospital.core.models import IdempotencyKey
from hospital.core.times import wire_time
from tests.client_wallet.desk import close_today, make_full_wallet, set_status, spend
from tests.factories import make_wallet
from tests.rows import everything, rule_that_refuses, statements

pytestmark = pytest.mark.django_db

Attempt = Callable[[], object]


def transfer(
    source: WalletAccount | None,
    target: WalletAccount | UUID,
    amount: str,
    act: Act,
    reference_id: str = "the reference",
    **more: Any,
) -> TransferMade:
    return transfer_between_wallets(
        from_wallet_id=source.pk if source else None,
        to_wallet_id=target if isinstance(target, UUID) else target.pk,
        amount=Decimal(amount),
        reference_id=reference_id,
        act=act,
        **more,
    )


def balances(*wallets: WalletAccount) -> list[str]:
    held = {wallet.pk: wallet.account_balance for wallet in WalletAccount.objects.all()}
    return [str(held[wallet.pk]) for wallet in wallets]


def test_a_transfer_moves_money_by_one_entry_of_two_lines(cashier):
    source, target = make_wallet(holding="100.00"), make_wallet(holding="1.00")

    answer = transfer(source, target, "30.50", Act(cashier), note="for the children")

    made = Transfer.objects.get()
    entry = JournalEntry.objects.get(kind="TRANSFER")
    assert answer == TransferMade(
        id=str(made.pk),
        reference_id="the reference",
        from_wallet=str(source.pk),
        to_wallet=str(target.pk),
        amount="30.50",
        account_balance="69.50",
        created_at=wire_time(entry.posted_at),
    )
    assert (made.pk, made.entry, made.requested_by, made.note, made.created_at) == (
        entry.uid,
        entry,
        cashier,
        "for the children",
        entry.posted_at,
    )
    lines = Posting.objects.filter(entry=entry).order_by("side")
    assert [(line.side, line.account_id, line.wallet_id, line.balance_after) for line in lines] == [
        ("CREDIT", "WALLETS", target.pk, Decimal("31.50")),
        ("DEBIT", "WALLETS", source.pk, Decimal("69.50")),
    ]
    assert balances(source, target) == ["69.50", "31.50"]


def test_all_that_a_wallet_holds_can_be_transferred(cashier):
    source, target = make_wallet(holding="100.00"), make_wallet()

    transfer(source, target, "100.00", Act(cashier))

    assert balances(source, target) == ["0.00", "100.00"]


def test_the_same_reference_gives_the_first_answer_again_and_moves_nothing(cashier):
    source, target = make_wallet(holding="100.00"), make_wallet()
    first = transfer(source, target, "60.00", Act(cashier), note="rent")
    spend(source.patient, "40.00", Act(cashier))
    set_status(source, "FROZEN")
    set_status(target, "CLOSED")
    close_today()
    before = everything()

    again = transfer(source, target, "60", Act(cashier), note="rent")

    assert (again.replayed, again.facts()) == (True, first.facts())
    assert everything() == before


def test_a_reference_is_each_actors_own(cashier, supervisor):
    source, target = make_wallet(holding="100.00"), make_wallet()

    made = [transfer(source, target, "10.00", Act(actor)) for actor in (cashier, supervisor)]

    assert [one.replayed for one in made] == [False, False]
    assert balances(source, target) == ["80.00", "20.00"]


def test_the_key_of_the_act_is_not_looked_at(cashier):
    source, target = make_wallet(holding="100.00"), make_wallet()

    transfer(source, target, "10.00", Act(cashier, "the key"), "one")
    transfer(source, target, "10.00", Act(cashier, "the key"), "two")

    assert balances(source, target) == ["80.00", "20.00"]
    assert not IdempotencyKey.objects.exists()


def test_a_frozen_wallet_takes_money(cashier):
    source, target = make_wallet(holding="10.00"), make_wallet(status="FROZEN")

    transfer(source, target, "10.00", Act(cashier))

    assert balances(source, target) == ["0.00", "10.00"]


def test_a_transfer_takes_four_statements(cashier):
    source, target = make_wallet(holding="10.00"), make_wallet()
    transfer(source, target, "1.00", Act(cashier), "one")

    # savepoint, locks, the entry with all that belongs to it, release
    assert statements(lambda: transfer(source, target, "1.00", Act(cashier), "two")) == 4


def test_the_database_takes_no_transfer_from_a_wallet_to_itself(cashier):
    source, target = make_wallet(holding="10.00"), make_wallet()
    made = Transfer.objects.get(pk=transfer(source, target, "1.00", Act(cashier)).id)
    made.pk, made.reference_id, made.to_wallet = uuid4(), "another", source

    assert rule_that_refuses(lambda: made.save(force_insert=True)) == "transfer_between_two_wallets"


def test_the_database_takes_a_reference_once(cashier):
    source, target = make_wallet(holding="10.00"), make_wallet()
    made = Transfer.objects.get(pk=transfer(source, target, "1.00", Act(cashier)).id)
    made.pk, made.entry_id = uuid4(), JournalEntry.objects.earliest("pk").pk

    assert (
        rule_that_refuses(lambda: made.save(force_insert=True)) == "transfer_reference_is_used_once"
    )


def pair(**more: Any) -> tuple[WalletAccount, WalletAccount]:
    return make_wallet(holding="10.00", **more), make_wallet()


def of_nothing(act: Act) -> Attempt:
    source, target = pair()
    return lambda: transfer(source, target, "0.00", act)


def without_reference(act: Act) -> Attempt:
    source, target = pair()
    return lambda: transfer(source, target, "5.00", act, "")


def with_a_long_reference(act: Act) -> Attempt:
    source, target = pair()
    return lambda: transfer(source, target, "5.00", act, "x" * 101)


def with_a_reference_that_is_no_text(act: Act) -> Attempt:
    source, target = pair()
    return lambda: transfer(source, target, "5.00", act, "a\0b")


def with_a_long_note(act: Act) -> Attempt:
    source, target = pair()
    return lambda: transfer(source, target, "5.00", act, note="x" * 201)


def to_itself(act: Act) -> Attempt:
    source, _ = pair()
    return lambda: transfer(source, source, "5.00", act)


def from_nowhere(act: Act) -> Attempt:
    _, target = pair()
    return lambda: transfer(WalletAccount(), target, "5.00", act)


def to_nowhere(act: Act) -> Attempt:
    source, _ = pair()
    return lambda: transfer(source, uuid4(), "5.00", act)


def without_a_wallet(act: Act) -> Attempt:
    _, target = pair()
    return lambda: transfer(None, target, "5.00", act)


def of_too_much(act: Act) -> Attempt:
    source, target = pair()
    return lambda: transfer(source, target, "10.01", act)


def from_a_frozen_wallet(act: Act) -> Attempt:
    source, target = pair(status="FROZEN")
    return lambda: transfer(source, target, "5.00", act)


def from_a_closed_wallet(act: Act) -> Attempt:
    source, target = pair(status="CLOSED")
    return lambda: transfer(source, target, "5.00", act)


def to_a_closed_wallet(act: Act) -> Attempt:
    source, target = make_wallet(holding="10.00"), make_wallet(status="CLOSED")
    return lambda: transfer(source, target, "5.00", act)


def to_a_full_wallet(act: Act) -> Attempt:
    source, target = make_wallet(holding="10.00"), make_full_wallet()
    return lambda: transfer(source, target, "0.01", act)


def on_a_closed_day(act: Act) -> Attempt:
    source, target = pair()
    close_today()
    return lambda: transfer(source, target, "5.00", act)


def of_another_amount(act: Act) -> Attempt:
    source, target = pair()
    transfer(source, target, "5.00", act)
    return lambda: transfer(source, target, "4.99", act)


def with_another_note(act: Act) -> Attempt:
    source, target = pair()
    transfer(source, target, "5.00", act)
    return lambda: transfer(source, target, "5.00", act, note="rent")


def to_another_wallet(act: Act) -> Attempt:
    source, target = pair()
    other = make_wallet()
    transfer(source, target, "5.00", act)
    return lambda: transfer(source, other, "5.00", act)


@pytest.mark.parametrize(
    ("arrange", "refusal"),
    [
        (of_nothing, InvalidAmount),
        (without_reference, InvalidRequest),
        (with_a_long_reference, InvalidRequest),
        (with_a_reference_that_is_no_text, InvalidRequest),
        (with_a_long_note, InvalidRequest),
        (to_itself, SameWallet),
        (from_nowhere, NotFound),
        (to_nowhere, NotFound),
        (without_a_wallet, InsufficientFunds),
        (of_too_much, InsufficientFunds),
        (from_a_frozen_wallet, WalletFrozen),
        (from_a_closed_wallet, WalletFrozen),
        (to_a_closed_wallet, WalletFrozen),
        (to_a_full_wallet, BalanceLimit),
        (on_a_closed_day, DayClosed),
        (of_another_amount, KeyReused),
        (with_another_note, KeyReused),
        (to_another_wallet, KeyReused),
    ],
    ids=lambda value: value.__name__,
)
def test_a_refusal_leaves_no_trace(arrange, refusal, cashier):
    attempt = arrange(Act(cashier))
    before = everything()

    with pytest.raises(refusal):
        attempt()

    assert everything() == before


def test_what_is_refused_once_may_succeed_later_under_the_same_reference(cashier):
    source, target = pair()
    with pytest.raises(InsufficientFunds) as refusal:
        transfer(source, target, "10.01", Act(cashier))

    answer = transfer(source, target, "10.00", Act(cashier))

    assert refusal.value.facts == {"available": "10.00", "requested": "10.01"}
    assert (answer.account_balance, answer.replayed) == ("0.00", False)
