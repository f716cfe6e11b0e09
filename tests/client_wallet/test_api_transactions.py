"""A wallet's transactions over REST."""

from decimal import Decimal
from functools import partial

import pytest
from django.utils import timezone

from client_wallet.models import JournalEntry, WalletAccount
from hospital.core.acts import Act
from hospital.core.times import wire_time
from tests.api import client_as, client_of, make_patient_user, problem_of
from tests.client_wallet.desk import deposit
from tests.client_wallet.withdrawals.desk import withdraw
from tests.factories import UserFactory, make_wallet
from tests.rows import statements_of

NOWHERE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def desk(cashier):
    return client_of(cashier)


@pytest.fixture
def patient_user(db):
    return make_patient_user()


@pytest.fixture
def wallet(patient_user) -> WalletAccount:
    return make_wallet(holding="50.00", patient=patient_user.patient)


def test_a_posted_row_and_one_to_come_have_one_shape(desk, wallet):
    withdrawal = withdraw(wallet, "60.00")

    body = desk.get(f"/wallets/{wallet.pk}/transactions/").json()

    entry = JournalEntry.objects.get()
    assert body == {
        "next": None,
        "previous": None,
        "results": [
            {
                "id": str(withdrawal.pk),
                "type": "WITHDRAWAL",
                "status": "SCHEDULED",
                "amount": "60.00",
                "direction": "DEBIT",
                "balance_after": None,
                "created_at": wire_time(withdrawal.created_at),
                "posted_at": None,
                "receipt_number": None,
                "reference_id": None,
                "other_wallet": None,
                "note": "",
                "related_id": None,
                "scheduled_for": wire_time(withdrawal.scheduled_for),
                "destination": {
                    "bank_code": "058",
                    "account_number": "******7890",
                    "account_name": "Ada Obi",
                },
                "bank_reference": withdrawal.bank_reference,
                "failure_code": None,
            },
            {
                "id": str(entry.uid),
                "type": "DEPOSIT",
                "status": "COMPLETED",
                "amount": "50.00",
                "direction": "CREDIT",
                "balance_after": "50.00",
                "created_at": wire_time(entry.posted_at),
                "posted_at": wire_time(entry.posted_at),
                "receipt_number": entry.memo,
                "reference_id": None,
                "other_wallet": None,
                "note": "",
                "related_id": None,
                "scheduled_for": None,
                "destination": None,
                "bank_reference": None,
                "failure_code": None,
            },
        ],
    }


@pytest.mark.parametrize("slash", ["", "/"])
def test_each_row_is_found_at_its_own_address(desk, wallet, slash):
    withdraw(wallet)
    rows = desk.get(f"/wallets/{wallet.pk}/transactions{slash}").json()["results"]

    found = [
        desk.get(f"/wallets/{wallet.pk}/transactions/{row['id']}{slash}").json() for row in rows
    ]

    assert (len(rows), found) == (2, rows)


def test_a_row_of_another_wallet_is_not_found(desk, wallet):
    foreign = withdraw(make_wallet())

    for transaction_id in (foreign.pk, NOWHERE):
        path = f"/wallets/{wallet.pk}/transactions/{transaction_id}/"
        assert problem_of(desk.get(path)) == (404, "not-found")


def test_a_patient_sees_the_own_list_at_both_addresses(patient_user, wallet):
    withdraw(wallet)
    client = client_of(patient_user)

    own = client.get("/api/transactions/").json()

    assert own == client.get(f"/wallets/{wallet.pk}/transactions/").json()
    assert [row["type"] for row in own["results"]] == ["WITHDRAWAL", "DEPOSIT"]
    assert client.get("/api/wallet").json() == client.get(f"/wallets/{wallet.pk}").json()


def test_a_strangers_wallet_is_not_found_whatever_is_asked_of_it(wallet):
    stranger = client_of(make_patient_user())

    for path in ("", "?status=NONSENSE", "?cursor=x"):
        response = stranger.get(f"/wallets/{wallet.pk}/transactions/{path}")
        assert problem_of(response) == (404, "not-found")


def test_a_patient_without_a_wallet_has_no_wallet_and_an_empty_list(patient_user):
    client = client_of(patient_user)

    assert problem_of(client.get("/api/wallet/")) == (404, "not-found")
    assert client.get("/api/transactions/").json() == {
        "next": None,
        "previous": None,
        "results": [],
    }


