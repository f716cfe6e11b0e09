"""Cash handed over in the admin: given by a form, received and rejected by somebody else."""

from typing import Any

import pytest
from django.urls import reverse

from client_wallet.models import HandOver
from tests.admin_pages import add_page, errors, open_form, page_of, said, signed_in, text_of
from tests.client_wallet.shifts.desk import give, hand_over_of, make_shift
from tests.factories import UserFactory
from tests.rows import statements

pytestmark = pytest.mark.django_db
HAND_OVERS = "client_wallet_handover"
LIST = reverse(f"admin:{HAND_OVERS}_changelist")


def act_url(act: str, given: HandOver) -> str:
    return reverse(f"admin:{HAND_OVERS}_{act}", args=[given.pk])


def press_give(client: Any, amount: str = "20.00", to: str = "SAFE", **typed: Any) -> Any:
    key = typed.pop("key", "") or open_form(client, add_page(HAND_OVERS))
    sent = {"amount": amount, "to": to, "one_time_key": key, **typed}
    return client.post(add_page(HAND_OVERS), sent)


def press(client: Any, act: str, given: HandOver, **typed: str) -> Any:
    url = act_url(act, given)
    return client.post(url, {"one_time_key": open_form(client, url), **typed})


def actions(client: Any, given: HandOver) -> list[str]:
    page = client.get(page_of(HAND_OVERS, given.pk))
    return [str(action["title"]) for action in page.context["actions_detail"]]


def make_given(to: str = "SAFE", cashier_id: int | None = None) -> HandOver:
    shift = make_shift(holding="50.00")
    give(shift.cashier, "20.00", to=to, cashier_id=cashier_id)
    return hand_over_of(shift)


def test_cash_is_given_once_however_often_the_form_is_sent(cashier):
    make_shift(cashier, holding="50.00")
    client = signed_in(cashier)
    key = open_form(client, add_page(HAND_OVERS))

    first = press_give(client, to="BANK", external_reference="bag 17", key=key)
    press_give(client, to="BANK", external_reference="bag 17", key=key)

    given = HandOver.objects.get()
    assert (given.target, given.external_reference, str(given.amount)) == (
        "BANK",
        "bag 17",
        "20.00",
    )
    assert first.headers["Location"] == page_of(HAND_OVERS, given.pk)
    assert said(client, LIST) == [
        "NGN 20.00 left your drawer for The bank, where somebody has to say that it arrived.",
        f"Hand-over {given.pk} was already given by this form; nothing was done again.",
    ]


@pytest.mark.parametrize(
    ("typed", "refused"),
    [
        ({"amount": "50.01"}, {"amount": ["The drawer does not hold NGN 50.01 in cash."]}),
        ({"amount": "0"}, {"amount": ["An amount must be greater than zero."]}),
        ({"to": "CASHIER"}, {"cashier_id": ["Say which cashier is to get it."]}),
    ],
)
def test_what_is_refused_stands_beside_its_field(typed, refused, cashier):
    make_shift(cashier, holding="50.00")

    response = press_give(signed_in(cashier), **typed)

    assert errors(response) == refused
    assert not HandOver.objects.exists()


def test_only_who_has_a_drawer_can_be_given_cash(cashier):
    make_shift(cashier, holding="50.00")
    auditor = UserFactory(role="Auditor")

    response = press_give(signed_in(cashier), to="CASHIER", cashier_id=str(auditor.pk))

    assert list(errors(response)) == ["cashier_id"]
    assert not HandOver.objects.exists()


def test_a_supervisor_receives_for_the_safe(supervisor):
    given = make_given()
    boss = signed_in(supervisor)

    press(boss, "receive", given)

    given.refresh_from_db()
    assert (given.status, given.ended_by) == ("RECEIVED", supervisor)
    assert said(boss, LIST) == [f"NGN 20.00 of Hand-over {given.pk} was received."]
    assert actions(boss, given) == []


def test_a_rejection_says_why(supervisor):
    given = make_given()
    boss = signed_in(supervisor)

    unsaid = press(boss, "reject", given, reason="")
    press(boss, "reject", given, reason="There were 19.00.")

    assert list(unsaid.context["form"].errors) == ["reason"]
    given.refresh_from_db()
    assert (given.status, given.rejection_reason) == ("REJECTED", "There were 19.00.")
    assert "There were 19.00." in text_of(boss.get(page_of(HAND_OVERS, given.pk)))


def test_the_first_page_leads_whom_it_is_for_to_the_cash(cashier, supervisor):
    given = make_given("CASHIER", cashier.pk)
    client = signed_in(cashier)
    link = page_of(HAND_OVERS, given.pk)

    assert link in client.get("/admin/").content.decode()
    assert link not in signed_in(supervisor).get("/admin/").content.decode()
    assert actions(client, given) == ["Receive", "Reject"]
    assert actions(signed_in(supervisor), given) == ["Reject"]
    press(client, "receive", given)
    assert link not in client.get("/admin/").content.decode()


@pytest.mark.parametrize("act", ["receive", "reject"])
def test_who_gave_it_is_led_back(act, supervisor):
    shift = make_shift(supervisor, holding="50.00")
    give(supervisor, "20.00")
    given = hand_over_of(shift)

    response = signed_in(supervisor).get(act_url(act, given))

    assert response.headers["Location"] == page_of(HAND_OVERS, given.pk)


@pytest.mark.parametrize(
    ("role", "expected"), [("Cashier", 404), ("Auditor", 302), ("Pharmacist", 403)]
)
def test_nobody_else_receives(role, expected):
    given = make_given()

    response = signed_in(UserFactory(role=role)).get(act_url("receive", given))

    assert response.status_code == expected


def test_cash_in_transit_is_a_list_of_its_own(supervisor):
    given, received = make_given(), make_given()
    boss = signed_in(supervisor)
    press(boss, "receive", received)
    said(boss, LIST)

    shown = text_of(boss.get(reverse(f"admin:{HAND_OVERS}_in_transit")))

    assert f"Hand-over {given.pk} " in shown
    assert f"Hand-over {received.pk} " not in shown


def test_the_list_costs_the_same_however_many_it_shows(supervisor):
    client = signed_in(supervisor)
    make_given()
    client.get(LIST)
    one = statements(lambda: client.get(LIST))
    make_given()
    make_given("CASHIER", supervisor.pk)

    assert statements(lambda: client.get(LIST)) == one
