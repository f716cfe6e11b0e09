"""Workers and people at one withdrawal at once; each race has a twin without its lock."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from types import NoneType
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from client_wallet.bank import Answered, Outcome
from client_wallet.errors import InsufficientFunds, NotCancellable, NotInReview
from client_wallet.models import BankCircuit, JournalEntry, WalletAccount, Withdrawal
from client_wallet.services import Debited
from client_wallet.withdrawals import (
    WithdrawalAnswer,
    cancel_withdrawal,
    circuit,
    decide_on_withdrawal,
    schedule_withdrawal,
)
from client_wallet.withdrawals.circuit import Permit
from client_wallet.withdrawals.execution import Begun, Call, claim_next, record_answer
from client_wallet.withdrawals.terms import Terms
from hospital.core.acts import Act
from hospital.core.transactions import TransactionConflict
from tests.client_wallet.test_races import kinds, spending
from tests.client_wallet.withdrawals.desk import (
    DESTINATION,
    balance_of,
    make_withdrawal,
    under_review,
)
from tests.factories import UserFactory, make_wallet
from tests.races import run_together, without_row_locks

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("real_commits")]

TERMS = Terms(deadline=10, finality=30)
THE_ENTRY = "INSERT INTO client_wallet_journalentry"
THE_WITHDRAWAL = 'INSERT INTO "client_wallet_withdrawal"'
THE_MOVE = 'UPDATE "client_wallet_withdrawal"'
THE_CIRCUIT = 'UPDATE "client_wallet_bankcircuit"'
PAID = Answered(Outcome.PAID)


def claiming(*, seconds: float = 1) -> Callable[[], Begun | None]:
    """Take up what is due so many seconds from now, as a worker of its own."""
    now = timezone.now() + timedelta(seconds=seconds)
    return partial(claim_next, now=now, terms=TERMS, actor=UserFactory())


def recording(call: Call, answered: Answered = PAID) -> Callable[[], Begun]:
    return partial(
        record_answer,
        call=call,
        answered=answered,
        now=timezone.now(),
        terms=TERMS,
        actor=UserFactory(),
    )


def cancelling(withdrawal: Withdrawal) -> Callable[[], WithdrawalAnswer]:
    return partial(cancel_withdrawal, withdrawal_id=withdrawal.pk, act=Act(UserFactory()))


def deciding(withdrawal: Withdrawal, *, paid: bool) -> Callable[[], WithdrawalAnswer]:
    return partial(
        decide_on_withdrawal,
        withdrawal_id=withdrawal.pk,
        paid=paid,
        evidence="a letter",
        act=Act(UserFactory()),
    )


def begun_call() -> Call:
    """Return the call of a worker that has taken up a withdrawal."""
    make_withdrawal()
    begun = claiming()()
    assert begun
    assert begun.call
    return begun.call


def status_of(withdrawal: Withdrawal) -> str:
    return str(Withdrawal.objects.get(pk=withdrawal.pk).status)


def entries() -> list[str]:
    posted = JournalEntry.objects.filter(kind__startswith="WITHDRAWAL").order_by("pk")
    return list(posted.values_list("kind", flat=True))


def test_two_workers_take_up_one_withdrawal_once():
    make_withdrawal()

    results = run_together(claiming(), claiming(), pause_before=THE_ENTRY)

    assert kinds(results) == [Begun, NoneType]
    assert entries() == ["WITHDRAWAL"]


def test_without_its_lock_both_take_it_up():
    make_withdrawal()

    with without_row_locks():
        results = run_together(claiming(), claiming(), pause_before=THE_ENTRY)

    assert kinds(results) == [Begun, IntegrityError]


def test_a_worker_passes_by_what_another_holds_and_does_not_wait():
    make_withdrawal()
    make_withdrawal()

    one, another = claiming(), claiming()
    with transaction.atomic():
        first = one()
        (second,) = run_together(another)  # a wait would end as an OperationalError

    assert (kinds([first, second]), first == second) == ([Begun, Begun], False)


def test_what_is_being_begun_is_not_cancelled():
    withdrawal = make_withdrawal()

    results = run_together(claiming(), cancelling(withdrawal), pause_before=THE_MOVE)

    assert kinds(results) == [Begun, NotCancellable]
    assert status_of(withdrawal) == "PROCESSING"


def test_without_its_lock_it_would_be_but_for_the_database():
    withdrawal = make_withdrawal()

    with without_row_locks():
        results = run_together(claiming(), cancelling(withdrawal), pause_before=THE_MOVE)

    assert kinds(results) == [Begun, IntegrityError]


def test_what_is_being_cancelled_is_not_begun():
    withdrawal = make_withdrawal()

    results = run_together(cancelling(withdrawal), claiming(), pause_before=THE_MOVE)

    assert kinds(results) == [WithdrawalAnswer, NoneType]
    assert (status_of(withdrawal), entries()) == ("CANCELLED", [])


def test_without_its_lock_it_would_be_begun_but_for_the_database():
    withdrawal = make_withdrawal()

    with without_row_locks():
        results = run_together(cancelling(withdrawal), claiming(), pause_before=THE_MOVE)

    assert kinds(results) == [WithdrawalAnswer, IntegrityError]


def test_two_decisions_at_once_are_one():
    withdrawal = under_review()

    results = run_together(
        deciding(withdrawal, paid=True), deciding(withdrawal, paid=False), pause_before=THE_ENTRY
    )

    assert kinds(results) == [WithdrawalAnswer, NotInReview]
    assert (status_of(withdrawal), entries()) == ("COMPLETED", ["WITHDRAWAL", "WITHDRAWAL_SETTLED"])


def test_without_its_lock_it_would_be_settled_and_given_back_but_for_the_database():
    withdrawal = under_review()

    with without_row_locks():
        results = run_together(
            deciding(withdrawal, paid=True),
            deciding(withdrawal, paid=False),
            pause_before=THE_ENTRY,
        )

    assert kinds(results) == [WithdrawalAnswer, IntegrityError]


def test_an_answer_at_the_end_of_its_lease_is_not_overtaken():
    call = begun_call()

    results = run_together(recording(call), claiming(seconds=60), pause_before=THE_MOVE)

    assert kinds(results) == [Begun, NoneType]
    assert entries() == ["WITHDRAWAL", "WITHDRAWAL_SETTLED"]


def test_without_its_lock_the_settled_one_would_be_unknown_but_for_the_database():
    call = begun_call()

    with without_row_locks():
        results = run_together(recording(call), claiming(seconds=60), pause_before=THE_MOVE)

    assert kinds(results) == [Begun, IntegrityError]


def test_an_answer_that_was_overtaken_is_late():
    call = begun_call()

    taken_up, recorded = run_together(
        claiming(seconds=60), recording(call, Answered(Outcome.REFUSED)), pause_before=THE_MOVE
    )

    assert (taken_up.call.kind, recorded.status, recorded.call) == ("FIND", "UNKNOWN", None)
    assert entries() == ["WITHDRAWAL"]


def test_without_its_lock_it_would_be_given_back_while_the_bank_is_asked():
    call = begun_call()

    with without_row_locks():
        results = run_together(
            claiming(seconds=60), recording(call, Answered(Outcome.REFUSED)), pause_before=THE_MOVE
        )

    assert kinds(results) == [Begun, Begun]
    assert entries() == ["WITHDRAWAL", "WITHDRAWAL_RETURNED"]


def test_a_late_answer_changes_no_decision():
    withdrawal = under_review()
    first = withdrawal.calls.get(number=1)
    again = Call(withdrawal.pk, first.number, first.kind, None)  # type: ignore[arg-type] # recorded, not made

    results = run_together(
        deciding(withdrawal, paid=False), recording(again), pause_before=THE_MOVE
    )

    assert kinds(results) == [WithdrawalAnswer, Begun]
    assert (status_of(withdrawal), entries()) == ("FAILED", ["WITHDRAWAL", "WITHDRAWAL_RETURNED"])


def test_money_is_not_spent_and_withdrawn_at_once():
    withdrawal = make_withdrawal("60.00", holding="100.00")
    wallet = withdrawal.wallet

    results = run_together(spending(wallet, "80.00"), claiming(), pause_before=THE_ENTRY)

    assert kinds(results) == [Debited, Begun]
    assert (status_of(withdrawal), balance_of(wallet)) == ("FAILED", Decimal("20.00"))


def test_money_is_not_withdrawn_and_spent_at_once():
    withdrawal = make_withdrawal("60.00", holding="100.00")

    results = run_together(claiming(), spending(withdrawal.wallet, "80.00"), pause_before=THE_ENTRY)

    assert kinds(results) == [Begun, InsufficientFunds]


def test_without_its_lock_a_wallet_is_spent_on_a_balance_that_is_gone():
    withdrawal = make_withdrawal("60.00", holding="100.00")

    with without_row_locks():
        results = run_together(
            spending(withdrawal.wallet, "80.00"), claiming(), pause_before=THE_ENTRY
        )

    assert kinds(results) == [Debited, IntegrityError]


def asking(wallet: WalletAccount, act: Act) -> Callable[[], WithdrawalAnswer]:
    return partial(
        schedule_withdrawal,
        wallet_id=wallet.pk,
        amount=Decimal("60.00"),
        destination=DESTINATION,
        act=act,
    )


def test_a_wish_sent_twice_at_once_with_one_key_is_one():
    wallet, act = make_wallet(holding="100.00"), Act(UserFactory(), "the key")

    first, second = run_together(
        asking(wallet, act), asking(wallet, act), pause_before=THE_WITHDRAWAL
    )

    assert (first.replayed, second.replayed, first.id) == (False, True, second.id)


def test_without_the_wallets_lock_the_second_is_a_conflict():
    wallet, act = make_wallet(holding="100.00"), Act(UserFactory(), "the key")

    with without_row_locks():
        results = run_together(
            asking(wallet, act), asking(wallet, act), pause_before=THE_WITHDRAWAL
        )

    assert kinds(results) == [WithdrawalAnswer, TransactionConflict]


def open_circuit() -> datetime:
    now = timezone.now()
    BankCircuit.objects.create(name="bank", failures=10, open_until=now)
    return now


def test_of_two_workers_one_tries_the_dead_bank():
    permit = partial(circuit.permit, now=open_circuit(), terms=TERMS)

    results = run_together(permit, permit, pause_before=THE_CIRCUIT)

    assert results == [Permit.PROBE, Permit.OPEN]


def test_if_they_only_looked_before_both_would_try():
    now = open_circuit()

    def permit() -> Any:
        seen = BankCircuit.objects.get()
        is_mine = seen.open_until is not None and seen.open_until <= now
        BankCircuit.objects.update(open_until=now + timedelta(seconds=60))
        return Permit.PROBE if is_mine else Permit.OPEN

    results = run_together(permit, permit, pause_before=THE_CIRCUIT)

    assert results == [Permit.PROBE, Permit.PROBE]
