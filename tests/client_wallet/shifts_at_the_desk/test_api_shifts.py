"""Shifts over REST: what is refused, what is shown to whom, and what a repetition answers."""

from decimal import Decimal

import pytest

from client_wallet.models import JournalEntry, Shift, ShiftCount
from tests.api import client_as, client_of, post, problem_of
from tests.client_wallet.shifts.desk import count, make_shift, open_with, shift_of, take
from tests.client_wallet.shifts_at_the_desk.clients import accept, close, kept, recount
from tests.factories import UserFactory
from tests.rows import statements

pytestmark = pytest.mark.django_db


def open_shift(client, body=None, key=""):
    return post(client, "/api/shifts/", body or {}, key)


def test_opening_again_with_the_key_opens_nothing_and_without_it_is_refused(cashier):
    client = client_of(cashier)
    first = open_shift(client, {"opening_float": "20.00"}, "monday")

    again = open_shift(client, {"opening_float": "20.00"}, "monday")
    other = open_shift(client, {"opening_float": "30.00"}, "monday")
    second = open_shift(client)

    assert (again.status_code, again["Idempotent-Replayed"]) == (200, "true")
    assert again.json() == first.json()
    assert problem_of(other) == (422, "key-reused")
    assert problem_of(second) == (409, "shift-is-open")
    assert Shift.objects.count() == 1


@pytest.mark.parametrize("opening_float", ["-1", "1.001", "lots", "99999999999999", True, [], None])
def test_a_float_that_is_no_amount_is_refused(opening_float, cashier):
    refused = open_shift(client_of(cashier), {"opening_float": opening_float})

    assert problem_of(refused) == (400, "invalid-request")
    assert list(refused.json()["errors"]) == ["opening_float"]
    assert not Shift.objects.exists()


@pytest.mark.parametrize("opening_float", ["0", "0.00", 0, 0.0])
def test_a_drawer_may_begin_empty(opening_float, cashier):
    opened = open_shift(client_of(cashier), {"opening_float": opening_float})

    assert (opened.status_code, opened.json()["opening_float"]) == (201, "0.00")
    assert not JournalEntry.objects.exists()


def test_the_own_open_shift_is_found_without_its_id(cashier):
    client = client_of(cashier)
    assert problem_of(client.get("/api/shifts/current/")) == (404, "not-found")
    shift = make_shift(cashier)
    make_shift()

    found = client.get("/api/shifts/current/").json()

    assert (found["shift_id"], found["status"], found["counts"]) == (shift.pk, "OPEN", [])
    assert found == client.get(f"/api/shifts/{shift.pk}/").json()


@pytest.mark.parametrize(
    "counts",
    [
        None,
        "all",
        [{"denomination": "3.00", "count": 1}],
        [{"denomination": "1.00", "count": -1}],
        [{"denomination": "1.00", "count": 1_000_000}],
        [{"denomination": "1.00", "count": "1_0"}],
        [{"denomination": "1.00", "count": 1}, {"denomination": "1", "count": 1}],
        [{"denomination": "1.00"}],
        [{"denomination": "1.00", "count": 1}] * 101,
    ],
)
def test_a_count_that_is_none_is_refused_and_nothing_is_told(counts, cashier):
    shift = make_shift(cashier, holding="13579.24")
    before = kept()

    refused = post(client_of(cashier), f"/api/shifts/{shift.pk}/close/", {"counts": counts})

    assert problem_of(refused) == (400, "invalid-request")
    assert list(refused.json()["errors"]) == ["counts"]
    assert "13579.24" not in refused.content.decode()
    assert kept() == before


@pytest.mark.parametrize("slip", ["card_slip_total", "transfer_slip_total"])
@pytest.mark.parametrize("total", ["-1", "1.001", "x", False])
def test_a_slip_without_an_amount_is_refused_by_its_name(slip, total, cashier):
    shift = make_shift(cashier)

    refused = close(client_of(cashier), shift.pk, "1.00", **{slip: total})

    assert problem_of(refused) == (400, "invalid-request")
    assert list(refused.json()["errors"]) == [slip]
    assert not ShiftCount.objects.exists()


def test_a_count_sent_twice_counts_once(cashier):
    client, shift = client_of(cashier), make_shift(cashier, holding="10.00")
    first = close(client, shift.pk, "10.00", "tonight")

    again = close(client, shift.pk, "10.00", "tonight")
    other = close(client, shift.pk, "9.00", "tonight")

    assert (again.status_code, again["Idempotent-Replayed"]) == (200, "true")
    assert again.json() == first.json()
    assert problem_of(other) == (422, "key-reused")
    assert problem_of(close(client, shift.pk, "10.00")) == (409, "shift-not-open")
    assert ShiftCount.objects.count() == 1


def test_slips_are_compared_with_what_was_taken(cashier):
    client = client_of(cashier)
    take(cashier, "70.00", "CARD")
    take(cashier, "30.00", "TRANSFER")
    shift = shift_of(cashier)

    close(client, shift.pk, "0.00", card_slip_total="60.00", transfer_slip_total=None)

    (counted,) = client.get(f"/api/shifts/{shift.pk}/").json()["counts"]
    assert {name: counted[name] for name in ("cash", "card", "transfer")} == {
        "cash": {"expected": "0.00", "counted": "0.00", "difference": "0.00"},
        "card": {"expected": "70.00", "counted": "60.00", "difference": "-10.00"},
        "transfer": {"expected": "30.00", "counted": None, "difference": None},
    }


