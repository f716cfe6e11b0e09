"""Hand-overs over REST: to whom cash can go, who ends it, and what is refused."""

import pytest

from client_wallet.models import HandOver
from tests.api import client_as, client_of, problem_of
from tests.client_wallet.shifts.desk import balance_of, give, hand_over_of, make_shift
from tests.client_wallet.shifts_at_the_desk.clients import hand_over, kept, receive, reject
from tests.factories import UserFactory
from tests.rows import statements

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "1.001"}, "amount"),
        ({"to": "HOME"}, "to"),
        ({"to": "CASHIER"}, "cashier_id"),
        ({"to": "SAFE", "cashier_id": 1}, "cashier_id"),
        ({"external_reference": "x" * 101}, "external_reference"),
    ],
)
def test_a_hand_over_that_cannot_be_is_refused_by_its_field(wanted, field, cashier):
    make_shift(cashier, holding="50.00")
    before = kept()

    refused = hand_over(client_of(cashier), **wanted)

    assert problem_of(refused) == (400, "invalid-request")
    assert list(refused.json()["errors"]) == [field]
    assert kept() == before


def test_cash_is_not_handed_to_oneself_or_to_nobody(cashier):
    make_shift(cashier, holding="50.00")
    client = client_of(cashier)

    to_self = hand_over(client, to="CASHIER", cashier_id=cashier.pk)
    to_nobody = hand_over(client, to="CASHIER", cashier_id=999_999)

    assert problem_of(to_self) == (400, "invalid-request")
    assert problem_of(to_nobody) == (404, "not-found")
    assert not HandOver.objects.exists()


def test_more_than_the_drawer_holds_is_refused(cashier):
    make_shift(cashier, holding="9.99")

    assert problem_of(hand_over(client_of(cashier), "10.00")) == (409, "drawer-short")
    assert not HandOver.objects.exists()


def test_cash_for_a_cashier_is_received_by_that_cashier_alone(cashier, supervisor):
    getter = UserFactory(role="Cashier")
    make_shift(cashier, holding="50.00")
    given = give(cashier, "20.00", to="CASHIER", cashier_id=getter.pk).hand_over_id

    by_stranger = receive(client_as("Cashier"), given)
    by_boss = receive(client_of(supervisor), given)
    received = receive(client_of(getter), given)

    assert problem_of(by_stranger) == (404, "not-found")
    assert problem_of(by_boss) == (422, "wrong-receiver")
    assert received.json()["status"] == "RECEIVED"
    assert balance_of(f"CASH-{getter.pk:04d}") == 20


def test_a_supervisor_rejects_what_was_meant_for_somebody_who_is_away(cashier, supervisor):
    getter = UserFactory(role="Cashier")
    make_shift(cashier, holding="50.00")
    given = give(cashier, "20.00", to="CASHIER", cashier_id=getter.pk).hand_over_id

    rejected = reject(client_of(supervisor), given)

    assert rejected.json()["status"] == "REJECTED"
    assert balance_of(f"CASH-{cashier.pk:04d}") == 50


def test_nobody_ends_what_they_gave(supervisor):
    make_shift(supervisor, holding="50.00")
    given = give(supervisor, "20.00").hand_over_id
    client = client_of(supervisor)
    before = kept()

    ended = [receive(client, given), reject(client, given)]

    assert [problem_of(one) for one in ended] == [(422, "self-approval")] * 2
    assert kept() == before


def test_a_cashier_receives_nothing_for_the_safe(cashier):
    make_shift(cashier, holding="50.00")
    given = give(cashier, "20.00").hand_over_id

    assert problem_of(receive(client_of(cashier), given)) == (403, "permission-denied")
    assert problem_of(reject(client_of(cashier), given)) == (403, "permission-denied")
    assert problem_of(receive(client_as("Cashier"), given)) == (404, "not-found")


def test_receiving_again_with_the_key_gives_the_first_answer(cashier, supervisor):
    make_shift(cashier, holding="50.00")
    given = give(cashier, "20.00").hand_over_id
    boss = client_of(supervisor)
    first = receive(boss, given, "counted")

    again = receive(boss, given, "counted")

    assert (again.status_code, again["Idempotent-Replayed"]) == (200, "true")
    assert again.json() == first.json()
    assert problem_of(reject(boss, given)) == (409, "hand-over-ended")
    assert balance_of("SAFE") == 20


def test_a_list_shows_the_own_ones_and_readers_all(cashier):
    getter = UserFactory(role="Cashier")
    shift, other = make_shift(cashier, holding="50.00"), make_shift(holding="50.00")
    to_getter = give(cashier, "1.00", to="CASHIER", cashier_id=getter.pk).hand_over_id
    to_safe = give(other.cashier, "1.00").hand_over_id

    def listed(client, **narrowed):
        found = client.get("/api/hand-overs/", narrowed).json()["results"]
        return [one["hand_over_id"] for one in found]

    assert listed(client_of(cashier)) == [to_getter]
    assert listed(client_of(getter)) == [to_getter]
    assert listed(client_of(other.cashier)) == [to_safe]
    auditor = client_as("Auditor")
    assert listed(auditor) == [to_safe, to_getter]
    assert listed(auditor, shift_id=shift.pk) == [to_getter]
    assert listed(auditor, status="RECEIVED") == []


def test_a_hand_over_is_shown_whole(cashier, supervisor):
    shift = make_shift(cashier, holding="50.00")
    hand_over(client_of(cashier), "20.00", to="BANK", external_reference="bag 17")
    given = hand_over_of(shift)
    reject(client_of(supervisor), given.pk, "The bag was open.")

    (shown,) = client_of(cashier).get("/api/hand-overs/").json()["results"]

    del shown["given_at"], shown["ended_at"]
    assert shown == {
        "hand_over_id": given.pk,
        "shift_id": shift.pk,
        "from_cashier_id": cashier.pk,
        "to": "BANK",
        "cashier_id": None,
        "amount": "20.00",
        "external_reference": "bag 17",
        "is_at_close": False,
        "given_by_id": cashier.pk,
        "status": "REJECTED",
        "ended_by_id": supervisor.pk,
        "rejection_reason": "The bag was open.",
    }


def test_the_list_costs_the_same_however_many_it_shows():
    auditor = client_as("Auditor")
    shift = make_shift(holding="50.00")
    give(shift.cashier, "1.00")
    auditor.get("/api/hand-overs/")
    one = statements(lambda: auditor.get("/api/hand-overs/"))
    give(shift.cashier, "1.00")
    give(make_shift(holding="50.00").cashier, "1.00")

    assert statements(lambda: auditor.get("/api/hand-overs/")) == one
