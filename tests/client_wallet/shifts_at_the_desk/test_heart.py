"""A shift over REST, from its opening to its Z report, and counted blind."""

import json

import pytest

from tests.api import client_as, client_of, post, problem_of
from tests.client_wallet.shifts.desk import give, make_shift, take
from tests.client_wallet.shifts_at_the_desk.clients import accept, close, hand_over, receive

pytestmark = pytest.mark.django_db
SUM = "13579.24"


def test_a_shift_is_opened_counted_and_closed(cashier):
    client = client_of(cashier)
    opened = post(client, "/api/shifts/", {"opening_float": "100.00"})
    shift_id = opened.json()["shift_id"]
    take(cashier, "50.50")

    closed = close(client, shift_id, "150.40", card_slip_total="0.00")

    assert (opened.status_code, opened.json()["status"]) == (201, "OPEN")
    assert closed.status_code == 200
    body = closed.json()
    assert body.pop("hand_over_id") > 0
    assert body == {
        "shift_id": shift_id,
        "status": "CLOSED",
        "count_number": 1,
        "counted_amount": "150.40",
        "expected_amount": "150.50",
        "difference": "-0.10",
        "z_number": 1,
    }
    report = client.get(f"/api/shifts/{shift_id}/z-report/").json()
    assert (report["difference"], report["counted"]["CARD"]) == ("-0.10", "0.00")
    assert problem_of(client.get("/api/shifts/current/")) == (404, "not-found")


def test_a_difference_above_the_limit_waits_for_another_supervisor(cashier, supervisor):
    shift = make_shift(cashier, holding="1000.00")

    waiting = close(client_of(cashier), shift.pk, "100.00").json()
    accepted = accept(client_of(supervisor), shift.pk)

    assert (waiting["status"], waiting["z_number"]) == ("COUNTED", None)
    assert (accepted.status_code, accepted.json()["status"]) == (200, "CLOSED")
    shown = client_of(cashier).get(f"/api/shifts/{shift.pk}/").json()
    assert shown["accepted_by_id"] == supervisor.pk
    (count,) = shown["counts"]
    assert count["cash"] == {
        "expected": "1000.00",
        "counted": "100.00",
        "difference": "-900.00",
    }


def test_a_drawer_that_is_too_short_does_not_say_what_it_holds(cashier):
    make_shift(cashier, holding=SUM)

    refused = hand_over(client_of(cashier), "13579.25")

    assert problem_of(refused) == (409, "drawer-short")
    assert SUM not in refused.content.decode()


def test_cash_is_given_and_received_by_somebody_else(cashier, supervisor):
    make_shift(cashier, holding="50.00")

    given = hand_over(client_of(cashier), "20.00", key="a bag")
    again = hand_over(client_of(cashier), "20.00", key="a bag")
    hand_over_id = given.json()["hand_over_id"]

    assert (given.status_code, again.status_code) == (201, 200)
    assert again.json() == given.json()
    assert problem_of(receive(client_of(cashier), hand_over_id)) == (403, "permission-denied")
    received = receive(client_of(supervisor), hand_over_id)
    assert (received.status_code, received.json()["status"]) == (200, "RECEIVED")
    assert problem_of(receive(client_as("Supervisor"), hand_over_id)) == (409, "hand-over-ended")


def test_a_supervisor_is_told_what_the_drawers_of_others_hold(cashier, supervisor):
    shift = make_shift(cashier, holding="50.00")
    give(cashier, "20.00")

    report = client_of(supervisor).get(f"/api/shifts/{shift.pk}/x-report/").json()

    assert json.dumps(report["expected"]) == '{"CASH": "30.00", "CARD": "0.00", "TRANSFER": "0.00"}'
    assert report["movements"] == [
        {"method": "CASH", "kind": "DEPOSIT", "count": 1, "amount": "50.00"},
        {"method": "CASH", "kind": "HAND_OVER", "count": 1, "amount": "-20.00"},
    ]
