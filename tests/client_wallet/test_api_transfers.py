"""Transfers over REST."""

from typing import Any

import pytest

from client_wallet.models import Transfer, WalletAccount
from hospital.core.times import wire_time
from tests.api import client_of, make_patient_user, post, problem_of
from tests.factories import PatientFactory, UserFactory, make_wallet

TRANSFERS = "/api/transfers/"
NOWHERE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def desk(cashier):
    return client_of(cashier)


@pytest.fixture
def user(db):
    return make_patient_user()


@pytest.fixture
def own(user) -> WalletAccount:
    return make_wallet(holding="100.00", patient=user.patient)


@pytest.fixture
def other(db) -> WalletAccount:
    patient = PatientFactory(first_name="Zainab", last_name="Secret")
    return make_wallet(holding="77.77", patient=patient)


def wanted(target: Any, amount: Any = "30.00", **more: Any) -> dict[str, Any]:
    return {"to_wallet": str(getattr(target, "pk", target)), "amount": amount} | {
        "reference_id": "r-1",
        **more,
    }


def balances(*wallets: WalletAccount) -> list[str]:
    held = {wallet.pk: wallet.account_balance for wallet in WalletAccount.objects.all()}
    return [str(held[wallet.pk]) for wallet in wallets]


@pytest.mark.parametrize("path", [TRANSFERS, TRANSFERS.rstrip("/")])
def test_a_patient_transfers_from_the_own_wallet_without_naming_it(user, own, other, path):
    response = post(client_of(user), path, wanted(other, note="thanks"))

    made = Transfer.objects.get()
    assert response.status_code == 201
    assert response.json() == {
        "id": str(made.pk),
        "reference_id": "r-1",
        "from_wallet": str(own.pk),
        "to_wallet": str(other.pk),
        "amount": "30.00",
        "account_balance": "70.00",
        "created_at": wire_time(made.created_at),
    }
    assert (made.note, made.requested_by) == ("thanks", user)
    assert balances(own, other) == ["70.00", "107.77"]


def test_nothing_tells_the_sender_who_receives_and_what_they_hold(user, own, other):
    client = client_of(user)
    made = post(client, TRANSFERS, wanted(other))
    row = client.get(f"/wallets/{own.pk}/transactions/{made.json()['id']}/")
    refused = post(client, TRANSFERS, wanted(other, "9999", reference_id="r-2"))

    for response in (made, row, refused):
        text = response.content.decode()
        assert [
            secret for secret in ("Zainab", "Secret", "77.77", "107.77") if secret in text
        ] == []
    assert problem_of(refused) == (409, "insufficient-funds")
    assert refused.json()["available"] == "70.00"


def test_a_cashier_transfers_for_a_patient_and_names_both(desk, own, other):
    unnamed = post(desk, TRANSFERS, wanted(other))
    named = post(desk, TRANSFERS, wanted(other, from_wallet=str(own.pk)))

    assert problem_of(unnamed) == (400, "invalid-request")
    assert list(unnamed.json()["errors"]) == ["from_wallet"]
    assert (named.status_code, named.json()["account_balance"]) == (201, "70.00")


def test_the_same_reference_again_is_answered_with_the_first_answer(user, own, other):
    client = client_of(user)
    first = post(client, TRANSFERS, wanted(other), key="k1")
    post(client, TRANSFERS, wanted(other, "1.00", reference_id="r-2"), key="k1")

    again = post(client, TRANSFERS, wanted(other, 30), key="k2")

    assert (first.status_code, again.status_code) == (201, 200)
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()
    assert balances(own, other) == ["69.00", "108.77"]


def test_the_same_reference_for_another_transfer_is_refused(user, own, other):
    client = client_of(user)
    post(client, TRANSFERS, wanted(other))

    response = post(client, TRANSFERS, wanted(other, "30.01"))

    assert problem_of(response) == (422, "key-reused")
    assert balances(own, other) == ["70.00", "107.77"]


def test_a_header_that_is_no_key_does_not_matter(user, own, other):
    assert post(client_of(user), TRANSFERS, wanted(other), key="x" * 300).status_code == 201


