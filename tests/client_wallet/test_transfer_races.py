"""Transfers and freezes at once; each race has a twin without its lock, where it is lost."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError

from client_wallet.errors import AlreadyFrozen, InsufficientFunds, WalletFrozen
from client_wallet.freezing import StatusChanged, freeze_wallet
from client_wallet.models import Transfer, WalletAccount, WalletStatusChange
from client_wallet.services import Debited
from client_wallet.transfers import TransferMade, transfer_between_wallets
from hospital.core.acts import Act
from hospital.core.errors import KeyReused
from hospital.core.transactions import TransactionConflict, retry_conflicts
from tests.client_wallet.test_races import balance_of, kinds, spending
from tests.factories import UserFactory, make_wallet
from tests.races import THE_COMMIT, run_together, with_last_statement, without_row_locks

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("real_commits")]

THE_ENTRY = "INSERT INTO client_wallet_journalentry"
A_ROW = "INSERT INTO"
THE_STATUS = 'UPDATE "client_wallet_walletaccount"'


def transferring(
    source: WalletAccount,
    target: WalletAccount,
    amount: str,
    *,
    act: Act | None = None,
    reference_id: str = "r-1",
) -> Callable[[], TransferMade]:
    """Transfer, on behalf of somebody of its own unless an act is given."""
    return partial(
        transfer_between_wallets,
        from_wallet_id=source.pk,
        to_wallet_id=target.pk,
        amount=Decimal(amount),
        reference_id=reference_id,
        act=act or Act(UserFactory()),
    )


def freezing(wallet: WalletAccount) -> Callable[[], StatusChanged]:
    return partial(freeze_wallet, wallet_id=wallet.pk, reason="stolen", act=Act(UserFactory()))


def test_a_wallet_is_not_transferred_from_twice_at_once():
    source, one, other = make_wallet(holding="100.00"), make_wallet(), make_wallet()

    results = run_together(
        transferring(source, one, "80.00"),
        transferring(source, other, "80.00"),
        pause_before=THE_ENTRY,
    )

    assert kinds(results) == [TransferMade, InsufficientFunds]
    assert [balance_of(wallet) for wallet in (source, one, other)] == [20, 80, 0]


def test_without_its_lock_a_wallet_is_transferred_from_on_a_balance_that_is_gone():
    source, one, other = make_wallet(holding="100.00"), make_wallet(), make_wallet()

    with without_row_locks():
        results = run_together(
            transferring(source, one, "80.00"),
            transferring(source, other, "80.00"),
            pause_before=THE_ENTRY,
        )

    assert kinds(results) == [TransferMade, IntegrityError]


def test_transfers_to_and_fro_at_once_both_count():
    one, other = make_wallet(holding="100.00"), make_wallet(holding="100.00")

    results = run_together(
        transferring(one, other, "30.00"),
        transferring(other, one, "130.00"),
        pause_before=THE_ENTRY,
    )

    assert kinds(results) == [TransferMade, TransferMade]
    assert [balance_of(wallet) for wallet in (one, other)] == [200, 0]


def test_a_transfer_sent_twice_at_once_is_made_once():
    source, target, act = make_wallet(holding="100.00"), make_wallet(), Act(UserFactory())

    first, second = run_together(
        transferring(source, target, "60.00", act=act),
        transferring(source, target, "60.00", act=act),
        pause_before=THE_ENTRY,
    )

    assert (first.replayed, second.replayed) == (False, True)
    assert first.facts() == second.facts()
    assert (Transfer.objects.count(), balance_of(source)) == (1, Decimal("40.00"))


def test_without_its_lock_the_second_is_not_a_replay():
    source, target, act = make_wallet(holding="100.00"), make_wallet(), Act(UserFactory())

    with without_row_locks():
        results = run_together(
            with_last_statement(transferring(source, target, "60.00", act=act)),
            with_last_statement(transferring(source, target, "60.00", act=act)),
            pause_before=THE_COMMIT,
        )

    assert kinds(results) == [TransferMade, IntegrityError]


def test_one_reference_at_once_for_two_pairs_of_wallets_is_used_for_one_of_them():
    one, two, three, four = wallets = [make_wallet(holding="100.00") for _ in range(4)]
    act = Act(UserFactory())

    results = run_together(
        retry_conflicts(transferring(one, two, "60.00", act=act)),
        retry_conflicts(transferring(three, four, "60.00", act=act)),
        pause_before=THE_ENTRY,
    )

    assert kinds(results) == [TransferMade, KeyReused]
    assert [balance_of(wallet) for wallet in wallets] == [40, 160, 100, 100]


def test_without_another_try_the_second_is_a_conflict_and_leaves_nothing():
    one, two, three, four = wallets = [make_wallet(holding="100.00") for _ in range(4)]
    act = Act(UserFactory())

    results = run_together(
        with_last_statement(transferring(one, two, "60.00", act=act)),
        with_last_statement(transferring(three, four, "60.00", act=act)),
        pause_before=THE_COMMIT,
    )

    assert kinds(results) == [TransferMade, TransactionConflict]
    assert [balance_of(wallet) for wallet in wallets] == [40, 160, 100, 100]


SPENDING: dict[str, Callable[[WalletAccount], Callable[[], Any]]] = {
    "pay": lambda wallet: spending(wallet, "80.00"),
    "transfer": lambda wallet: transferring(wallet, make_wallet(), "80.00"),
}


@pytest.mark.parametrize("way", SPENDING)
def test_nothing_leaves_a_wallet_that_is_being_frozen(way):
    wallet = make_wallet(holding="100.00")

    results = run_together(freezing(wallet), SPENDING[way](wallet), pause_before=A_ROW)

    assert kinds(results) == [StatusChanged, WalletFrozen]
    assert balance_of(wallet) == 100


@pytest.mark.parametrize("way", SPENDING)
def test_without_its_lock_money_leaves_a_wallet_after_it_was_frozen(way):
    wallet = make_wallet(holding="100.00")

    with without_row_locks():
        results = run_together(freezing(wallet), SPENDING[way](wallet), pause_before=A_ROW)

    assert kinds(results) == [StatusChanged, {"pay": Debited, "transfer": TransferMade}[way]]
    wallet.refresh_from_db()
    assert (wallet.status, wallet.account_balance) == ("FROZEN", 20)


@pytest.mark.parametrize("way", SPENDING)
def test_a_wallet_is_frozen_after_what_was_being_spent(way):
    wallet = make_wallet(holding="100.00")

    results = run_together(SPENDING[way](wallet), freezing(wallet), pause_before=A_ROW)

    assert StatusChanged in kinds(results)
    wallet.refresh_from_db()
    assert (wallet.status, wallet.account_balance) == ("FROZEN", 20)


def test_a_wallet_is_not_frozen_twice_at_once():
    wallet = make_wallet()

    results = run_together(freezing(wallet), freezing(wallet), pause_before=THE_STATUS)

    assert kinds(results) == [StatusChanged, AlreadyFrozen]
    assert WalletStatusChange.objects.count() == 1


def test_without_its_lock_a_wallet_is_frozen_by_whoever_comes():
    wallet = make_wallet()

    with without_row_locks():
        results = run_together(freezing(wallet), freezing(wallet), pause_before=THE_STATUS)

    assert kinds(results) == [StatusChanged, StatusChanged]
