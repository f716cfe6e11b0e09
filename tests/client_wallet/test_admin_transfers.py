"""Transfers at the desk, from a wallet's page."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from client_wallet.models import Transfer, WalletAccount
from tests import rows
from tests.admin_pages import open_form, page_of, said, signed_in, text_of
from tests.client_wallet.desk import set_status
from tests.factories import PatientFactory, UserFactory, make_wallet

WALLETS = "client_wallet_walletaccount"


def transfer_page(wallet: WalletAccount) -> str:
    return reverse("admin:client_wallet_walletaccount_transfer", args=[wallet.pk])


def filled(to: WalletAccount, key: str, **other: Any) -> dict[str, Any]:
    return {
        "to_wallet": to.patient_id,
        "amount": "60.00",
        "note": "For the baby",
        "one_time_key": key,
        **other,
    }


def balances(*wallets: WalletAccount) -> list[Decimal]:
    return [WalletAccount.objects.get(pk=wallet.pk).account_balance for wallet in wallets]


def test_a_cashier_transfers_once_and_lands_on_the_wallet(real_commits):
    cashier, source, target = UserFactory(role="Cashier"), make_wallet(holding="100"), make_wallet()
    client = signed_in(cashier)
    assert transfer_page(source) in client.get(page_of(WALLETS, source.pk)).content.decode()
    assert "It holds NGN 100.00" in text_of(client.get(transfer_page(source)))
    sent = filled(target, open_form(client, transfer_page(source)))

    first = client.post(transfer_page(source), sent)
    told = said(client, first["Location"])
    again = client.post(transfer_page(source), sent)

    transfer = Transfer.objects.get()
    assert (transfer.reference_id, transfer.note, transfer.requested_by) == (
        sent["one_time_key"],
        "For the baby",
        cashier,
    )
    assert balances(source, target) == [Decimal("40.00"), Decimal("60.00")]
    assert [first["Location"], again["Location"]] == [page_of(WALLETS, source.pk)] * 2
    assert told == [f"NGN 60.00 transferred to {target.patient}."]
    assert LogEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"amount": "100.01"}, "amount", "The wallet holds NGN 100.00; NGN 100.01 is needed."),
        ({"amount": "0"}, "amount", "An amount must be greater than zero."),
        ({"amount": "5.001"}, "amount", "Ensure that there are no more than 2 decimal places."),
        ({"amount": "1e2"}, "amount", "Write an amount in digits, like 1200 or 1,200.50."),
        ({"to_wallet": ""}, "to_wallet", "This field is required."),
        ({"to_wallet": "x"}, "to_wallet", None),
        ({"to_wallet": "9" * 40}, "to_wallet", None),
        ({"note": "x" * 201}, "note", None),
    ],
)
def test_a_wrong_value_is_shown_beside_its_field_and_nothing_is_kept(db, typed, field, words):
    client, source = signed_in(UserFactory(role="Cashier")), make_wallet(holding="100.00")
    target = make_wallet()
    key = open_form(client, transfer_page(source))
    before = rows.everything()

    answer = client.post(transfer_page(source), filled(target, key, **typed))

    errors = {name: list(said) for name, said in answer.context["form"].errors.items()}
    assert list(errors) == [field]
    assert words is None or errors[field] == [words]
    assert rows.everything() == before


@pytest.mark.parametrize("to", ["itself", "nobody"])
def test_a_transfer_needs_another_patient_with_a_wallet(db, to):
    client, source = signed_in(UserFactory(role="Cashier")), make_wallet(holding="100.00")
    target = source.patient if to == "itself" else PatientFactory()
    key = open_form(client, transfer_page(source))

    answer = client.post(transfer_page(source), filled(source, key, to_wallet=target.pk))

    assert list(answer.context["form"].errors) == ["to_wallet"]
    assert Transfer.objects.count() == 0


def test_a_frozen_wallet_is_not_offered_it_and_refuses(db):
    client, source = signed_in(UserFactory(role="Cashier")), make_wallet(holding="100.00")
    target = make_wallet()
    key = open_form(client, transfer_page(source))
    set_status(source, "FROZEN")

    shown = client.get(page_of(WALLETS, source.pk)).content.decode()
    answer = client.post(transfer_page(source), filled(target, key))

    assert transfer_page(source) not in shown
    assert dict(answer.context["form"].errors) == {
        "__all__": ["This wallet is frozen; no money can be taken from it."]
    }
    assert balances(source, target) == [Decimal("100.00"), Decimal("0.00")]


@pytest.mark.parametrize("role", ["Auditor", "Accountant", "Pharmacist"])
def test_who_may_not_transfer_finds_the_door_closed(db, role):
    client, source = signed_in(UserFactory(role=role)), make_wallet(holding="100.00")

    answers = [
        client.get(transfer_page(source)),
        client.post(transfer_page(source), filled(make_wallet(), str(uuid4()))),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert Transfer.objects.count() == 0
