"""Acts on the same money at once; each race has a twin without its lock, where it is lost."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from types import NoneType
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import QuerySet

from client_wallet import ledger
from client_wallet.errors import AlreadyReversed, InsufficientFunds
from client_wallet.ledger import BANK, Line
from client_wallet.models import JournalEntry, WalletAccount, WalletDeposit
from client_wallet.services import (
    Debited,
    DepositReversed,
    DepositTaken,
    debit_wallet,
    deposit_to_wallet,
    reverse_deposit,
)
from hospital.core.acts import Act
from hospital.core.errors import KeyReused
from hospital.core.models import IdempotencyKey
from hospital.core.transactions import TransactionConflict, retry_conflicts
from smcapp1.models import PatientProfile
from tests.client_wallet.shifts.races import cashier_at_work, without_the_drawers_lock
from tests.factories import PatientFactory, UserFactory, make_wallet
from tests.races import THE_COMMIT, run_together, with_last_statement, without_row_locks

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("real_commits")]

THE_WALLET = 'INSERT INTO "client_wallet_walletaccount"'
LAST = "/* the last statement */"


def spending(wallet: WalletAccount, amount: str) -> Callable[[], Debited]:
    """Take money from the wallet, on behalf of somebody of its own."""
    money = Decimal(amount)
    return with_last_statement(
        partial(
            debit_wallet,
            patient_id=wallet.patient_id,
            amount=money,
            credits=[Line(BANK, money)],
            act=Act(UserFactory()),
        )
    )


def depositing(
    patient: PatientProfile, amount: str, *, act: Act | None = None
) -> Callable[[], DepositTaken]:
    """Put money into the patient's wallet, at a cashier of its own unless one is given."""
    return with_last_statement(
        partial(
            deposit_to_wallet,
            patient_id=patient.pk,
            amount=Decimal(amount),
            act=act or Act(UserFactory()),
        )
    )


def reversing(deposit: WalletDeposit, *, act: Act | None = None) -> Callable[[], DepositReversed]:
    """Reverse the deposit, by a supervisor of its own unless one is given."""
    return with_last_statement(
        partial(
            reverse_deposit, deposit_id=deposit.pk, reason="mistyped", act=act or Act(UserFactory())
        )
    )


def locking(which: str) -> Callable[[], None]:
    """Lock wallets by raw SQL, to the end of a transaction of their own."""

    @transaction.atomic
    def lock() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT FROM client_wallet_walletaccount {which}")
            cursor.execute(f"SELECT 1 {LAST}")

    return lock


def locking_at_once(wallet: WalletAccount, strength: str) -> Callable[[], None]:
    return locking(f"WHERE id = '{wallet.pk}' FOR {strength} NOWAIT")


def holding(wallet: WalletAccount) -> Callable[[], None]:
    return locking(f"WHERE id = '{wallet.pk}' FOR NO KEY UPDATE")


def balance_of(wallet: WalletAccount) -> Decimal:
    balance: Decimal = WalletAccount.objects.get(pk=wallet.pk).account_balance
    return balance


def kinds(results: list[Any]) -> list[type]:
    return [type(result) for result in results]


def test_a_wallet_is_not_spent_twice_at_once():
    wallet = make_wallet(holding="100.00")

    results = run_together(
        spending(wallet, "80.00"), spending(wallet, "80.00"), pause_before=THE_COMMIT
    )

    assert kinds(results) == [Debited, InsufficientFunds]
    assert results[1].facts == {"available": "20.00", "requested": "80.00"}
    assert balance_of(wallet) == Decimal("20.00")


def test_without_its_lock_a_wallet_is_spent_on_a_balance_that_is_gone():
    wallet = make_wallet(holding="100.00")

    with without_row_locks():
        results = run_together(
            spending(wallet, "80.00"), spending(wallet, "80.00"), pause_before=THE_COMMIT
        )

    # Only the sequence number saves the books; nobody is told that the money is short.
    assert kinds(results) == [Debited, IntegrityError]


def test_two_that_a_wallet_can_pay_are_both_paid():
    wallet = make_wallet(holding="100.00")

    results = run_together(
        spending(wallet, "60.00"), spending(wallet, "40.00"), pause_before=THE_COMMIT
    )

    assert kinds(results) == [Debited, Debited]
    assert balance_of(wallet) == Decimal("0.00")


