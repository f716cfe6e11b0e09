"""Withdrawals over REST: asked for, and called off."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from client_wallet.models import JournalEntry, WalletAccount, Withdrawal
from hospital.core.times import wire_time
from tests.api import client_of, make_patient_user, post, problem_of
from tests.client_wallet.withdrawals.desk import withdraw
from tests.factories import UserFactory, make_wallet

ACCOUNT = {"bank_code": "058", "account_number": "0123456789", "account_name": "Ada Obi"}
NOWHERE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def desk(cashier):
    return client_of(cashier)


@pytest.fixture
def user(db):
    return make_patient_user()


@pytest.fixture
def wallet(user) -> WalletAccount:
    return make_wallet(holding="100.00", patient=user.patient)


def asking(client: Any, wallet: WalletAccount, key: str = "", **more: Any) -> Any:
    body = {"amount": "60.00", "destination": ACCOUNT, **more}
    return post(client, f"/wallets/{wallet.pk}/withdraw", body, key)


def cancelling(client: Any, withdrawal: Withdrawal, key: str = "") -> Any:
    path = f"/wallets/{withdrawal.wallet_id}/transactions/{withdrawal.pk}/cancel"
    return post(client, path, {}, key)


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_withdrawal_answers_everything_the_contract_names(desk, wallet, slash):
    later = timezone.now() + timedelta(days=30)
    body = {"amount": "60.00", "destination": ACCOUNT, "scheduled_for": later.isoformat()}

    response = post(desk, f"/wallets/{wallet.pk}/withdraw{slash}", body)

    withdrawal = Withdrawal.objects.get()
    assert response.status_code == 201
    assert response.json() == {
        "id": str(withdrawal.pk),
        "wallet_id": str(wallet.pk),
        "type": "WITHDRAWAL",
        "status": "SCHEDULED",
        "amount": "60.00",
        "scheduled_for": wire_time(later),
        "created_at": wire_time(withdrawal.created_at),
    }


def test_a_patient_withdraws_from_the_own_wallet_and_from_no_other(user, wallet):
    client = client_of(user)
    foreign = make_wallet(holding="100.00")

    own, others = asking(client, wallet), asking(client, foreign)

    assert own.status_code == 201
    assert problem_of(others) == (404, "not-found")
    assert Withdrawal.objects.get().requested_by == user


@pytest.mark.parametrize("role", ["Accountant", "Auditor"])
def test_whoever_may_see_all_wallets_may_not_therefore_withdraw_from_them(user, wallet, role):
    reader = UserFactory(role=role)
    reader.groups.add(user.groups.get())
    scheduled = withdraw(wallet)

    assert problem_of(asking(client_of(reader), wallet)) == (404, "not-found")
    assert problem_of(cancelling(client_of(reader), scheduled)) == (404, "not-found")


@pytest.mark.parametrize(
    "scheduled_for", [None, "2020-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00"]
)
def test_no_time_and_one_in_the_past_are_due_at_once(desk, wallet, scheduled_for):
    response = asking(desk, wallet, scheduled_for=scheduled_for)

    assert response.status_code == 201
    assert response.json()["scheduled_for"] == response.json()["created_at"]


def test_the_balance_does_not_count_when_a_withdrawal_is_asked_for(desk, wallet):
    response = asking(desk, wallet, amount="1000.00")

    wallet.refresh_from_db()
    assert (response.status_code, str(wallet.account_balance)) == (201, "100.00")
    assert JournalEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("status", "expected"), [("ACTIVE", 201), ("FROZEN", 201), ("CLOSED", 409)]
)
def test_a_closed_wallet_refuses_and_a_frozen_one_when_it_is_due(desk, status, expected):
    assert asking(desk, make_wallet(status=status)).status_code == expected


NO_PARTS: list[Any] = ["", "  ", None, 5, [], "x" * 141, "a\0b", "a\nb"]
WRONG: dict[str, list[Any]] = {
    "amount": ["0", "-1", "1.001", "1e3", "", None, True, [], 10**30],
    "scheduled_for": [
        *["", "soon", 5, True, [], "2026-01-31", "a\0b", "2026-02-30T10:00:00Z"],
        *[f"2026-01-31T{wrong}" for wrong in ("10:00:00", "25:00:00Z", "1:00Z")],
        "9999-12-31T23:59:59-14:00",
    ],
    "destination": [
        *["", "GTB", 5, [], {}, True],
        *[{**ACCOUNT, part: wrong} for part in ACCOUNT for wrong in NO_PARTS],
    ],
}


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, values in WRONG.items() for value in values]
)
def test_bad_input_names_its_field_and_keeps_nothing(desk, wallet, field, value):
    response = asking(desk, wallet, **{field: value})

    assert problem_of(response) == (400, "invalid-request")
    assert list(response.json()["errors"]) == [field]
    assert not Withdrawal.objects.exists()


def test_a_withdrawal_is_at_most_a_year_ahead(desk, wallet):
    days = (364, 366)
    times = [wire_time(timezone.now() + timedelta(days=number)) for number in days]

    near, far = (asking(desk, wallet, scheduled_for=time) for time in times)

    assert near.status_code == 201
    assert problem_of(far) == (400, "invalid-request")
    assert list(far.json()["errors"]) == ["scheduled_for"]


def test_the_part_of_a_destination_that_is_wrong_is_named(desk, wallet):
    response = asking(desk, wallet, destination={**ACCOUNT, "bank_code": ""})

    assert response.json()["errors"]["destination"] == {"bank_code": ["Write 1 to 20 characters."]}


def test_an_account_has_to_come_from_somewhere(desk, wallet, settings):
    body = {"amount": "60.00"}
    settings.DEFAULT_PAYOUT_DESTINATION = None
    nowhere = post(desk, f"/wallets/{wallet.pk}/withdraw", body)
    settings.DEFAULT_PAYOUT_DESTINATION = ACCOUNT
    to_the_hospitals = post(desk, f"/wallets/{wallet.pk}/withdraw", body)

    assert problem_of(nowhere) == (422, "no-destination")
    assert to_the_hospitals.status_code == 201
    assert Withdrawal.objects.get().account_number == "0123456789"


def test_the_same_key_gives_the_first_answer_again(desk, wallet):
    first, again = asking(desk, wallet, "k1"), asking(desk, wallet, "k1")
    other = asking(desk, wallet, "k1", amount="61.00")

    assert (first.status_code, again.status_code) == (201, 200)
    assert again["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()
    assert problem_of(other) == (422, "key-reused")
    assert Withdrawal.objects.count() == 1


def test_a_wallet_that_is_none_is_not_found(desk):
    path = f"/wallets/{NOWHERE}/withdraw"

    assert problem_of(post(desk, path, {"amount": "1"})) == (404, "not-found")


def test_a_scheduled_withdrawal_is_called_off_once(user, wallet):
    client, withdrawal = client_of(user), withdraw(wallet)

    first = cancelling(client, withdrawal, "k1")
    replay = cancelling(client, withdrawal, "k1")
    again = cancelling(client, withdrawal)

    assert (first.status_code, first.json()["status"]) == (200, "CANCELLED")
    assert "Idempotent-Replayed" not in first
    assert (replay.status_code, replay.json()) == (200, first.json())
    assert replay["Idempotent-Replayed"] == "true"
    assert problem_of(again) == (409, "not-cancellable")


def test_nothing_but_a_withdrawal_can_be_called_off(desk, wallet):
    entry = JournalEntry.objects.get()
    path = f"/wallets/{wallet.pk}/transactions/{entry.uid}/cancel"

    assert problem_of(post(desk, path, {})) == (409, "not-cancellable")


def test_a_withdrawal_of_another_wallet_is_not_found(desk, user, wallet):
    foreign = withdraw(make_wallet())
    path = f"/wallets/{wallet.pk}/transactions/{foreign.pk}/cancel"

    assert problem_of(post(desk, path, {})) == (404, "not-found")
    assert problem_of(cancelling(client_of(user), foreign)) == (404, "not-found")
    assert Withdrawal.objects.get().status == "SCHEDULED"
