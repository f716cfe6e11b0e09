"""A person decides on what the bank never said: settled or given back, once, by another."""

from decimal import Decimal

import pytest

from client_wallet.errors import NotInReview
from client_wallet.models import Withdrawal
from client_wallet.withdrawals import WithdrawalAnswer, decide_on_withdrawal
from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest, KeyReused, NotFound, SelfApproval
from tests.client_wallet.withdrawals.desk import (
    balance_of,
    journal_of,
    make_withdrawal,
    under_review,
)
from tests.factories import UserFactory, make_wallet

pytestmark = pytest.mark.django_db
EVIDENCE = "The bank's letter of 3 May"


def decide(withdrawal: Withdrawal, act: Act, **more: object) -> WithdrawalAnswer:
    wanted = {"paid": True, "evidence": EVIDENCE, **more}
    return decide_on_withdrawal(withdrawal_id=withdrawal.pk, act=act, **wanted)  # type: ignore[arg-type] # as a test wants them


@pytest.mark.parametrize(
    ("paid", "status", "last_entry", "held"),
    [
        (
            True,
            "COMPLETED",
            ("WITHDRAWAL_SETTLED", "WITHDRAWALS_IN_TRANSIT", "BANK"),
            Decimal("40.00"),
        ),
        (
            False,
            "FAILED",
            ("WITHDRAWAL_RETURNED", "WITHDRAWALS_IN_TRANSIT", "WALLETS"),
            Decimal("100.00"),
        ),
    ],
)
def test_a_decision_ends_it_and_is_repeatable_by_its_key(paid, status, last_entry, held):
    withdrawal, act = under_review(), Act(UserFactory(), "the key")

    first, second = (decide(withdrawal, act, paid=paid, evidence=f" {EVIDENCE} ") for _ in range(2))

    withdrawal.refresh_from_db()
    assert (first.status, first.replayed, second.replayed) == (status, False, True)
    assert first.facts() == second.facts()
    assert (withdrawal.status, withdrawal.evidence, withdrawal.ended_by) == (
        status,
        EVIDENCE,
        act.actor,
    )
    assert journal_of(withdrawal)[1:] == [last_entry]
    assert balance_of(withdrawal.wallet) == held
    with pytest.raises(KeyReused):
        decide(withdrawal, act, paid=not paid)
    with pytest.raises(NotInReview):
        decide(withdrawal, Act(UserFactory()), paid=not paid)


def test_whoever_asked_for_it_does_not_decide():
    act = Act(UserFactory())
    withdrawal = under_review(act=act)

    with pytest.raises(SelfApproval):
        decide(withdrawal, act)

    withdrawal.refresh_from_db()
    assert (withdrawal.status, withdrawal.evidence) == ("NEEDS_REVIEW", "")


@pytest.mark.parametrize("evidence", ["", "  \n", "x" * 301])
def test_nobody_decides_without_saying_how_they_know(evidence):
    withdrawal = under_review()

    with pytest.raises(InvalidRequest) as refusal:
        decide(withdrawal, Act(UserFactory()), evidence=evidence)

    assert list(refusal.value.facts["errors"]) == ["evidence"]


def test_only_what_is_under_review_is_decided_on():
    with pytest.raises(NotInReview) as refusal:
        decide(make_withdrawal(), Act(UserFactory()))
    with pytest.raises(NotFound):
        decide_on_withdrawal(
            withdrawal_id=make_wallet().pk, paid=True, evidence=EVIDENCE, act=Act(UserFactory())
        )

    assert (refusal.value.status, refusal.value.facts) == (
        409,
        {"withdrawal_status": "SCHEDULED"},
    )