def test_a_deposit_and_a_payment_at_once_both_count():
    wallet = make_wallet(holding="100.00")

    results = run_together(
        depositing(wallet.patient, "50.00"), spending(wallet, "100.00"), pause_before=THE_COMMIT
    )

    assert kinds(results) == [DepositTaken, Debited]
    assert results[1].wallet.account_balance == Decimal("50.00")
    assert balance_of(wallet) == Decimal("50.00")


def test_without_its_lock_a_wallet_loses_one_of_them():
    wallet = make_wallet(holding="100.00")

    with without_row_locks():
        results = run_together(
            depositing(wallet.patient, "50.00"), spending(wallet, "100.00"), pause_before=THE_COMMIT
        )

    assert kinds(results) == [DepositTaken, IntegrityError]


def test_a_payment_that_waits_for_a_deposit_can_spend_it():
    wallet = make_wallet(holding="1.00")

    results = run_together(
        depositing(wallet.patient, "50.00"), spending(wallet, "51.00"), pause_before=THE_COMMIT
    )

    assert kinds(results) == [DepositTaken, Debited]
    assert balance_of(wallet) == Decimal("0.00")


def test_without_its_lock_a_payment_does_not_see_the_deposit_it_meets():
    wallet = make_wallet(holding="1.00")

    with without_row_locks():
        results = run_together(
            depositing(wallet.patient, "50.00"), spending(wallet, "51.00"), pause_before=THE_COMMIT
        )

    assert kinds(results) == [DepositTaken, InsufficientFunds]


def test_a_deposit_sent_twice_at_once_with_one_key_is_taken_once():
    wallet = make_wallet()
    act = Act(cashier_at_work(), "the key")

    first, second = run_together(
        depositing(wallet.patient, "50.00", act=act),
        depositing(wallet.patient, "50.00", act=act),
        pause_before=THE_COMMIT,
    )

    assert (first.replayed, second.replayed) == (False, True)
    assert first.facts() == second.facts()
    assert (WalletDeposit.objects.count(), balance_of(wallet)) == (1, Decimal("50.00"))


def test_without_the_wallets_lock_the_second_is_not_a_replay():
    wallet = make_wallet()
    act = Act(cashier_at_work(), "the key")

    with without_row_locks():
        results = run_together(
            depositing(wallet.patient, "50.00", act=act),
            depositing(wallet.patient, "50.00", act=act),
            pause_before=THE_COMMIT,
        )

    assert kinds(results) == [DepositTaken, IntegrityError]


def test_one_key_sent_at_once_for_two_patients_is_spent_on_one_of_them():
    wallet, other = make_wallet(), make_wallet()
    act = Act(cashier_at_work(), "the key")

    results = run_together(
        retry_conflicts(depositing(wallet.patient, "50.00", act=act)),
        retry_conflicts(depositing(other.patient, "50.00", act=act)),
        pause_before=THE_COMMIT,
    )

    assert kinds(results) == [DepositTaken, KeyReused]
    assert (balance_of(wallet), balance_of(other)) == (Decimal("50.00"), Decimal("0.00"))


def test_without_another_try_the_second_is_a_conflict_and_leaves_nothing():
    wallet, other = make_wallet(), make_wallet()
    act = Act(cashier_at_work(), "the key")

    results = run_together(
        depositing(wallet.patient, "50.00", act=act),
        depositing(other.patient, "50.00", act=act),
        pause_before=THE_COMMIT,
    )

    assert kinds(results) == [DepositTaken, TransactionConflict]
    assert (balance_of(other), IdempotencyKey.objects.count()) == (Decimal("0.00"), 1)


def test_a_deposit_is_not_reversed_twice_at_once():
    wallet = make_wallet(holding="50.00")
    deposit_to_wallet(patient_id=wallet.patient_id, amount=Decimal("50.00"), act=Act(UserFactory()))
    deposit = WalletDeposit.objects.earliest("pk")

    results = run_together(reversing(deposit), reversing(deposit), pause_before=THE_COMMIT)

    assert kinds(results) == [DepositReversed, AlreadyReversed]
    assert balance_of(wallet) == Decimal("50.00")
    assert JournalEntry.objects.filter(kind="REVERSAL").count() == 1


