"""Deposits at the desk, through real requests whose commits are real."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connections
from django.urls import reverse

from client_wallet.models import JournalEntry, WalletDeposit
from tests import rows
from tests.admin_pages import (
    DEPOSITS,
    errors,
    one_time_key,
    open_form,
    page_of,
    receipt_page,
    said,
    signed_in,
    text_of,
)
from tests.client_wallet.desk import make_deposit
from tests.factories import PatientFactory, UserFactory, make_wallet
from tests.races import run_together

ADD = "/admin/client_wallet/walletdeposit/add/"


def form_of(patient: Any) -> str:
    return f"{ADD}?patient={patient.pk}"


def filled(patient: Any, key: str, **other: Any) -> dict[str, Any]:
    return {
        "patient": patient.pk,
        "amount": "500.00",
        "payment_method": "CASH",
        "external_reference": "",
        "note": "",
        "one_time_key": key,
        "_save": "Take deposit",
        **other,
    }


def test_a_cashier_takes_a_deposit_and_lands_on_it(real_commits):
    cashier, patient = UserFactory(role="Cashier"), PatientFactory()
    client = signed_in(cashier)

    answer = client.post(
        ADD, filled(patient, open_form(client, form_of(patient)), note="For Monday")
    )

    deposit = WalletDeposit.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, receipt_page(deposit))
    assert (deposit.wallet.patient, deposit.amount, deposit.taken_by, deposit.note) == (
        patient,
        Decimal("500.00"),
        cashier,
        "For Monday",
    )
    assert deposit.wallet.account_balance == Decimal("500.00")
    assert said(client, answer["Location"]) == [
        f"Deposit {deposit.receipt_number}: NGN 500.00 taken. The wallet holds NGN 500.00."
    ]
    assert LogEntry.objects.values_list("user_id", "object_id").get() == (
        cashier.pk,
        str(deposit.pk),
    )


def test_an_amount_is_typed_with_separators_and_no_wheel_changes_it(real_commits):
    client, patient = signed_in(UserFactory(role="Cashier")), PatientFactory()
    page = client.get(form_of(patient)).content.decode()
    key = one_time_key(page)

    client.post(ADD, filled(patient, key, amount=" 1,234,500.50 "))

    assert WalletDeposit.objects.get().amount == Decimal("1234500.50")
    assert 'type="number"' not in page


def test_the_form_shows_whose_wallet_it_is_and_what_it_holds(db):
    client = signed_in(UserFactory(role="Cashier"))
    ada = PatientFactory(first_name="Ada", last_name="Obi", date_of_birth="1990-02-03")
    first = text_of(client.get(form_of(ada)))
    make_wallet(patient=ada, holding="1250.00")
    ada.refresh_from_db()

    second = text_of(client.get(form_of(ada)))

    assert f"Ada Obi {ada.hospital_number} · born 3 February 1990" in second
    assert "Wallet holds NGN 0.00 – it is opened by the first deposit." in first
    assert "Wallet holds NGN 1,250.00 ." in second


@pytest.mark.parametrize("odd", ["", "x", "999999", "9" * 40, "-1", "²"])
def test_without_a_patient_the_way_to_one_is_shown_and_no_button(db, odd):
    client = signed_in(UserFactory(role="Cashier"))

    page = client.get(ADD, {"patient": odd})

    assert "Whose wallet? Find the patient" in text_of(page)
    assert 'name="one_time_key"' not in page.content.decode()


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"amount": "0"}, "amount", "An amount must be greater than zero."),
        ({"amount": "-5"}, "amount", "An amount must be greater than zero."),
        ({"amount": "5.001"}, "amount", "Ensure that there are no more than 2 decimal places."),
        ({"amount": "99999999999.00"}, "amount", "An amount is at most 9,999,999,999.99."),
        ({"amount": ""}, "amount", "This field is required."),
        ({"amount": "1e5"}, "amount", "Write an amount in digits, like 1200 or 1,200.50."),
        ({"amount": "1,00"}, "amount", "Write an amount in digits, like 1200 or 1,200.50."),
        ({"amount": "1_000"}, "amount", "Write an amount in digits, like 1200 or 1,200.50."),
        ({"amount": "NaN"}, "amount", "Write an amount in digits, like 1200 or 1,200.50."),
        ({"patient": "999999"}, "patient", None),
        ({"patient": "x"}, "patient", None),
        ({"patient": "9" * 40}, "patient", None),
        ({"payment_method": "WALLET"}, "payment_method", None),
    ],
)
def test_a_wrong_value_is_shown_beside_its_field_and_nothing_is_kept(db, typed, field, words):
    client, patient = signed_in(UserFactory(role="Cashier")), PatientFactory()
    key = open_form(client, form_of(patient))
    before = rows.everything()

    answer = client.post(ADD, {**filled(patient, key), **typed})

    assert list(errors(answer)) == [field]
    assert words is None or errors(answer)[field] == [words]
    assert rows.everything() == before
    assert list(answer.context["messages"]) == []


def test_a_closed_wallet_refuses_and_what_was_typed_stays(real_commits):
    client, wallet = signed_in(UserFactory(role="Cashier")), make_wallet(status="CLOSED")
    key = open_form(client, form_of(wallet.patient))
    before = rows.everything()

    answer = client.post(ADD, filled(wallet.patient, key, note="Second visit"))

    assert errors(answer) == {"payment_method": ["This wallet is closed; it takes no deposits."]}
    assert one_time_key(answer.content.decode()) == key
    assert 'value="Second visit"' in answer.content.decode()
    assert "This wallet is closed" in text_of(answer)
    assert rows.everything() == before
    assert said(client, ADD) == []


def test_a_double_click_takes_the_money_once(real_commits):
    client, patient = signed_in(UserFactory(role="Cashier")), PatientFactory()
    form = filled(patient, open_form(client, form_of(patient)))

    first = client.post(ADD, form)
    said(client, first["Location"])
    second = client.post(ADD, form)

    deposit = WalletDeposit.objects.get()
    assert (first["Location"], second["Location"]) == (receipt_page(deposit),) * 2
    assert said(client, second["Location"]) == [
        f"{deposit} was already taken by this form; nothing was taken again. "
        "The wallet held NGN 500.00 after it."
    ]
    assert (LogEntry.objects.count(), JournalEntry.objects.count()) == (1, 1)


def test_going_back_and_changing_the_amount_is_refused_in_words(real_commits):
    client, patient = signed_in(UserFactory(role="Cashier")), PatientFactory()
    key = open_form(client, form_of(patient))
    client.post(ADD, filled(patient, key))
    before = rows.everything()

    answer = client.post(ADD, filled(patient, key, amount="700.00"))

    assert errors(answer) == {
        "__all__": [
            "This form was used before: what was done then stands, and nothing was done now. "
            "Open a new form to do something else."
        ]
    }
    assert rows.everything() == before


def test_going_back_brings_the_same_form_and_not_a_new_one(db):
    client, patient = signed_in(UserFactory(role="Cashier")), PatientFactory()
    key = open_form(client, form_of(patient))

    assert open_form(client, f"{form_of(patient)}&one_time_key={key}") == key
    assert open_form(client, form_of(patient)) != key


@pytest.mark.parametrize("key", ["", "x", "1" * 300])
def test_a_form_without_its_key_is_refused_and_gets_one(db, key):
    client, patient = signed_in(UserFactory(role="Cashier")), PatientFactory()

    answer = client.post(ADD, filled(patient, key))

    assert "nothing was done" in errors(answer)["__all__"][0]
    assert one_time_key(answer.content.decode()) not in ("", key)
    assert WalletDeposit.objects.count() == 0


def test_the_actor_and_the_receipt_are_never_taken_from_the_form(real_commits):
    cashier, other = UserFactory(role="Cashier"), UserFactory(role="Cashier")
    client, patient = signed_in(cashier), PatientFactory()

    client.post(
        ADD,
        filled(
            patient,
            open_form(client, form_of(patient)),
            taken_by=other.pk,
            receipt_number="DEP-9999-000001",
            balance_after="1000000.00",
        ),
    )

    deposit = WalletDeposit.objects.get()
    assert (deposit.taken_by, deposit.balance_after) == (cashier, Decimal("500.00"))
    assert deposit.receipt_number != "DEP-9999-000001"


@pytest.mark.parametrize("page", ["change", "delete"])
def test_not_even_a_superuser_edits_or_deletes_make_deposit(real_commits, page):
    client, deposit = signed_in(UserFactory(is_superuser=True)), make_deposit()
    url = reverse(f"admin:{DEPOSITS}_{page}", args=[deposit.pk])
    before = rows.everything()

    answer = client.post(url, {"amount": "1.00", "post": "yes", "one_time_key": str(uuid4())})

    assert answer.status_code == 403
    assert rows.everything() == before


def test_a_lock_that_is_not_to_be_had_is_shown_and_nothing_is_kept(real_commits):
    client, wallet = signed_in(UserFactory(role="Cashier")), make_wallet(holding="10.00")
    key = open_form(client, form_of(wallet.patient))
    holder = connections.create_connection("default")
    try:
        holder.set_autocommit(False)
        with holder.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM client_wallet_walletaccount WHERE id = %s FOR UPDATE", [wallet.pk]
            )
        answer = client.post(ADD, filled(wallet.patient, key))
    finally:
        holder.rollback()
        holder.close()

    assert errors(answer) == {
        "__all__": ["The system is busy. Nothing was done; please try again."]
    }
    assert WalletDeposit.objects.count() == 1


@pytest.mark.race
def test_two_clicks_at_once_take_the_money_once(real_commits):
    cashier, patient = UserFactory(role="Cashier"), PatientFactory()
    clients = [signed_in(cashier), signed_in(cashier)]
    form = filled(patient, open_form(clients[0], form_of(patient)))

    answers = run_together(
        *[lambda client=client: client.post(ADD, form) for client in clients],
        pause_before="INSERT INTO",
    )

    deposit = WalletDeposit.objects.get()
    assert [answer["Location"] for answer in answers] == [receipt_page(deposit)] * 2
    assert LogEntry.objects.count() == 1


def test_only_who_may_read_the_journal_is_led_to_an_entry(db):
    deposit = make_deposit()
    entry = reverse("admin:client_wallet_journalentry_change", args=[deposit.entry_id])

    pages = {
        role: signed_in(UserFactory(role=role)).get(page_of(DEPOSITS, deposit.pk)).content.decode()
        for role in ("Cashier", "Auditor")
    }

    assert {role: f'href="{entry}"' in page for role, page in pages.items()} == {
        "Cashier": False,
        "Auditor": True,
    }
