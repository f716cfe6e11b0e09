"""Waivers at the desk: the pages, from the bill to the decision."""

from decimal import Decimal

import pytest
from django.urls import reverse

from invoicing_app.waivers.models import Waiver, WaiverLimit, WaiverReason
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
from tests.factories import UserFactory, make_bill, make_item
from tests.invoicing_app.desk import items_of, pay
from tests.invoicing_app.waivers.desk import approve, ask, ask_for_much, states, waived_on
from tests.rows import statements

pytestmark = pytest.mark.django_db
WAIVERS = "invoicing_app_waiver"
VISIT = "smcapp1_consultation"


def form_of(bill):
    return f"{add_page(WAIVERS)}?consultation={bill.pk}"


def fill_in(client, bill, **typed):
    key = open_form(client, form_of(bill))
    reason = WaiverReason.objects.get(code="CANNOT_PAY")
    values = {
        "consultation": bill.pk,
        "about": "department:PROCEDURE",
        "kind": "amount",
        "how_much": "40",
        "reason": reason.pk,
        "note": "A widow",
        "one_time_key": key,
        **typed,
    }
    return client.post(form_of(bill), values)


def act_on(client, waiver_id, act, **typed):
    page = reverse(f"admin:{WAIVERS}_{act}", args=[waiver_id])
    shown = client.get(page)
    assert shown.status_code == 200
    key = one_time_key(shown.content.decode())
    return client.post(page, {"one_time_key": key, **typed})


def test_a_part_of_a_department_is_waived_and_the_bill_says_so(cashier):
    bill = make_bill(make_item())
    client = signed_in(cashier)

    done = fill_in(client, bill)

    assert done.url == page_of(VISIT, bill.pk)
    page = text_of(client.get(done.url))
    assert "Waiver" in page
    assert "NGN 40.00 waived." in page
    assert "Waived Patient pays" in page
    assert waived_on(bill) == [Decimal("40.00")]


def test_a_percentage_of_one_item(cashier):
    bill = make_bill(make_item(), make_item())
    (_, second) = items_of(bill)

    fill_in(signed_in(cashier), bill, about=f"item:{second.pk}", kind="percent", how_much="25")

    assert waived_on(bill) == [Decimal("0.00"), Decimal("25.00")]


def test_above_the_limit_the_page_says_that_it_waits(cashier):
    WaiverLimit.objects.update(day_amount=0)
    bill = make_bill(make_item())
    client = signed_in(cashier)

    done = fill_in(client, bill)

    assert "waits for somebody else’s approval" in " ".join(said(client, done.url))
    assert states() == ["REQUESTED"]


def test_sent_twice_it_waives_once(cashier):
    bill = make_bill(make_item())
    client = signed_in(cashier)
    key = open_form(client, form_of(bill))

    fill_in(client, bill, one_time_key=key)
    fill_in(client, bill, one_time_key=key)

    assert waived_on(bill) == [Decimal("40.00")]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"how_much": "100.01"}, "how_much"),
        ({"how_much": "0"}, "how_much"),
        ({"kind": "percent", "how_much": "101"}, "how_much"),
        ({"how_much": "1e2"}, "how_much"),
        ({"about": "item:1 OR 1"}, "about"),
        ({"about": ""}, "about"),
        ({"reason": ""}, "reason"),
        ({"note": "  "}, "note"),
    ],
)
def test_a_refusal_stands_beside_its_field(cashier, typed, field):
    bill = make_bill(make_item())

    refused = fill_in(signed_in(cashier), bill, **typed)

    assert list(errors(refused)) == [field]
    assert Waiver.objects.count() == 0


def test_without_a_visit_the_way_leads_to_the_visits(cashier):
    client = signed_in(cashier)

    away = client.get(add_page(WAIVERS))

    assert away["Location"] == reverse(f"admin:{VISIT}_changelist")


def test_a_supervisor_approves_what_a_cashier_asked_for(cashier, supervisor):
    bill = make_bill(make_item())
    asked = ask_for_much(bill, cashier, "60.00")
    client = signed_in(supervisor)

    waiting = text_of(client.get(reverse(f"admin:{WAIVERS}_waiting")))
    act_on(client, asked.id, "approve", request_hash=asked.request_hash)

    assert "Waiting for a decision: 1, of NGN 60.00 together." in waiting
    assert (states(), waived_on(bill)) == (["GRANTED"], [Decimal("60.00")])


def test_a_supervisor_rejects_and_says_why(cashier, supervisor):
    asked = ask_for_much(make_bill(make_item()), cashier, "60.00")

    act_on(signed_in(supervisor), asked.id, "reject", reason="He can pay")

    waiver = Waiver.objects.get()
    assert (waiver.status, waiver.decision_note) == ("REJECTED", "He can pay")


def test_whoever_asked_withdraws_and_does_not_decide(supervisor):
    asked = ask_for_much(make_bill(make_item()), supervisor, "60.00")
    client = signed_in(supervisor)

    page = text_of(client.get(page_of(WAIVERS, asked.id)))
    refused = act_on(client, asked.id, "approve", request_hash=asked.request_hash)
    act_on(client, asked.id, "withdraw")

    assert "You asked for this waiver yourself" in page
    assert "Whoever asked for a waiver cannot decide on it." in text_of(refused)
    assert states() == ["WITHDRAWN"]


def test_a_waiver_is_taken_back_while_it_is_unpaid(cashier):
    bill = make_bill(make_item())
    waiver = ask(bill, cashier, "60.00")
    client = signed_in(cashier)

    before = text_of(client.get(page_of(WAIVERS, waiver.id)))
    act_on(client, waiver.id, "take_back", reason="Wrong patient")

    assert "Take back" in before
    assert (states(), waived_on(bill)) == (["TAKEN_BACK"], [Decimal("0.00")])


def test_a_paid_one_has_no_way_back(cashier):
    bill = make_bill(make_item())
    waiver = ask(bill, cashier, "60.00")
    pay(bill, cashier, "CASH", "40.00")

    page = text_of(signed_in(cashier).get(page_of(WAIVERS, waiver.id)))

    assert "Take back" not in page


def test_a_cashier_finds_no_button_to_approve(cashier):
    asked = ask_for_much(make_bill(make_item()), UserFactory(role="Cashier"), "60.00")
    client = signed_in(cashier)

    page = text_of(client.get(page_of(WAIVERS, asked.id)))
    refused = client.get(reverse(f"admin:{WAIVERS}_approve", args=[asked.id]))

    assert "Approve" not in page
    assert refused.status_code == 403


def test_the_accountant_sets_limits_and_reasons():
    client = signed_in(UserFactory(role="Accountant"))
    limit = WaiverLimit.objects.get(role__name="Cashier")
    reason = WaiverReason.objects.get(code="OTHER")

    client.post(page_of("invoicing_app_waiverlimit", limit.pk), {"day_amount": "250"})
    client.post(page_of("invoicing_app_waiverreason", reason.pk), {"name": "Else"})

    limit.refresh_from_db()
    reason.refresh_from_db()
    assert (limit.day_amount, reason.name, reason.is_active) == (Decimal("250.00"), "Else", False)


def test_the_list_takes_as_many_statements_for_three_as_for_one(cashier, supervisor):
    client = signed_in(supervisor)
    page = reverse(f"admin:{WAIVERS}_changelist")
    client.get(page)
    approve(ask_for_much(make_bill(make_item()), cashier, "1.00"), supervisor)
    one = statements(lambda: client.get(page))
    for _ in range(2):
        approve(ask_for_much(make_bill(make_item()), UserFactory(), "1.00"), supervisor)

    assert statements(lambda: client.get(page)) == one