def test_without_its_lock_and_the_drawers_a_deposit_is_reversed_by_whoever_comes():
    make_wallet(holding="50.00")
    deposit = WalletDeposit.objects.get()

    with without_row_locks(), without_the_drawers_lock():
        results = run_together(reversing(deposit), reversing(deposit), pause_before=THE_COMMIT)

    assert kinds(results) == [DepositReversed, IntegrityError]


def test_a_reversal_sent_twice_at_once_with_one_key_is_done_once():
    make_wallet(holding="50.00")
    deposit, act = WalletDeposit.objects.get(), Act(UserFactory(), "the key")

    first, second = run_together(
        reversing(deposit, act=act), reversing(deposit, act=act), pause_before=THE_COMMIT
    )

    assert (first.replayed, second.replayed) == (False, True)
    assert first.facts() == second.facts()


def test_a_deposit_is_not_reversed_while_its_money_is_spent():
    wallet = make_wallet(holding="50.00")

    results = run_together(
        spending(wallet, "20.00"), reversing(WalletDeposit.objects.get()), pause_before=THE_COMMIT
    )

    assert kinds(results) == [Debited, InsufficientFunds]
    assert balance_of(wallet) == Decimal("30.00")


def test_without_its_lock_a_wallets_money_is_given_back_and_spent():
    wallet = make_wallet(holding="50.00")

    with without_row_locks():
        results = run_together(
            spending(wallet, "20.00"),
            reversing(WalletDeposit.objects.get()),
            pause_before=THE_COMMIT,
        )

    assert kinds(results) == [Debited, IntegrityError]


@pytest.mark.parametrize("meeting", [THE_WALLET, THE_COMMIT])
def test_two_first_deposits_at_once_open_one_wallet(meeting):
    patient = PatientFactory()

    results = run_together(
        depositing(patient, "50.00"), depositing(patient, "30.00"), pause_before=meeting
    )

    assert kinds(results) == [DepositTaken, DepositTaken]
    wallet = WalletAccount.objects.get(patient=patient)
    assert (wallet.account_balance, wallet.last_sequence) == (Decimal("80.00"), 2)


def test_without_insert_or_ignore_one_of_two_first_deposits_is_lost():
    patient = PatientFactory()
    bulk_create = QuerySet.bulk_create

    def insert(queryset: Any, rows: Any, **wanted: Any) -> Any:
        return bulk_create(queryset, rows)

    with mock.patch.object(QuerySet, "bulk_create", insert):
        results = run_together(
            depositing(patient, "50.00"), depositing(patient, "30.00"), pause_before=THE_WALLET
        )

    assert kinds(results) == [DepositTaken, IntegrityError]


def test_without_its_lock_a_new_wallet_takes_one_of_two_first_deposits():
    patient = PatientFactory()
    make_wallet(patient=patient)

    with without_row_locks():
        results = run_together(
            depositing(patient, "50.00"), depositing(patient, "30.00"), pause_before=THE_COMMIT
        )

    assert kinds(results) == [DepositTaken, IntegrityError]


def test_a_locked_wallet_can_be_pointed_at_by_new_rows():
    wallet = make_wallet()

    with transaction.atomic():
        ledger.lock_wallets([wallet.pk])
        results = run_together(
            locking_at_once(wallet, "KEY SHARE"), locking_at_once(wallet, "NO KEY UPDATE")
        )

    assert kinds(results) == [NoneType, OperationalError]


def test_wallets_are_locked_in_the_order_of_their_ids():
    lower, higher = sorted([make_wallet(), make_wallet()], key=lambda wallet: wallet.pk)

    results = run_together(
        holding(lower),
        transaction.atomic(partial(ledger.lock_wallets, [higher.pk, lower.pk])),
        locking_at_once(higher, "NO KEY UPDATE"),
        pause_before=LAST,
    )

    assert kinds(results) == [NoneType, dict, NoneType]


def test_in_another_order_a_wallet_is_held_by_somebody_who_waits():
    lower, higher = sorted([make_wallet(), make_wallet()], key=lambda wallet: wallet.pk)

    results = run_together(
        holding(lower),
        locking(f"WHERE id IN ('{higher.pk}', '{lower.pk}') ORDER BY id DESC FOR NO KEY UPDATE"),
        locking_at_once(higher, "NO KEY UPDATE"),
        pause_before=LAST,
    )

    assert kinds(results) == [NoneType, NoneType, OperationalError]
