"""Shifts in the admin: who may open, count and accept them, and what the pages say and print."""

from typing import Any

import pytest
from django.urls import reverse

from client_wallet.models import JournalEntry, Shift, ShiftCount, ZReport
from tests.admin_pages import (
    add_page,
    errors,
    one_time_key,
    open_form,
    page_of,
    said,
    signed_in,
    text_of,
)
from tests.client_wallet.shifts.desk import count, make_shift, open_with, shift_of, take
from tests.factories import UserFactory
from tests.rows import statements

pytestmark = pytest.mark.django_db
SHIFTS = "client_wallet_shift"
LIST = reverse(f"admin:{SHIFTS}_changelist")


def act_url(act: str, shift: Shift) -> str:
    return reverse(f"admin:{SHIFTS}_{act}", args=[shift.pk])


def press_open(client: Any, opening_float: str, key: str = "") -> Any:
    key = key or open_form(client, add_page(SHIFTS))
    sent = {"opening_float": opening_float, "one_time_key": key}
    return client.post(add_page(SHIFTS), sent)


def press_count(client: Any, shift: Shift, act: str = "count", key: str = "", **typed: str) -> Any:
    url = act_url(act, shift)
    key = key or open_form(client, url)
    return client.post(url, {"one_time_key": key, **typed})


def actions(client: Any, shift: Shift) -> list[str]:
    """Return the buttons above a shift's page, without its history."""
    page = client.get(page_of(SHIFTS, shift.pk))
    return [str(action["title"]) for action in page.context["actions_detail"]]


def test_a_shift_is_opened_with_a_float_once_however_often_the_form_is_sent(cashier):
    client = signed_in(cashier)
    key = open_form(client, add_page(SHIFTS))

    first = press_open(client, "1,000.00", key)
    press_open(client, "1,000.00", key)

    shift = Shift.objects.get()
    assert first.headers["Location"] == page_of(SHIFTS, shift.pk)
    assert said(client, LIST) == [
        f"Shift {shift.pk} is open, with NGN 1,000.00 in the drawer.",
        f"Shift {shift.pk} was opened by this form before; nothing was done again.",
    ]
    assert JournalEntry.objects.filter(kind="SHIFT_FLOAT").count() == 1


def test_a_second_shift_is_refused_above_the_form(cashier):
    open_with(cashier)

    response = press_open(signed_in(cashier), "0.00")

    assert errors(response) == {"__all__": ["A shift is open already."]}
    assert Shift.objects.count() == 1


@pytest.mark.parametrize("opening_float", ["-1", "1.001", "12e2", ""])
def test_a_float_that_is_no_amount_is_refused_beside_its_field(opening_float, cashier):
    response = press_open(signed_in(cashier), opening_float)

    assert list(errors(response)) == ["opening_float"]
    assert not Shift.objects.exists()


def test_the_drawer_is_counted_by_denomination_once(cashier):
    shift = make_shift(cashier, holding="1520.50")
    client = signed_in(cashier)
    key = open_form(client, act_url("count", shift))
    typed = {"pieces_1000_00": "1", "pieces_500_00": "1", "pieces_20_00": "1", "pieces_0_50": "1"}

    first = press_count(client, shift, key=key, **typed, card_slip_total="0")
    press_count(client, shift, key=key, **typed, card_slip_total="0")

    assert first.headers["Location"] == page_of(SHIFTS, shift.pk)
    counted = ShiftCount.objects.get()
    assert (str(counted.counted_amount), str(counted.card_slip_amount)) == ("1520.50", "0.00")
    assert counted.transfer_slip_amount is None
    shift.refresh_from_db()
    assert (shift.status, shift.counted_by) == ("CLOSED", cashier)
    assert said(client, LIST) == [
        f"The drawer of Shift {shift.pk} was counted.",
        f"The drawer of Shift {shift.pk} was counted. (This form had done it before; "
        "nothing was done again.)",
    ]


@pytest.mark.parametrize("pieces", ["-1", "1.5", "many", "1000000"])
def test_what_is_no_number_of_pieces_is_refused_beside_it(pieces, cashier):
    shift = make_shift(cashier)

    response = press_count(signed_in(cashier), shift, pieces_1000_00=pieces)

    assert list(response.context["form"].errors) == ["pieces_1000_00"]
    assert not ShiftCount.objects.exists()


def test_a_large_difference_waits_and_is_accepted_by_somebody_else(cashier, supervisor):
    shift = make_shift(cashier, holding="1000.00")
    press_count(signed_in(cashier), shift)
    boss = signed_in(supervisor)
    to_accept = reverse(f"admin:{SHIFTS}_to_accept")
    assert f"Shift {shift.pk} " in text_of(boss.get(to_accept))
    assert actions(boss, shift) == ["Accept the difference", "Count again"]

    url = act_url("accept", shift)
    sent = {"reason": "The notes were in the safe.", "one_time_key": open_form(boss, url)}
    boss.post(url, sent)

    shift.refresh_from_db()
    assert (shift.status, shift.accepted_by) == ("CLOSED", supervisor)
    assert said(boss, LIST) == [
        f"The difference of Shift {shift.pk} was accepted: The notes were in the safe."
    ]
    assert "No shift waits for a supervisor" in text_of(boss.get(to_accept))


