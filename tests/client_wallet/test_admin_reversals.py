"""Deposits reversed at the desk, through real requests whose commits are real."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from client_wallet.models import JournalEntry, WalletAccount, WalletDeposit
from client_wallet.services import deposit_to_wallet
from hospital.core.acts import Act
from tests import rows
from tests.admin_pages import (
    DEPOSITS,
    PAYMENTS,
    add_page,
    open_form,
    page_of,
    said,
    signed_in,
    text_of,
)
from tests.client_wallet.desk import make_deposit
from tests.factories import UserFactory, make_bill, make_item, make_wallet


def reverse_page(deposit: WalletDeposit) -> str:
    return reverse("admin:client_wallet_walletdeposit_reverse", args=[deposit.pk])


def test_a_supervisor_reverses_a_deposit_and_says_why(real_commits):
    deposit, supervisor = make_deposit(), UserFactory(role="Supervisor")
    client = signed_in(supervisor)
    key = open_form(client, reverse_page(deposit))

    answer = client.post(reverse_page(deposit), {"reason": "Wrong patient", "one_time_key": key})

    deposit.refresh_from_db()
    assert answer["Location"] == page_of(DEPOSITS, deposit.pk)
    assert (deposit.reversed_by, deposit.reversal_reason) == (supervisor, "Wrong patient")
    assert WalletAccount.objects.get().account_balance == Decimal("0.00")
    assert said(client, answer["Location"]) == [f"{deposit} was reversed."]
    assert LogEntry.objects.get().change_message == f"{deposit} was reversed. Wrong patient"


def test_reversing_twice_with_one_form_reverses_once(real_commits):
    deposit, client = make_deposit(), signed_in(UserFactory(role="Supervisor"))
    form = {
        "reason": "Wrong patient",
        "one_time_key": open_form(client, reverse_page(deposit)),
    }

    client.post(reverse_page(deposit), form)
    answer = client.post(reverse_page(deposit), form)

    assert answer.status_code == 302
    assert (LogEntry.objects.count(), JournalEntry.objects.count()) == (1, 2)


def reversal_refused(client: Any, deposit: WalletDeposit, reason: str = "Wrong patient") -> Any:
    """Try to reverse, see that nothing at all is kept, and return the form's errors."""
    key = open_form(client, reverse_page(deposit))
    before = rows.everything()
    answer = client.post(reverse_page(deposit), {"reason": reason, "one_time_key": key})
    assert rows.everything() == before
    assert answer.status_code == 200
    return {field: list(words) for field, words in answer.context["form"].errors.items()}


def test_whoever_took_a_deposit_cannot_reverse_it(real_commits):
    supervisor, wallet = UserFactory(role="Supervisor"), make_wallet()
    deposit_to_wallet(patient_id=wallet.patient_id, amount=Decimal("50.00"), act=Act(supervisor))

    refused = reversal_refused(signed_in(supervisor), WalletDeposit.objects.get())

    assert refused == {"__all__": ["Whoever took a deposit cannot reverse it."]}


def test_a_reversal_needs_a_reason(real_commits):
    refused = reversal_refused(signed_in(UserFactory(role="Supervisor")), make_deposit(), "  ")

    assert refused == {"reason": ["This field is required."]}


def test_money_that_was_spent_cannot_be_reversed(real_commits):
    deposit = make_deposit("100.00")
    bill = make_bill(make_item(price="100.00"), patient=deposit.wallet.patient)
    pay_page = add_page(PAYMENTS)
    cashier = signed_in(UserFactory(role="Cashier"))
    cashier.post(
        pay_page,
        {
            "consultation": bill.pk,
            "department": "ALL",
            "payment_method": "WALLET",
            "one_time_key": open_form(cashier, f"{pay_page}?consultation={bill.pk}"),
        },
    )

    refused = reversal_refused(signed_in(UserFactory(role="Supervisor")), deposit)

    assert refused == {"__all__": ["The wallet holds NGN 0.00; NGN 100.00 is needed."]}


@pytest.mark.parametrize("role", ["Cashier", "Auditor", "Accountant", "Pharmacist"])
def test_only_a_supervisor_reverses(db, role):
    deposit, client = make_deposit(), signed_in(UserFactory(role=role))
    before = rows.everything()

    answers = [
        client.get(reverse_page(deposit)),
        client.post(reverse_page(deposit), {"reason": "x", "one_time_key": str(uuid4())}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert rows.everything() == before


def test_a_deposit_that_does_not_exist_is_not_found(db):
    client = signed_in(UserFactory(role="Supervisor"))

    answers = [
        client.get(reverse("admin:client_wallet_walletdeposit_reverse", args=[name])).status_code
        for name in ("999999", "x")
    ]

    assert answers == [404, 404]


def test_the_reversal_is_offered_to_another_supervisor_and_not_to_whoever_took_it(db):
    taker, other = UserFactory(role="Supervisor"), UserFactory(role="Supervisor")
    wallet = make_wallet()
    deposit_to_wallet(patient_id=wallet.patient_id, amount=Decimal("50.00"), act=Act(taker))
    deposit = WalletDeposit.objects.get()

    own, others, cashiers = [
        signed_in(user).get(page_of(DEPOSITS, deposit.pk))
        for user in (taker, other, UserFactory(role="Cashier"))
    ]

    said = "You took this deposit yourself: another supervisor reverses it."
    assert [said in text_of(page) for page in (own, others, cashiers)] == [True, False, False]
    offered = [reverse_page(deposit) in page.content.decode() for page in (own, others, cashiers)]
    assert offered == [False, True, False]
