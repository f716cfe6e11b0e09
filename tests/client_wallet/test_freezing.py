"""Wallets that nothing can be taken from: by whom, why, and what still goes in."""

from decimal import Decimal
from uuid import uuid4

import pytest

from client_wallet.errors import AlreadyFrozen, NotFrozen, WalletFrozen
from client_wallet.freezing import StatusChanged, freeze_wallet, unfreeze_wallet
from client_wallet.models import WalletAccount, WalletStatusChange
from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest, KeyReused, NotFound
from hospital.core.times import wire_time
from tests.api import client_as, post, problem_of
from tests.client_wallet.desk import deposit, spend
from tests.factories import make_wallet
from tests.rows import everything

pytestmark = pytest.mark.django_db

CHANGES = {"freeze": freeze_wallet, "unfreeze": unfreeze_wallet}
BEFORE = {"freeze": "ACTIVE", "unfreeze": "FROZEN"}
AFTER = {"freeze": "FROZEN", "unfreeze": "ACTIVE"}
REFUSALS = {"freeze": AlreadyFrozen, "unfreeze": NotFrozen}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_written_down_with_its_reason(change, supervisor):
    wallet = make_wallet(holding="10.00", status=BEFORE[change])

    answer = CHANGES[change](wallet_id=wallet.pk, reason=" card stolen ", act=Act(supervisor))

    made = WalletStatusChange.objects.get()
    wallet.refresh_from_db()
    assert answer == StatusChanged(
        str(wallet.pk), AFTER[change], "card stolen", wire_time(made.changed_at)
    )
    assert (made.wallet, made.status, made.reason, made.changed_by) == (
        wallet,
        AFTER[change],
        "card stolen",
        supervisor,
    )
    assert (wallet.status, wallet.account_balance) == (AFTER[change], Decimal("10.00"))


def test_a_frozen_wallet_takes_deposits_and_gives_nothing_until_it_is_unfrozen(supervisor, cashier):
    wallet = make_wallet(holding="10.00")
    freeze_wallet(wallet_id=wallet.pk, reason="card stolen", act=Act(supervisor))
    deposit(wallet.patient, "5.00", Act(cashier))
    with pytest.raises(WalletFrozen):
        spend(wallet.patient, "1.00", Act(cashier))

    unfreeze_wallet(wallet_id=wallet.pk, reason="card found", act=Act(supervisor))
    spent = spend(wallet.patient, "15.00", Act(cashier))

    assert spent.wallet.account_balance == Decimal("0.00")
    assert [change.status for change in wallet.status_changes.order_by("pk")] == [
        "FROZEN",
        "ACTIVE",
    ]


@pytest.mark.parametrize("change", CHANGES)
def test_the_same_key_gives_the_first_answer_again_whatever_came_after(change, supervisor):
    wallet = make_wallet(status=BEFORE[change])
    act = Act(supervisor, "the key")
    first = CHANGES[change](wallet_id=wallet.pk, reason="card stolen", act=act)
    other = {"freeze": "unfreeze", "unfreeze": "freeze"}[change]
    CHANGES[other](wallet_id=wallet.pk, reason="card found", act=Act(supervisor))
    before = everything()

    again = CHANGES[change](wallet_id=wallet.pk, reason="card stolen", act=act)

    assert (again.replayed, again.facts()) == (True, first.facts())
    assert everything() == before


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("reason", ["", "  ", "x" * 201, "a\0b"])
def test_a_change_needs_a_reason_and_is_refused_without_a_trace(change, reason, supervisor):
    wallet = make_wallet(status=BEFORE[change])
    before = everything()

    with pytest.raises(InvalidRequest) as refusal:
        CHANGES[change](wallet_id=wallet.pk, reason=reason, act=Act(supervisor, "the key"))

    assert refusal.value.wrong_field == "reason"
    assert everything() == before


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("status", ["the same", "CLOSED"])
def test_what_is_so_already_or_closed_is_refused_without_a_trace(change, status, supervisor):
    status = AFTER[change] if status == "the same" else status
    wallet = make_wallet(status=status)
    before = everything()

    with pytest.raises(REFUSALS[change]) as refusal:
        CHANGES[change](wallet_id=wallet.pk, reason="x", act=Act(supervisor, "the key"))

    assert refusal.value.facts == {"wallet_status": status}
    assert everything() == before


@pytest.mark.parametrize("change", CHANGES)
def test_a_key_spent_on_another_wallet_is_refused_without_a_trace(change, supervisor):
    wallet, other = make_wallet(status=BEFORE[change]), make_wallet(status=BEFORE[change])
    act = Act(supervisor, "the key")
    CHANGES[change](wallet_id=other.pk, reason="x", act=act)
    before = everything()

    with pytest.raises(KeyReused):
        CHANGES[change](wallet_id=wallet.pk, reason="x", act=act)

    assert everything() == before


@pytest.mark.parametrize("change", CHANGES)
def test_a_wallet_that_is_none_is_not_found(change, supervisor):
    with pytest.raises(NotFound):
        CHANGES[change](wallet_id=uuid4(), reason="x", act=Act(supervisor))


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("slash", ["", "/"])
def test_a_supervisor_changes_it_over_rest(change, slash):
    wallet = make_wallet(status=BEFORE[change])
    supervisor, path = client_as("Supervisor"), f"/wallets/{wallet.pk}/{change}{slash}"

    first = post(supervisor, path, {"reason": "card stolen"}, key="k1")
    replay = post(supervisor, path, {"reason": "card stolen"}, key="k1")
    again = post(supervisor, path, {"reason": "card stolen"})

    made = WalletStatusChange.objects.get()
    assert (first.status_code, first.json()) == (
        200,
        {
            "wallet_id": str(wallet.pk),
            "status": AFTER[change],
            "reason": "card stolen",
            "changed_at": wire_time(made.changed_at),
        },
    )
    assert (replay.json(), replay["Idempotent-Replayed"]) == (first.json(), "true")
    assert problem_of(again) == (409, REFUSALS[change].code)
    assert WalletAccount.objects.get().status == AFTER[change]


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": " "}, {"reason": "x" * 201}])
def test_over_rest_a_reason_is_needed(body):
    response = post(client_as("Supervisor"), f"/wallets/{make_wallet().pk}/freeze", body)

    assert problem_of(response) == (400, "invalid-request")
    assert list(response.json()["errors"]) == ["reason"]


def test_over_rest_a_wallet_that_is_none_is_not_found():
    response = post(client_as("Supervisor"), f"/wallets/{uuid4()}/unfreeze", {"reason": "x"})

    assert problem_of(response) == (404, "not-found")