def test_the_own_difference_is_for_another_supervisor(supervisor):
    shift = make_shift(supervisor, holding="1000.00")
    count(shift, "0.00")
    boss = signed_in(supervisor)
    url = act_url("accept", shift)

    shown = text_of(boss.get(page_of(SHIFTS, shift.pk)))
    response = boss.post(url, {"reason": "Mine.", "one_time_key": open_form(boss, url)})

    assert "another supervisor accepts it" in shown
    assert actions(boss, shift) == ["Count again"]
    assert response.context["form"].non_field_errors() == [
        "Whoever had the drawer or counted it cannot accept the difference."
    ]
    assert not ZReport.objects.exists()


def test_a_shift_that_waits_is_counted_again(cashier):
    shift = make_shift(cashier, holding="1000.00")
    client = signed_in(cashier)
    press_count(client, shift)

    press_count(client, shift, "recount", pieces_1000_00="1")

    shift.refresh_from_db()
    assert (shift.status, shift.counts.count()) == ("CLOSED", 2)
    assert "counted 2 times" in text_of(client.get(page_of(SHIFTS, shift.pk)))


@pytest.mark.parametrize("act", ["count", "recount", "accept", "x_report", "z_report"])
@pytest.mark.parametrize("state", ["OPEN", "COUNTED", "CLOSED"])
def test_what_is_not_possible_in_a_state_leads_back_to_the_shift(act, state, supervisor):
    shift = make_shift(holding="1000.00")
    if state != "OPEN":
        count(shift, "0.00" if state == "COUNTED" else "1000.00")
    possible = {
        "OPEN": {"count", "x_report"},
        "COUNTED": {"recount", "accept", "x_report"},
        "CLOSED": {"z_report"},
    }

    response = signed_in(supervisor).get(act_url(act, shift))

    assert response.status_code == (200 if act in possible[state] else 302)


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("Cashier", 404),
        ("Supervisor", 200),
        ("Accountant", 403),
        ("Auditor", 403),
        ("Pharmacist", 403),
    ],
)
def test_who_counts_somebody_elses_drawer(role, expected):
    shift = make_shift()

    response = signed_in(UserFactory(role=role)).get(act_url("count", shift), follow=True)

    assert response.status_code == expected


@pytest.mark.parametrize(
    ("role", "expected"), [("Supervisor", 200), ("Accountant", 200), ("Auditor", 200)]
)
def test_readers_see_everybodys_shifts_and_reports(role, expected):
    shift = make_shift(holding="12.00")
    client = signed_in(UserFactory(role=role))

    assert client.get(page_of(SHIFTS, shift.pk)).status_code == expected
    assert "12.00" in text_of(client.get(act_url("x_report", shift)))


def test_a_cashier_sees_their_own_shifts_only(cashier):
    own, other = make_shift(cashier), make_shift()
    client = signed_in(cashier)

    listed = text_of(client.get(LIST))

    assert (f"Shift {own.pk} " in listed, f"Shift {other.pk} " in listed) == (True, False)
    assert client.get(page_of(SHIFTS, other.pk)).status_code == 302  # the admin's "no such row"
    assert client.get(act_url("x_report", other)).status_code == 404


@pytest.mark.parametrize("paper", ["80mm", "a4", "papyrus"])
def test_a_z_report_says_the_same_on_every_paper(paper, cashier):
    open_with(cashier, "100.00")
    take(cashier, "50.50")
    take(cashier, "7.00", "CARD")
    shift = shift_of(cashier)
    count(shift, "150.00", card_slip_total=None)

    page = signed_in(cashier).get(act_url("z_report", shift), {"paper": paper})

    shown, report = text_of(page), ZReport.objects.get()
    assert f"Z report {report.number:06d}" in shown
    assert report.seal in shown
    assert report.entries_hash in shown
    assert "Cash: compared Expected 150.50 Counted 150.00 Difference -0.50" in shown
    assert "Card: no slip to compare with Expected 7.00" in shown
    assert ("paper_a4.css" in page.content.decode()) == (paper == "a4")


def test_the_form_of_a_count_carries_its_key_and_every_denomination(cashier, settings):
    shift = make_shift(cashier)

    page = signed_in(cashier).get(act_url("count", shift)).content.decode()

    assert one_time_key(page)
    fields = [f'name="pieces_{one:.2f}"'.replace(".", "_") for one in settings.CASH_DENOMINATIONS]
    assert len(fields) > 5
    assert [field in page for field in fields] == [True] * len(fields)


def test_the_list_costs_the_same_however_many_shifts_it_shows(supervisor):
    client = signed_in(supervisor)
    count(make_shift(), "1.00")
    client.get(LIST)
    one = statements(lambda: client.get(LIST))
    make_shift()
    count(make_shift(), "1.00")

    assert statements(lambda: client.get(LIST)) == one


def test_the_first_page_tells_a_supervisor_what_the_drawers_of_others_hold(supervisor):
    make_shift(supervisor, holding="77.00")
    other = make_shift(UserFactory(role="Cashier", username="ngozi"), holding="12.34")
    count(make_shift(holding="1000.00"), "0.00")

    shown = text_of(signed_in(supervisor).get("/admin/"))

    assert "1 shift waits to be accepted" in shown
    opened = shown[shown.index("Open drawers") :]
    assert "ngozi" in opened
    assert "12.34" in opened[: opened.index("The hospital on")]
    assert "yours: count it" in opened
    assert other.status == "OPEN"


def test_the_first_page_costs_the_same_however_many_drawers_are_open(supervisor):
    client = signed_in(supervisor)
    make_shift()
    client.get("/admin/")
    one = statements(lambda: client.get("/admin/"))
    make_shift()
    make_shift()

    assert statements(lambda: client.get("/admin/")) == one