def test_pages_lead_on_and_back_with_the_same_filters(desk, cashier, wallet):
    for _ in range(5):
        deposit(wallet.patient, "1.00", Act(cashier))
        withdraw(wallet, "1.00")
    path = f"/wallets/{wallet.pk}/transactions/?type=DEPOSIT&page_size=4"

    first = desk.get(path).json()
    second = desk.get(first["next"]).json()
    back = desk.get(second["previous"]).json()

    assert [len(page["results"]) for page in (first, second)] == [4, 2]
    assert {row["type"] for row in first["results"] + second["results"]} == {"DEPOSIT"}
    assert (first["previous"], second["next"]) == (None, None)
    assert back["results"] == first["results"]
    assert back["previous"] is None
    assert desk.get(back["next"]).json() == second


def test_filters_narrow_and_empty_ones_do_not(desk, wallet):
    withdraw(wallet)
    today = timezone.localdate().isoformat()
    found = {
        asked: [
            row["type"]
            for row in desk.get(f"/wallets/{wallet.pk}/transactions/?{asked}").json()["results"]
        ]
        for asked in (
            "type=DEPOSIT",
            "status=SCHEDULED",
            "status=COMPLETED&type=WITHDRAWAL",
            "status=&type=&from=&to=&cursor=",
            f"from={today}&to={today}",
            "from=9999-12-31",
            "to=0001-01-01",
        )
    }

    assert list(found.values()) == [
        ["DEPOSIT"],
        ["WITHDRAWAL"],
        [],
        ["WITHDRAWAL", "DEPOSIT"],
        ["WITHDRAWAL", "DEPOSIT"],
        [],
        [],
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("status", wrong) for wrong in ["NONSENSE", "completed", "COMPLETED,FAILED", "%00", " "]],
        *[("type", wrong) for wrong in ["NONSENSE", "TRANSFER", "WITHDRAWAL_SETTLED", "%ED%A0%80"]],
        *[("from", wrong) for wrong in ["yesterday", "2026-02-30", "01/02/2026", "0000-01-01"]],
        *[("to", wrong) for wrong in ["2026-1", "2026-01-01T00:00:00Z", "%00", "99999-01-01"]],
        *[("cursor", wrong) for wrong in ["x", "cD0x", "%00", "o-1-1-1", "9" * 5000]],
    ],
)
@pytest.mark.parametrize("own", [True, False])
def test_what_no_filter_is_names_its_field(patient_user, wallet, field, value, own):
    path = "/api/transactions/" if own else f"/wallets/{wallet.pk}/transactions/"

    response = client_of(patient_user).get(f"{path}?{field}={value}")

    assert problem_of(response) == (400, "invalid-request")
    assert list(response.json()["errors"]) == [field]


def test_a_page_takes_as_many_queries_for_many_rows_as_for_one(cashier):
    counts = []
    for rows in (1, 3):
        user = make_patient_user()
        wallet = make_wallet(patient=user.patient)
        for _ in range(rows):
            deposit(wallet.patient, "1.00", Act(cashier))
            withdraw(wallet, "1.00")
        client = client_of(user)
        client.get("/api/transactions/")  # statements are planned at first use
        counts.append(len(statements_of(partial(client.get, "/api/transactions/"))))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("role", ["Pharmacist", "Laboratory"])
def test_without_the_permission_no_wallet_is_looked_up(role, db):
    paths = [f"/wallets/{NOWHERE}/transactions/", f"/wallets/{NOWHERE}/transactions/{NOWHERE}/"]

    assert [problem_of(client_as(role).get(path)) for path in paths] == [
        (403, "permission-denied")
    ] * 2


def test_a_user_of_both_kinds_sees_all_wallets_and_has_one(wallet):
    user = UserFactory(role="Accountant")
    user.groups.add(make_patient_user().groups.get())
    client = client_of(user)

    assert client.get(f"/wallets/{wallet.pk}/transactions/").status_code == 200
    assert client.get("/api/transactions/").json()["results"] == []


def test_amounts_are_strings_with_two_places(desk, wallet):
    (row,) = desk.get(f"/wallets/{wallet.pk}/transactions/").json()["results"]

    assert (row["amount"], row["balance_after"]) == ("50.00", str(Decimal("50.00")))
