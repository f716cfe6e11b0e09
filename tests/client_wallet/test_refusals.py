"""Whatever is refused leaves no trace: no row of any table changes, and no key is spent."""

from collections.abc import Callable

import pytest

from client_wallet.errors import (
    AlreadyReversed,
    BalanceLimit,
    DayClosed,
    InsufficientFunds,
    UnbalancedEntry,
    WalletFrozen,
)
from client_wallet.ledger import BANK, Line
from client_wallet.models import WalletDeposit
from client_wallet.services import debit_wallet, deposit_to_wallet, open_wallet, reverse_deposit
from hospital.core.acts import Act
from hospital.core.errors import InvalidAmount, InvalidRequest, KeyReused, NotFound, SelfApproval
from hospital.core.models import IdempotencyKey
from hospital.core.money import CENT
from tests.client_wallet.desk import (
    close_today,
    deposit,
    make_deposit,
    make_full_wallet,
    reverse,
    spend,
)
from tests.factories import PatientFactory, UserFactory, make_wallet
from tests.rows import everything

pytestmark = pytest.mark.django_db

Attempt = Callable[[], object]
NOBODY = 999_999


def deposit_of_nothing(act: Act) -> Attempt:
    patient = PatientFactory()
    return lambda: deposit(patient, "0.00", act)


def deposit_by_wallet(act: Act) -> Attempt:
    patient = PatientFactory()
    return lambda: deposit(patient, "5.00", act, payment_method="WALLET")


def deposit_for_nobody(act: Act) -> Attempt:
    return lambda: deposit_to_wallet(patient_id=NOBODY, amount=CENT, act=act)


def deposit_into_a_closed_wallet(act: Act) -> Attempt:
    wallet = make_wallet(holding="10.00", status="CLOSED")
    return lambda: deposit(wallet.patient, "5.00", act)


def deposit_into_a_full_wallet(act: Act) -> Attempt:
    wallet = make_full_wallet()
    return lambda: deposit(wallet.patient, "0.01", act)


def first_deposit_on_a_closed_day(act: Act) -> Attempt:
    patient = PatientFactory()
    close_today()
    return lambda: deposit(patient, "5.00", act)


def deposit_with_the_key_of_another(act: Act) -> Attempt:
    patient = PatientFactory()
    deposit(patient, "5.00", act)
    return lambda: deposit(patient, "5.01", act)


def first_deposit_with_the_key_of_another_patients(act: Act) -> Attempt:
    deposit(PatientFactory(), "5.00", act)
    patient = PatientFactory()
    return lambda: deposit(patient, "5.00", act)


def reversal_without_reason(act: Act) -> Attempt:
    taken = make_deposit()
    return lambda: reverse(taken, act, "  ")


def reversal_of_nothing(act: Act) -> Attempt:
    return lambda: reverse_deposit(deposit_id=NOBODY, reason="mistyped", act=act)


def reversal_of_the_own_deposit(act: Act) -> Attempt:
    deposit(PatientFactory(), "5.00", Act(act.actor))
    return lambda: reverse(WalletDeposit.objects.get(), act)


def second_reversal(act: Act) -> Attempt:
    taken = make_deposit("5.00")
    deposit(taken.wallet.patient, "5.00", Act(UserFactory()))
    reverse(taken, Act(UserFactory()))
    return lambda: reverse(taken, act)


def reversal_of_spent_money(act: Act) -> Attempt:
    taken = make_deposit("5.00")
    spend(taken.wallet.patient, "0.01", Act(UserFactory()))
    return lambda: reverse(taken, act)


def reversal_on_a_closed_day(act: Act) -> Attempt:
    taken = make_deposit()
    close_today()
    return lambda: reverse(taken, act)


def reversal_with_the_key_of_another(act: Act) -> Attempt:
    taken, other = make_deposit(), make_deposit()
    reverse(taken, act)
    return lambda: reverse(other, act)


def debit_of_nothing(act: Act) -> Attempt:
    wallet = make_wallet(holding="10.00")
    return lambda: spend(wallet.patient, "0.00", act)


def debit_without_a_wallet(act: Act) -> Attempt:
    patient = PatientFactory()
    return lambda: spend(patient, "5.00", act)


def debit_of_too_much(act: Act) -> Attempt:
    wallet = make_wallet(holding="4.99")
    return lambda: spend(wallet.patient, "5.00", act)


def debit_of_a_frozen_wallet(act: Act) -> Attempt:
    wallet = make_wallet(holding="10.00", status="FROZEN")
    return lambda: spend(wallet.patient, "5.00", act)


def debit_of_a_closed_wallet(act: Act) -> Attempt:
    wallet = make_wallet(holding="10.00", status="CLOSED")
    return lambda: spend(wallet.patient, "5.00", act)


def debit_on_a_closed_day(act: Act) -> Attempt:
    wallet = make_wallet(holding="10.00")
    close_today()
    return lambda: spend(wallet.patient, "5.00", act)


def debit_that_does_not_balance(act: Act) -> Attempt:
    wallet = make_wallet(holding="10.00")
    return lambda: debit_wallet(
        patient_id=wallet.patient_id, amount=CENT, credits=[Line(BANK, CENT + CENT)], act=act
    )


def wallet_for_nobody(act: Act) -> Attempt:
    return lambda: open_wallet(patient_id=NOBODY)


@pytest.mark.parametrize(
    ("arrange", "refusal"),
    [
        (deposit_of_nothing, InvalidAmount),
        (deposit_by_wallet, InvalidRequest),
        (deposit_for_nobody, NotFound),
        (deposit_into_a_closed_wallet, WalletFrozen),
        (deposit_into_a_full_wallet, BalanceLimit),
        (first_deposit_on_a_closed_day, DayClosed),
        (deposit_with_the_key_of_another, KeyReused),
        (first_deposit_with_the_key_of_another_patients, KeyReused),
        (reversal_without_reason, InvalidRequest),
        (reversal_of_nothing, NotFound),
        (reversal_of_the_own_deposit, SelfApproval),
        (second_reversal, AlreadyReversed),
        (reversal_of_spent_money, InsufficientFunds),
        (reversal_on_a_closed_day, DayClosed),
        (reversal_with_the_key_of_another, KeyReused),
        (debit_of_nothing, InvalidAmount),
        (debit_without_a_wallet, InsufficientFunds),
        (debit_of_too_much, InsufficientFunds),
        (debit_of_a_frozen_wallet, WalletFrozen),
        (debit_of_a_closed_wallet, WalletFrozen),
        (debit_on_a_closed_day, DayClosed),
        (debit_that_does_not_balance, UnbalancedEntry),
        (wallet_for_nobody, NotFound),
    ],
    ids=lambda value: value.__name__,
)
def test_a_refusal_leaves_no_trace(arrange, refusal, cashier):
    attempt = arrange(Act(cashier, "the key"))
    before = everything()

    with pytest.raises(refusal):
        attempt()

    assert everything() == before


def test_what_is_refused_once_may_succeed_later_under_the_same_key(supervisor):
    taken = make_deposit("5.00")
    spend(taken.wallet.patient, "0.01", Act(UserFactory()))
    act = Act(supervisor, "the key")
    with pytest.raises(InsufficientFunds):
        reverse(taken, act)
    deposit(taken.wallet.patient, "0.01", Act(UserFactory()))

    answer = reverse(taken, act)

    assert (answer.account_balance, answer.replayed) == ("0.00", False)
    assert IdempotencyKey.objects.get().answer == answer.facts()
