"""Asking for a withdrawal and calling it off: what is answered, stored and refused."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone as django_timezone

from client_wallet.errors import NoDestination, NotCancellable, WalletFrozen
from client_wallet.models import JournalEntry, Withdrawal
from client_wallet.withdrawals import (
    WithdrawalAnswer,
    cancel_withdrawal,
    save_payout_account,
    schedule_withdrawal,
)
from hospital.core.acts import Act
from hospital.core.errors import InvalidAmount, InvalidRequest, KeyReused, NotFound
from hospital.core.models import IdempotencyKey
from hospital.core.times import wire_time
from tests.client_wallet.desk import set_status
from tests.client_wallet.withdrawals.desk import (
    DESTINATION,
    balance_of,
    make_withdrawal,
    withdraw,
)
from tests.factories import UserFactory, make_wallet

pytestmark = pytest.mark.django_db
NOBODY = "00000000-0000-4000-8000-000000000000"


def account_of(withdrawal: Withdrawal) -> tuple[str, str, str]:
    return (withdrawal.bank_code, withdrawal.account_number, withdrawal.account_name)


def test_a_withdrawal_is_answered_and_stored_and_debits_nothing():
    wallet, asker = make_wallet(holding="100.00"), UserFactory()
    later = django_timezone.now() + timedelta(days=30)

    answer = schedule_withdrawal(
        wallet_id=wallet.pk,
        amount=Decimal("60.5"),
        scheduled_for=later,
        destination={**vars(DESTINATION), "more": "is not read"},
        act=Act(asker),
    )

    stored = Withdrawal.objects.get()
    assert answer == WithdrawalAnswer(
        id=str(stored.pk),
        wallet_id=str(wallet.pk),
        status="SCHEDULED",
        amount="60.50",
        scheduled_for=wire_time(later),
        created_at=wire_time(stored.created_at),
        type="WITHDRAWAL",
        replayed=False,
    )
    assert (stored.wallet, stored.amount, stored.requested_by) == (wallet, Decimal("60.50"), asker)
    assert account_of(stored) == ("058", "1234567890", "Ada Obi")
    assert (stored.scheduled_for, stored.next_attempt_at) == (later, later)
    assert balance_of(wallet) == Decimal("100.00")
    assert not JournalEntry.objects.filter(kind="WITHDRAWAL").exists()


def test_a_withdrawal_may_be_more_than_the_wallet_holds_now():
    assert make_withdrawal("60.00", holding="1.00").status == "SCHEDULED"


@pytest.mark.parametrize(
    "past",
    [
        datetime(2020, 2, 29, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
    ],
)
def test_a_time_in_the_past_is_due_at_once(past):
    withdrawal = make_withdrawal(scheduled_for=past)

    assert withdrawal.scheduled_for == withdrawal.created_at
    assert list(Withdrawal.objects.get_due_pending_withdrawals()) == [withdrawal]


def test_a_time_to_come_is_not_due_before():
    withdrawal = make_withdrawal(scheduled_for=django_timezone.now() + timedelta(hours=1))

    then = withdrawal.scheduled_for
    assert list(Withdrawal.objects.due()) == []
    assert list(Withdrawal.objects.due(then)) == [withdrawal]


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(lambda now: now + timedelta(days=366), id="more than a year ahead"),
        pytest.param(lambda now: datetime.max.replace(tzinfo=UTC), id="the end of time"),
        pytest.param(lambda now: now.replace(tzinfo=None), id="without a zone"),
    ],
)
def test_a_time_that_no_withdrawal_waits_for_is_refused(wrong):
    with pytest.raises(InvalidRequest) as refusal:
        make_withdrawal(scheduled_for=wrong(django_timezone.now()))

    assert list(refusal.value.facts["errors"]) == ["scheduled_for"]


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "NaN", "10000000000"])
def test_an_amount_that_is_no_money_is_refused(amount):
    with pytest.raises(InvalidAmount):
        make_withdrawal(amount)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("bank_code", ""),
        ("bank_code", "1" * 21),
        ("bank_code", None),
        ("account_number", "1" * 35),
        ("account_number", 1234567890),
        ("account_number", "12\n34"),
        ("account_name", "   "),
        ("account_name", "A" * 141),
        ("account_name", "Ada\x00Obi"),
        ("account_name", "Ada\u202eObi"),
    ],
)
def test_a_malformed_destination_is_refused_by_its_field(field, wrong):
    with pytest.raises(InvalidRequest) as refusal:
        make_withdrawal(destination={**vars(DESTINATION), field: wrong})

    assert list(refusal.value.facts["errors"]) == [f"destination.{field}"]
    assert Withdrawal.objects.count() == 0


@pytest.mark.parametrize("wrong", ["058", [], 5])
def test_a_destination_that_is_none_is_refused(wrong):
    with pytest.raises(InvalidRequest) as refusal:
        make_withdrawal(destination=wrong)

    assert list(refusal.value.facts["errors"]) == ["destination"]


def test_the_longest_destination_is_taken():
    longest = {
        "bank_code": "1" * 20,
        "account_number": "1" * 34,
        "account_name": "Ọ" * 140,
    }

    assert account_of(make_withdrawal(destination=longest)) == tuple(longest.values())


def test_without_a_destination_the_wallets_own_account_is_taken_then_the_installations(settings):
    settings.DEFAULT_PAYOUT_DESTINATION = {**vars(DESTINATION), "account_name": "The hospital"}
    wallet = make_wallet(holding="100.00")

    before = withdraw(wallet, destination=None)
    save_payout_account(wallet_id=wallet.pk, destination=vars(DESTINATION), act=Act(UserFactory()))
    save_payout_account(
        wallet_id=wallet.pk,
        destination={**vars(DESTINATION), "account_number": "77"},
        act=Act(UserFactory()),
    )
    after = withdraw(wallet, destination=None)

    assert account_of(before) == ("058", "1234567890", "The hospital")
    assert account_of(after) == ("058", "77", "Ada Obi")


def test_without_any_destination_a_withdrawal_is_refused(settings):
    settings.DEFAULT_PAYOUT_DESTINATION = {}

    with pytest.raises(NoDestination) as refusal:
        make_withdrawal(destination=None)

    assert (refusal.value.status, Withdrawal.objects.count()) == (422, 0)


def test_a_wallet_that_does_not_exist_is_refused():
    with pytest.raises(NotFound):
        schedule_withdrawal(
            wallet_id=NOBODY,  # type: ignore[arg-type] # as text it is one, too
            amount=Decimal("5.00"),
            destination=DESTINATION,
            act=Act(UserFactory()),
        )
    with pytest.raises(NotFound):
        save_payout_account(
            wallet_id=NOBODY,  # type: ignore[arg-type] # as text it is one, too
            destination=DESTINATION,
            act=Act(UserFactory()),
        )


def test_a_closed_wallet_refuses_and_a_frozen_one_may_be_unfrozen_until_then():
    closed, frozen = make_wallet(status="CLOSED"), make_wallet(status="FROZEN")

    with pytest.raises(WalletFrozen) as refusal:
        withdraw(closed)

    assert refusal.value.facts == {"wallet_status": "CLOSED"}
    assert withdraw(frozen).status == "SCHEDULED"


def test_a_repeated_wish_is_answered_again():
    wallet, act = make_wallet(holding="100.00"), Act(UserFactory(), "the key")
    wish: dict[str, Any] = {
        "wallet_id": wallet.pk,
        "amount": Decimal("60.00"),
        "scheduled_for": django_timezone.now() + timedelta(hours=1),
        "destination": DESTINATION,
        "act": act,
    }

    first = schedule_withdrawal(**wish)
    set_status(wallet, "CLOSED")
    second = schedule_withdrawal(**wish)

    assert (first.replayed, second.replayed) == (False, True)
    assert first.facts() == second.facts()
    assert Withdrawal.objects.count() == 1
    with pytest.raises(KeyReused):
        schedule_withdrawal(**{**wish, "amount": Decimal("60.01")})


def test_a_scheduled_withdrawal_is_cancelled_once():
    withdrawal, act = make_withdrawal(), Act(UserFactory(), "the key")

    first = cancel_withdrawal(withdrawal_id=withdrawal.pk, act=act)
    second = cancel_withdrawal(withdrawal_id=withdrawal.pk, act=act)

    withdrawal.refresh_from_db()
    assert (first.status, first.replayed, second.replayed) == ("CANCELLED", False, True)
    assert (withdrawal.status, withdrawal.ended_by, withdrawal.next_attempt_at) == (
        "CANCELLED",
        act.actor,
        None,
    )
    assert withdrawal.ended_at is not None
    with pytest.raises(NotCancellable) as refusal:
        cancel_withdrawal(withdrawal_id=withdrawal.pk, act=Act(UserFactory()))
    assert (refusal.value.status, refusal.value.facts) == (409, {"withdrawal_status": "CANCELLED"})
    assert IdempotencyKey.objects.count() == 1


def test_a_withdrawal_that_does_not_exist_is_not_cancelled():
    with pytest.raises(NotFound):
        cancel_withdrawal(withdrawal_id=make_wallet().pk, act=Act(UserFactory()))
