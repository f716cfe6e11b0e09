"""What follows from each answer: states, entries, times, and what is written down."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from client_wallet.bank import Answered, Outcome
from client_wallet.models import BankAnswer, Withdrawal
from client_wallet.withdrawals import cancel_withdrawal
from client_wallet.withdrawals.execution import claim_next, record_answer
from client_wallet.withdrawals.terms import Terms
from hospital.core.acts import Act
from tests.client_wallet.desk import close_today, set_status
from tests.client_wallet.withdrawals.desk import balance_of, journal_of, make_withdrawal
from tests.client_wallet.withdrawals.fake_bank import FakeBank
from tests.client_wallet.withdrawals.workers import work_to_the_end, worker_at
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

DEBIT = ("WITHDRAWAL", "WALLETS", "WITHDRAWALS_IN_TRANSIT")
SETTLED = ("WITHDRAWAL_SETTLED", "WITHDRAWALS_IN_TRANSIT", "BANK")
RETURNED = ("WITHDRAWAL_RETURNED", "WITHDRAWALS_IN_TRANSIT", "WALLETS")
TERMS = Terms(deadline=10, finality=30)
LEASE = 15  # seconds


def made_for(withdrawal: Withdrawal) -> list[tuple[str, str | None]]:
    """Return the calls made for it and what they came to."""
    calls = withdrawal.calls.order_by("number").values_list("kind", "answer__outcome")
    return [(kind, outcome) for kind, outcome in calls]


def ended(bank: FakeBank, withdrawal: Withdrawal, **terms: Any) -> Withdrawal:
    work_to_the_end(worker_at(bank, **terms), bank)
    withdrawal.refresh_from_db()
    return withdrawal


def stepped(bank: FakeBank, withdrawal: Withdrawal, **terms: Any) -> Withdrawal:
    worker_at(bank, **terms).step()
    withdrawal.refresh_from_db()
    return withdrawal


def test_what_is_paid_is_settled():
    bank = FakeBank()
    withdrawal = ended(bank, make_withdrawal())

    assert (withdrawal.status, withdrawal.attempts, withdrawal.ended_by) == ("COMPLETED", 1, None)
    assert withdrawal.ended_at == bank.clock.at
    assert made_for(withdrawal) == [("SUBMIT", "PAID")]
    assert journal_of(withdrawal) == [DEBIT, SETTLED]


def test_what_is_refused_for_good_is_given_back():
    withdrawal = ended(FakeBank(submissions=["refuse"]), make_withdrawal(holding="100.00"))

    assert (withdrawal.status, withdrawal.failure_code, withdrawal.failure_detail) == (
        "FAILED",
        "bank-refused",
        "declined",
    )
    assert journal_of(withdrawal) == [DEBIT, RETURNED]
    assert balance_of(withdrawal.wallet) == Decimal("100.00")


@pytest.mark.parametrize("status", ["FROZEN", "CLOSED"])
def test_a_wallet_that_is_barred_when_it_is_due_pays_nothing(status):
    bank, withdrawal = FakeBank(), make_withdrawal(holding="100.00")
    set_status(withdrawal.wallet, status)

    ended(bank, withdrawal)

    assert (withdrawal.status, withdrawal.failure_code) == ("FAILED", "wallet-frozen")
    assert (journal_of(withdrawal), bank.calls) == ([], [])
    assert balance_of(withdrawal.wallet) == Decimal("100.00")


def test_a_wallet_that_holds_too_little_when_it_is_due_pays_nothing():
    bank, withdrawal = FakeBank(), make_withdrawal("60.00", holding="59.99")

    ended(bank, withdrawal)

    assert (withdrawal.status, withdrawal.failure_code, withdrawal.failure_detail) == (
        "FAILED",
        "insufficient-funds",
        "The wallet holds NGN 59.99; NGN 60.00 is needed.",
    )
    assert (journal_of(withdrawal), bank.calls) == ([], [])


@pytest.mark.parametrize("status", ["FROZEN", "CLOSED"])
def test_money_comes_back_to_a_wallet_that_was_barred_meanwhile(status):
    bank, withdrawal = FakeBank(submissions=["hang before"] * 3), make_withdrawal(holding="100.00")
    stepped(bank, withdrawal)
    set_status(withdrawal.wallet, status)

    ended(bank, withdrawal)

    assert (withdrawal.status, balance_of(withdrawal.wallet)) == ("FAILED", Decimal("100.00"))


def test_a_timeout_is_unknown_and_the_money_stays_in_transit():
    bank = FakeBank(submissions=["hang after"])
    withdrawal = stepped(bank, make_withdrawal(holding="100.00"))

    assert (withdrawal.status, withdrawal.next_attempt_at) == ("UNKNOWN", bank.clock.at)
    assert journal_of(withdrawal) == [DEBIT]
    assert balance_of(withdrawal.wallet) == Decimal("40.00")


def test_before_it_is_sent_again_the_bank_is_asked():
    withdrawal = ended(FakeBank(submissions=["hang after"]), make_withdrawal())

    assert made_for(withdrawal) == [("SUBMIT", "INCONCLUSIVE"), ("FIND", "PAID")]
    assert (withdrawal.status, withdrawal.attempts) == ("COMPLETED", 1)


def test_not_found_is_believed_only_when_nothing_can_be_paid_any_more():
    bank = FakeBank(submissions=["hang before"])
    began = bank.clock.at
    withdrawal = stepped(bank, make_withdrawal())

    stepped(bank, withdrawal)

    final_at = began + timedelta(seconds=LEASE + 30)
    assert (withdrawal.status, withdrawal.next_attempt_at) == ("UNKNOWN", final_at)
    assert (withdrawal.inconclusive_asks, bank.calls) == (0, ["hang before", "tell"])

    bank.clock.at = final_at - timedelta(microseconds=1)
    assert worker_at(bank).step() is None
    bank.clock.at = final_at
    stepped(bank, withdrawal)

    assert made_for(withdrawal) == [
        ("SUBMIT", "INCONCLUSIVE"),
        ("FIND", "NOT_FOUND"),
        ("FIND", "NOT_FOUND"),
        ("SUBMIT", "PAID"),
    ]
    assert (withdrawal.status, withdrawal.attempts) == ("COMPLETED", 2)


def test_an_attempt_that_failed_waits_before_the_next_and_then_asks_once_more():
    bank = FakeBank(submissions=["fail before"])
    withdrawal = stepped(bank, make_withdrawal(), attempt_pause=100)
    began = withdrawal.calls.get().begun_at
    bank.clock.move_on(60)

    stepped(bank, withdrawal, attempt_pause=100)
    assert (withdrawal.status, withdrawal.next_attempt_at) == (
        "PROCESSING",
        began + timedelta(seconds=100),
    )
    assert withdrawal.leased_until is None

    ended(bank, withdrawal, attempt_pause=100)
    assert bank.calls == ["fail before", "tell", "tell", "pay"]


def test_the_last_attempt_that_failed_gives_the_money_back():
    bank = FakeBank(submissions=["fail before"] * 3)
    withdrawal = ended(bank, make_withdrawal(holding="100.00"))

    assert (withdrawal.status, withdrawal.failure_code, withdrawal.attempts) == (
        "FAILED",
        "attempts-exhausted",
        3,
    )
    assert balance_of(withdrawal.wallet) == Decimal("100.00")
    assert bank.payments == []


def test_pauses_between_attempts_and_between_questions_double_to_a_limit():
    terms = Terms(deadline=10, finality=30, attempt_pause=10, ask_pause=2, longest_pause=60)

    seconds = [terms.before_attempt(times).total_seconds() for times in (1, 2, 3, 4, 5, 1000)]
    assert seconds == [10, 20, 40, 60, 60, 60]
    seconds = [terms.before_ask(times).total_seconds() for times in (1, 2, 3, 6, 7)]
    assert seconds == [2, 4, 8, 60, 60]


def test_a_bank_that_never_says_leads_to_a_person():
    bank = FakeBank(submissions=["fail after"], questions=["fail", "hang"] * 5)
    withdrawal = ended(bank, make_withdrawal(holding="100.00"), failures=1000)

    assert (withdrawal.status, withdrawal.failure_code, withdrawal.inconclusive_asks) == (
        "NEEDS_REVIEW",
        "still-unknown",
        10,
    )
    assert journal_of(withdrawal) == [DEBIT]
    assert balance_of(withdrawal.wallet) == Decimal("40.00")
    assert (withdrawal.next_attempt_at, withdrawal.leased_until) == (None, None)


def test_the_not_found_of_a_bank_that_promises_nothing_leads_to_a_person():
    bank = FakeBank(submissions=["hang before"], finality_seconds=None)
    withdrawal = ended(bank, make_withdrawal(), asks=3)

    assert made_for(withdrawal) == [("SUBMIT", "INCONCLUSIVE"), *[("FIND", "NOT_FOUND")] * 3]
    assert (withdrawal.status, withdrawal.failure_code) == ("NEEDS_REVIEW", "still-unknown")


@pytest.mark.parametrize("submission", ["pay too much", "hang after"])
def test_a_bank_that_says_it_paid_something_else_leads_to_a_person(submission, monkeypatch):
    bank = FakeBank(submissions=[submission])
    withdrawal = make_withdrawal()
    if submission == "hang after":  # and the bank has paid something else already
        worker_at(bank).step()
        bank.payments[0] = bank.payments[0].__class__(
            **{**vars(bank.payments[0]), "amount": Decimal("61.00")}
        )

    ended(bank, withdrawal)

    assert (withdrawal.status, withdrawal.failure_code, withdrawal.failure_detail) == (
        "NEEDS_REVIEW",
        "bank-disagrees",
        "The bank says that it paid NGN 61.00.",
    )


def test_an_expired_lease_is_unknown_and_asked_about_and_the_late_worker_is_fenced_off():
    bank, withdrawal, actor = FakeBank(), make_withdrawal(), UserFactory()
    begun = claim_next(now=bank.clock.at, terms=TERMS, actor=actor)
    assert begun
    assert begun.call
    assert worker_at(bank).step() is None  # somebody is at it
    bank.clock.move_on(LEASE)

    stepped(bank, withdrawal)
    assert (withdrawal.status, made_for(withdrawal)[1]) == ("UNKNOWN", ("FIND", "NOT_FOUND"))
    late = Answered(Outcome.PAID, detail="late")
    followed = record_answer(
        call=begun.call, answered=late, now=bank.clock.at, terms=TERMS, actor=actor
    )

    withdrawal.refresh_from_db()
    assert (followed.status, followed.call, withdrawal.status) == ("UNKNOWN", None, "UNKNOWN")
    assert list(BankAnswer.objects.filter(is_late=True).values_list("outcome", "call__number")) == [
        ("PAID", 1)
    ]


def test_an_answer_that_is_recorded_twice_counts_once():
    bank, withdrawal, actor = FakeBank(), make_withdrawal(), UserFactory()
    begun = claim_next(now=bank.clock.at, terms=TERMS, actor=actor)
    assert begun
    assert begun.call
    paid = bank.submit(begun.call.order)

    for _ in range(2):
        record_answer(call=begun.call, answered=paid, now=bank.clock.at, terms=TERMS, actor=actor)

    assert journal_of(withdrawal) == [DEBIT, SETTLED]
    assert made_for(withdrawal) == [("SUBMIT", "PAID")]


def test_a_worker_whose_lease_is_nearly_over_sends_nothing():
    bank = FakeBank()

    def dawdle(point: str) -> None:
        if point == "after the claim's commit":
            bank.clock.move_on(LEASE - 9)

    withdrawal = make_withdrawal()
    worker_at(bank, dawdle).step()

    withdrawal.refresh_from_db()
    assert (withdrawal.status, bank.calls) == ("UNKNOWN", [])
    assert BankAnswer.objects.get().detail == "Not sent: the lease was nearly over."


def test_on_a_closed_day_nothing_is_begun_and_nobody_is_asked():
    bank, withdrawal = FakeBank(), make_withdrawal()
    close_today()

    assert worker_at(bank).step() is None
    withdrawal.refresh_from_db()
    assert (withdrawal.status, bank.calls) == ("SCHEDULED", [])


def test_an_answer_that_comes_when_the_day_was_closed_is_asked_for_again_tomorrow():
    bank, withdrawal = FakeBank(), make_withdrawal()

    def close(point: str) -> None:
        if point == "before the call":
            close_today()

    worker_at(bank, close).step()

    withdrawal.refresh_from_db()
    assert (withdrawal.status, made_for(withdrawal)) == ("PROCESSING", [("SUBMIT", None)])
    assert withdrawal.next_attempt_at == withdrawal.leased_until


def test_what_was_cancelled_is_never_sent():
    bank, withdrawal = FakeBank(), make_withdrawal()
    cancel_withdrawal(withdrawal_id=withdrawal.pk, act=Act(UserFactory()))

    assert worker_at(bank).step() is None
    assert bank.calls == []


def test_the_one_that_is_due_for_longest_comes_first():
    bank = FakeBank()
    later, sooner = make_withdrawal(), make_withdrawal()
    Withdrawal.objects.filter(pk=later.pk).update(next_attempt_at=bank.clock.at)

    worker_at(bank).step()

    sooner.refresh_from_db()
    assert sooner.status == "COMPLETED"


def test_the_queries_of_the_documents_say_what_is_due():
    bank = FakeBank(submissions=["hang before"])
    unknown = stepped(bank, make_withdrawal())
    pending = make_withdrawal()
    now = bank.clock.at

    assert list(Withdrawal.objects.get_due_pending_withdrawals(now)) == [pending]
    assert list(Withdrawal.objects.get_failed_retryable_withdrawals(now)) == [unknown]
    assert set(Withdrawal.objects.due(now)) == {pending, unknown}
    assert list(Withdrawal.objects.in_flight()) == [unknown]
