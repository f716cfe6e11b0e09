"""Idempotency keys of deposits and reversals: the first answer again, and no money moves."""

from collections.abc import Callable
from typing import Any

import pytest

from client_wallet.errors import BalanceLimit, WalletFrozen
from client_wallet.models import WalletAccount, WalletDeposit
from client_wallet.services import DepositTaken
from hospital.core.acts import Act
from hospital.core.errors import KeyReused
from hospital.core.models import IdempotencyKey
from tests.client_wallet.desk import (
    close_today,
    deposit,
    make_deposit,
    make_full_wallet,
    reverse,
    set_status,
    spend,
)
from tests.factories import PatientFactory, UserFactory, make_wallet
from tests.rows import everything

pytestmark = pytest.mark.django_db


def reverse_it(first: DepositTaken) -> None:
    reverse(WalletDeposit.objects.get(pk=first.deposit_id), Act(UserFactory()))


def spend_it(first: DepositTaken) -> None:
    spend(WalletAccount.objects.get(pk=first.wallet_id).patient, first.amount, Act(UserFactory()))


def close_the_wallet(first: DepositTaken) -> None:
    set_status(WalletAccount.objects.get(pk=first.wallet_id), "CLOSED")


def close_the_day(first: DepositTaken) -> None:
    close_today()


def top_up(first: DepositTaken) -> None:
    deposit(WalletAccount.objects.get(pk=first.wallet_id).patient, "1.00", Act(UserFactory()))


@pytest.mark.parametrize(
    "meanwhile", [reverse_it, spend_it, close_the_wallet, close_the_day, top_up]
)
def test_a_deposit_sent_again_is_answered_as_at_first(
    meanwhile: Callable[[DepositTaken], None], cashier: Any
) -> None:
    patient, act = PatientFactory(), Act(cashier, "the key")
    first = deposit(patient, "50.00", act, note="for the scan")
    meanwhile(first)
    before = everything()

    again = deposit(patient, "50.00", act, note="for the scan")

    assert (first.replayed, again.replayed) == (False, True)
    assert again.facts() == first.facts()
    assert everything() == before


@pytest.mark.parametrize("written", ["50", "50.0", "5E+1"])
def test_the_same_amount_written_otherwise_is_the_same_fact(written, cashier):
    patient, act = PatientFactory(), Act(cashier, "the key")
    first = deposit(patient, "50.00", act)

    assert deposit(patient, written, act).facts() == first.facts()


@pytest.mark.parametrize(
    "other",
    [
        {"amount": "50.01"},
        {"payment_method": "CARD"},
        {"external_reference": "slip 7"},
        {"note": "for the scan"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_a_key_is_not_for_another_deposit(other, cashier):
    patient, act = PatientFactory(), Act(cashier, "the key")
    deposit(patient, "50.00", act)

    with pytest.raises(KeyReused) as refusal:
        deposit(patient, act=act, **{"amount": "50.00", **other})

    assert (refusal.value.code, refusal.value.status) == ("key-reused", 422)


def test_a_key_is_not_for_another_patient(cashier):
    act = Act(cashier, "the key")
    deposit(PatientFactory(), "50.00", act)

    with pytest.raises(KeyReused):
        deposit(PatientFactory(), "50.00", act)


def test_a_key_belongs_to_one_actor():
    patient = PatientFactory()
    acts = [Act(UserFactory(), "the key"), Act(UserFactory(), "the key")]

    answers = [deposit(patient, "50.00", act) for act in acts]

    assert [(one.account_balance, one.replayed) for one in answers] == [
        ("50.00", False),
        ("100.00", False),
    ]


def test_a_key_belongs_to_one_act(supervisor):
    taken = make_deposit("50.00")
    act = Act(supervisor, "the key")

    deposited = deposit(taken.wallet.patient, "30.00", act)
    reversed_ = reverse(taken, act)

    assert (deposited.replayed, reversed_.replayed) == (False, False)
    assert list(IdempotencyKey.objects.order_by("act").values_list("act", "key")) == [
        ("deposit", "the key"),
        ("reverse-deposit", "the key"),
    ]


def test_a_key_is_kept_with_the_first_answer_beside_the_act(cashier):
    answer = deposit(PatientFactory(), "50.00", Act(cashier, "the key"))

    kept = IdempotencyKey.objects.get()
    assert (kept.actor, kept.act, kept.key, kept.answer) == (
        cashier,
        "deposit",
        "the key",
        answer.facts(),
    )
    assert len(kept.fingerprint) == 64


@pytest.mark.parametrize("status", ["ACTIVE", "CLOSED"])
def test_a_reversal_sent_again_is_answered_as_at_first(status, supervisor):
    taken = make_deposit("50.00")
    act = Act(supervisor, "the key")
    first = reverse(taken, act)
    deposit(taken.wallet.patient, "20.00", Act(UserFactory()))
    set_status(taken.wallet, status)
    close_today()
    before = everything()

    again = reverse(taken, act, " mistyped ")

    assert (first.replayed, again.replayed, again.facts()) == (False, True, first.facts())
    assert everything() == before


@pytest.mark.parametrize("reason", ["mistyped twice", "Mistyped"])
def test_a_key_is_not_for_another_reason(reason, supervisor):
    taken = make_deposit("50.00")
    act = Act(supervisor, "the key")
    reverse(taken, act)

    with pytest.raises(KeyReused):
        reverse(taken, act, reason)


def test_a_key_is_not_spent_by_a_refusal(cashier):
    wallet = make_full_wallet()
    act = Act(cashier, "the key")
    with pytest.raises(BalanceLimit):
        deposit(wallet.patient, "5.00", act)
    spend(wallet.patient, "5.00", Act(UserFactory()))

    answer = deposit(wallet.patient, "5.00", act)

    assert answer.replayed is False


def test_a_refused_key_may_be_used_for_other_facts(cashier):
    wallet = make_wallet(status="CLOSED")
    act = Act(cashier, "the key")
    with pytest.raises(WalletFrozen):
        deposit(wallet.patient, "5.00", act)

    answer = deposit(PatientFactory(), "7.00", act)

    assert (answer.amount, answer.replayed) == ("7.00", False)