def test_a_shift_that_waits_is_counted_again(cashier):
    client, shift = client_of(cashier), make_shift(cashier, holding="1000.00")
    assert problem_of(recount(client, shift.pk, "1000.00")) == (409, "shift-not-counted")
    close(client, shift.pk, "0.00")

    counted = recount(client, shift.pk, "999.00")

    assert (counted.status_code, counted.json()["status"]) == (200, "CLOSED")
    shown = client.get(f"/api/shifts/{shift.pk}/").json()
    assert [one["cash"]["difference"] for one in shown["counts"]] == ["-1000.00", "-1.00"]
    assert (shown["z_number"], shown["accepted_by_id"]) == (1, None)


def test_nobody_accepts_the_difference_of_their_own_drawer_or_count(supervisor):
    own = make_shift(supervisor, holding="1000.00")
    count(own, "0.00")
    counted = make_shift(holding="1000.00")
    count(counted, "0.00", by=supervisor)
    before = kept()

    refused = [accept(client_of(supervisor), shift.pk) for shift in (own, counted)]

    assert [problem_of(one) for one in refused] == [(422, "self-approval")] * 2
    assert kept() == before


def test_a_difference_is_accepted_with_a_reason_and_once(cashier, supervisor):
    shift = make_shift(cashier, holding="1000.00")
    boss = client_of(supervisor)
    assert problem_of(accept(boss, shift.pk)) == (409, "shift-not-counted")
    count(shift, "0.00")

    unsaid = accept(boss, shift.pk, "  ")
    accepted = accept(boss, shift.pk)

    assert (problem_of(unsaid), list(unsaid.json()["errors"])) == (
        (400, "invalid-request"),
        ["reason"],
    )
    assert accepted.json()["difference"] == "-1000.00"
    assert problem_of(accept(boss, shift.pk)) == (409, "shift-not-counted")


def test_a_supervisor_closes_a_forgotten_shift_and_a_colleague_does_not(cashier, supervisor):
    shift = make_shift(cashier, holding="10.00")

    refused = close(client_as("Cashier"), shift.pk, "10.00")
    closed = close(client_of(supervisor), shift.pk, "10.00")

    assert problem_of(refused) == (404, "not-found")
    assert closed.json()["status"] == "CLOSED"
    shift.refresh_from_db()
    assert (shift.counted_by, shift.closed_by) == (supervisor, supervisor)


@pytest.mark.parametrize("path", ["", "x-report/", "z-report/"])
def test_a_colleagues_shift_is_not_there(path, cashier):
    shift = make_shift()
    count(shift, "1.00")

    answer = client_of(cashier).get(f"/api/shifts/{shift.pk}/{path}")

    assert problem_of(answer) == (404, "not-found")


def test_an_open_shift_has_no_z_report(cashier):
    shift = make_shift(cashier)

    answer = client_of(cashier).get(f"/api/shifts/{shift.pk}/z-report/")

    assert problem_of(answer) == (404, "not-found")


def test_the_x_report_of_the_own_shift_counts_without_amounts(cashier):
    open_with(cashier, "10.00")
    take(cashier, "20.00")
    shift = shift_of(cashier)

    report = client_of(cashier).get(f"/api/shifts/{shift.pk}/x-report/").json()

    assert report["expected"] is None
    assert report["movements"] == [
        {"method": "CASH", "kind": "DEPOSIT", "count": 1, "amount": None},
        {"method": "CASH", "kind": "SHIFT_FLOAT", "count": 1, "amount": None},
    ]


def test_a_list_shows_a_cashier_their_own_and_readers_all(cashier):
    own, other = make_shift(cashier), make_shift()

    def listed(client, **narrowed):
        found = client.get("/api/shifts/", narrowed).json()["results"]
        return [one["shift_id"] for one in found]

    assert listed(client_of(cashier)) == [own.pk]
    auditor = client_as("Auditor")
    assert listed(auditor) == [other.pk, own.pk]
    assert listed(auditor, cashier_id=cashier.pk) == [own.pk]
    count(other, "1.00")
    assert listed(auditor, status="CLOSED") == [other.pk]
    day = own.opened_at.date().isoformat()
    assert listed(auditor, **{"from": "2020-01-01", "to": "2020-01-02"}) == []
    assert listed(auditor, **{"from": day}) == [other.pk, own.pk]


def test_the_list_costs_the_same_however_many_shifts_and_counts_it_shows():
    auditor = client_as("Auditor")
    count(make_shift(), "1.00")
    auditor.get("/api/shifts/")
    one = statements(lambda: auditor.get("/api/shifts/"))
    for _ in range(2):
        count(make_shift(UserFactory(role="Cashier")), "1.00")

    assert statements(lambda: auditor.get("/api/shifts/")) == one


def test_the_z_report_stays_as_it_was(cashier):
    shift = make_shift(cashier, holding="12.34")
    client = client_of(cashier)
    close(client, shift.pk, "12.00", card_slip_total="0.00")
    path = f"/api/shifts/{shift.pk}/z-report/"
    first = client.get(path).json()
    cashier.first_name = "Somebody"
    cashier.last_name = "Else"
    cashier.save()

    assert client.get(path).json() == first
    assert first["counted"] == {"CASH": "12.00", "CARD": "0.00", "TRANSFER": None}
    assert first["difference"] == "-0.34"
    sums = sum(Decimal(one["amount"]) for one in first["movements"] if one["method"] == "CASH")
    assert sums == Decimal("0.00")
