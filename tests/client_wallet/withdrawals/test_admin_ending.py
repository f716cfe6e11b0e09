"""Withdrawals called off and decided on at the desk."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from client_wallet.models import Withdrawal
from tests import rows
from tests.admin_pages import open_form, said, signed_in, text_of
from tests.client_wallet.withdrawals.desk import (
    balance_of,
    journal_of,
    make_withdrawal,
)
from tests.client_wallet.withdrawals.fake_bank import FakeBank
from tests.client_wallet.withdrawals.pages import in_review, page
from tests.client_wallet.withdrawals.workers import work_to_the_end, worker_at
from tests.factories import UserFactory

BANK_PAID = {"decision": "PAID", "evidence": "Line 7 of the statement", "is_sure": "on"}


def decide_page(withdrawal: Withdrawal) -> str:
    return reverse("admin:client_wallet_withdrawal_decide", args=[withdrawal.pk])


def call_off_page(withdrawal: Withdrawal) -> str:
    return reverse("admin:client_wallet_withdrawal_call_off", args=[withdrawal.pk])


def refused(answer: Any) -> dict[str, list[str]]:
    """Return what stands beside the fields of a page that asks before it acts."""
    assert answer.status_code == 200
    return {field: list(words) for field, words in answer.context["form"].errors.items()}


def test_a_scheduled_one_is_called_off_once(real_commits):
    cashier, withdrawal = UserFactory(role="Cashier"), make_withdrawal()
    client = signed_in(cashier)
    assert call_off_page(withdrawal) in client.get(page(withdrawal)).content.decode()
    sent = {"one_time_key": open_form(client, call_off_page(withdrawal))}

    first = client.post(call_off_page(withdrawal), sent)
    second = client.post(call_off_page(withdrawal), sent)

    withdrawal.refresh_from_db()
    assert (withdrawal.status, withdrawal.ended_by) == ("CANCELLED", cashier)
    assert [first["Location"], second["Location"]] == [page(withdrawal)] * 2
    assert said(client, page(withdrawal)) == [
        f"{withdrawal} was called off.",
        f"{withdrawal} was called off. (This form had done it before; nothing was done again.)",
    ]
    assert call_off_page(withdrawal) not in client.get(page(withdrawal)).content.decode()
    assert client.get(call_off_page(withdrawal))["Location"] == page(withdrawal)


def test_one_that_was_begun_meanwhile_is_not_called_off(db):
    client, withdrawal = signed_in(UserFactory(role="Cashier")), make_withdrawal()
    key = open_form(client, call_off_page(withdrawal))
    bank = FakeBank()
    work_to_the_end(worker_at(bank), bank)
    before = rows.everything()

    answer = client.post(call_off_page(withdrawal), {"one_time_key": key})

    assert refused(answer) == {"__all__": ["This withdrawal can no longer be cancelled."]}
    assert rows.everything() == before


@pytest.mark.parametrize(
    ("decision", "status", "held", "last_entry", "words"),
    [
        (
            "PAID",
            "COMPLETED",
            "40.00",
            ("WITHDRAWAL_SETTLED", "WITHDRAWALS_IN_TRANSIT", "BANK"),
            "the bank paid it. Evidence: Line 7",
        ),
        (
            "NOT_PAID",
            "FAILED",
            "100.00",
            ("WITHDRAWAL_RETURNED", "WITHDRAWALS_IN_TRANSIT", "WALLETS"),
            "the money is back in the wallet. Evidence: Line 7",
        ),
    ],
)
def test_a_supervisor_decides_once_and_says_how_it_is_known(
    real_commits, decision, status, held, last_entry, words
):
    withdrawal, boss = in_review(), UserFactory(role="Supervisor")
    client = signed_in(boss)
    assert decide_page(withdrawal) in client.get(page(withdrawal)).content.decode()
    sent = {
        "decision": decision,
        "evidence": "Line 7",
        "is_sure": "on",
        "one_time_key": open_form(client, decide_page(withdrawal)),
    }

    first = client.post(decide_page(withdrawal), sent)
    told = said(client, first["Location"])
    again = client.post(decide_page(withdrawal), sent)

    withdrawal.refresh_from_db()
    assert (withdrawal.status, withdrawal.ended_by, withdrawal.evidence) == (status, boss, "Line 7")
    assert [first["Location"], again["Location"]] == [page(withdrawal)] * 2
    assert (balance_of(withdrawal.wallet), journal_of(withdrawal)[-1]) == (
        Decimal(held),
        last_entry,
    )
    assert told == [f"{withdrawal}: {words}"]
    shown = text_of(client.get(page(withdrawal)))
    assert f"Ended by {boss}" in shown
    assert "Evidence Line 7" in shown
    assert decide_page(withdrawal) not in client.get(page(withdrawal)).content.decode()
    assert client.get(decide_page(withdrawal))["Location"] == page(withdrawal)
    assert LogEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"decision": ""}, "decision", "This field is required."),
        ({"decision": "MAYBE"}, "decision", None),
        ({"evidence": "  "}, "evidence", "This field is required."),
        ({"evidence": "x" * 301}, "evidence", None),
        ({"is_sure": ""}, "is_sure", "Confirm that you have it from the bank."),
    ],
)
def test_a_decision_needs_to_be_whole(db, typed, field, words):
    withdrawal, client = in_review(), signed_in(UserFactory(role="Supervisor"))
    key = open_form(client, decide_page(withdrawal))
    before = rows.everything()

    answer = client.post(decide_page(withdrawal), {**BANK_PAID, "one_time_key": key, **typed})

    assert list(refused(answer)) == [field]
    assert words is None or refused(answer)[field] == [words]
    assert rows.everything() == before


def test_whoever_asked_is_told_why_somebody_else_decides(db):
    asker, other = UserFactory(role="Supervisor"), UserFactory(role="Supervisor")
    withdrawal = in_review(asker)

    own, others = [signed_in(user).get(page(withdrawal)) for user in (asker, other)]

    words = "You asked for this withdrawal yourself: another supervisor decides on it."
    assert [words in text_of(shown) for shown in (own, others)] == [True, False]
    offered = [decide_page(withdrawal) in shown.content.decode() for shown in (own, others)]
    assert offered == [False, True]


def test_whoever_asked_cannot_decide_even_by_the_address(db):
    asker = UserFactory(role="Supervisor")
    withdrawal, client = in_review(asker), signed_in(asker)
    key = open_form(client, decide_page(withdrawal))
    before = rows.everything()

    answer = client.post(decide_page(withdrawal), {**BANK_PAID, "one_time_key": key})

    assert refused(answer) == {"__all__": ["Whoever asked for a withdrawal cannot decide on it."]}
    assert rows.everything() == before


def test_a_decision_that_somebody_else_took_meanwhile_is_not_taken_again(db):
    withdrawal = in_review()
    clients = [signed_in(UserFactory(role="Supervisor")) for _ in range(2)]
    keys = [open_form(client, decide_page(withdrawal)) for client in clients]
    clients[0].post(decide_page(withdrawal), {**BANK_PAID, "one_time_key": keys[0]})
    before = rows.everything()

    answer = clients[1].post(decide_page(withdrawal), {**BANK_PAID, "one_time_key": keys[1]})

    assert refused(answer) == {"__all__": ["This withdrawal is not under review."]}
    assert rows.everything() == before


@pytest.mark.parametrize("role", ["Cashier", "Accountant", "Auditor", "Pharmacist"])
def test_only_a_supervisor_decides(db, role):
    withdrawal, client = in_review(), signed_in(UserFactory(role=role))
    before = rows.everything()

    answers = [
        client.get(decide_page(withdrawal)),
        client.post(decide_page(withdrawal), {**BANK_PAID, "one_time_key": str(uuid4())}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert rows.everything() == before


@pytest.mark.parametrize("odd", ["x", "00000000-0000-0000-0000-000000000000"])
def test_a_withdrawal_that_does_not_exist_is_not_found(db, odd):
    client = signed_in(UserFactory(role="Supervisor"))

    answers = [
        client.get(reverse(f"admin:client_wallet_withdrawal_{act}", args=[odd])).status_code
        for act in ("decide", "call_off")
    ]

    assert answers == [404, 404]