def test_a_patient_cannot_spend_from_a_foreign_wallet(user, own, other):
    client = client_of(user)

    foreign = post(client, TRANSFERS, wanted(own, from_wallet=str(other.pk)))
    nowhere = post(client, TRANSFERS, wanted(own, from_wallet=NOWHERE))

    assert problem_of(foreign) == problem_of(nowhere) == (404, "not-found")
    assert foreign.json() == nowhere.json()
    assert balances(own, other) == ["100.00", "77.77"]


@pytest.mark.parametrize("role", ["Accountant", "Auditor"])
def test_whoever_may_see_all_wallets_may_not_therefore_spend_from_them(user, own, other, role):
    reader = UserFactory(role=role)
    reader.groups.add(user.groups.get())
    body = wanted(own, from_wallet=str(other.pk))

    assert problem_of(post(client_of(reader), TRANSFERS, body)) == (404, "not-found")


def test_a_wallet_that_is_none_is_not_found(user, own):
    assert problem_of(post(client_of(user), TRANSFERS, wanted(NOWHERE))) == (404, "not-found")


def test_a_patient_without_a_wallet_has_an_empty_one(user, other):
    response = post(client_of(user), TRANSFERS, wanted(other))

    assert problem_of(response) == (409, "insufficient-funds")
    assert response.json()["available"] == "0.00"
    assert not WalletAccount.objects.filter(patient=user.patient).exists()


def test_a_transfer_needs_two_wallets(user, own):
    assert problem_of(post(client_of(user), TRANSFERS, wanted(own))) == (422, "same-wallet")


@pytest.mark.parametrize(
    ("sender", "receiver", "expected"),
    [
        ("FROZEN", "ACTIVE", (409, "wallet-frozen")),
        ("CLOSED", "ACTIVE", (409, "wallet-frozen")),
        ("ACTIVE", "CLOSED", (409, "wallet-frozen")),
    ],
)
def test_a_frozen_wallet_sends_nothing_and_a_closed_one_takes_nothing(
    user, sender, receiver, expected
):
    make_wallet(holding="100.00", patient=user.patient, status=sender)

    response = post(client_of(user), TRANSFERS, wanted(make_wallet(status=receiver)))

    assert problem_of(response) == expected


NO_WALLET: list[Any] = [
    "x",
    "",
    None,
    5,
    -1,
    True,
    [],
    {},
    2**200,
    "a\0b",
    f"{{{NOWHERE}}}",
    "0" * 32,
]
WRONG: dict[str, list[Any]] = {
    "amount": ["0", "-1", "1.001", "1e3", "", None, True, [], 10**30],
    "to_wallet": NO_WALLET,
    "from_wallet": NO_WALLET,
    "reference_id": ["", "  ", "x" * 101, None, [], {}, True, "a\0b"],
    "note": ["x" * 201, None, [], "a\0b"],
}


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, values in WRONG.items() for value in values]
)
def test_bad_input_names_its_field_and_moves_nothing(user, own, other, field, value):
    response = post(client_of(user), TRANSFERS, {**wanted(other), field: value})

    assert problem_of(response) == (400, "invalid-request")
    assert list(response.json()["errors"]) == [field]
    assert not Transfer.objects.exists()


@pytest.mark.parametrize("field", ["to_wallet", "amount", "reference_id"])
def test_what_is_needed_and_left_out_is_named(user, own, other, field):
    body = {name: value for name, value in wanted(other).items() if name != field}

    response = post(client_of(user), TRANSFERS, body)

    assert problem_of(response) == (400, "invalid-request")
    assert list(response.json()["errors"]) == [field]


@pytest.mark.parametrize("reference_id", ["x" * 100, "Miete für März 🏠", 7])
def test_a_reference_is_any_text_of_up_to_a_hundred_characters(user, own, other, reference_id):
    client = client_of(user)
    made = [post(client, TRANSFERS, wanted(other, reference_id=reference_id)) for _ in range(2)]

    assert [response.status_code for response in made] == [201, 200]
    assert made[0].json()["reference_id"] == str(reference_id)
    assert balances(own) == ["70.00"]
