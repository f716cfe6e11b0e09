"""Withdrawals asked for at the desk."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from client_wallet.models import Withdrawal
from client_wallet.withdrawals import save_payout_account
from hospital.core.acts import Act
from tests import rows
from tests.admin_pages import errors, one_time_key, open_form, page_of, said, signed_in, text_of
from tests.client_wallet.desk import set_status
from tests.client_wallet.withdrawals.desk import (
    DESTINATION,
    balance_of,
    withdraw,
)
from tests.client_wallet.withdrawals.pages import LIST, page
from tests.factories import PatientFactory, UserFactory, make_wallet

ADD = f"{LIST}add/"


def form_of(patient: Any) -> str:
    return f"{ADD}?patient={patient.pk}"


def filled(patient: Any, key: str, **other: Any) -> dict[str, Any]:
    return {
        "patient": patient.pk,
        "amount": "60.00",
        "scheduled_for": "",
        **vars(DESTINATION),
        "one_time_key": key,
        **other,
    }


def test_a_cashier_asks_for_a_withdrawal_and_lands_on_it(real_commits):
    cashier, wallet = UserFactory(role="Cashier"), make_wallet(holding="100.00")
    client = signed_in(cashier)

    answer = client.post(ADD, filled(wallet.patient, open_form(client, form_of(wallet.patient))))

    withdrawal = Withdrawal.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, page(withdrawal))
    assert (withdrawal.wallet, withdrawal.amount, withdrawal.status, withdrawal.requested_by) == (
        wallet,
        Decimal("60.00"),
        "SCHEDULED",
        cashier,
    )
    assert (withdrawal.bank_code, withdrawal.account_number, withdrawal.account_name) == (
        "058",
        "1234567890",
        "Ada Obi",
    )
    assert balance_of(wallet) == Decimal("100.00")
    (told,) = said(client, answer["Location"])
    assert told.startswith("NGN 60.00 to Ada Obi, 1234567890 at 058: asked for, due ")
    assert LogEntry.objects.values_list("user_id", "object_id").get() == (
        cashier.pk,
        str(withdrawal.pk),
    )


def test_it_may_be_for_later_by_the_hospitals_clock(real_commits):
    client, wallet = signed_in(UserFactory(role="Cashier")), make_wallet()
    later = (timezone.localtime() + timedelta(days=3)).replace(second=0, microsecond=0)
    key = open_form(client, form_of(wallet.patient))

    client.post(ADD, filled(wallet.patient, key, scheduled_for=later.strftime("%Y-%m-%dT%H:%M")))

    assert Withdrawal.objects.get().scheduled_for == later


def test_the_form_shows_what_the_wallet_holds_and_what_waits_to_be_taken_from_it(db):
    client, wallet = signed_in(UserFactory(role="Cashier")), make_wallet(holding="1500.00")
    first = text_of(client.get(form_of(wallet.patient)))
    withdraw(wallet, "200.00")
    set_status(wallet, "FROZEN")

    second = text_of(client.get(form_of(wallet.patient)))

    assert "Wallet holds NGN 1,500.00 ." in first
    assert "Wallet holds NGN 1,500.00 ; withdrawals of NGN 200.00 wait to be taken from it." in (
        second
    )
    assert "This wallet is frozen: what is due while it is so is not paid." in second


def test_the_saved_account_stands_in_the_form_and_nothing_typed_means_that_one(real_commits):
    client, wallet = signed_in(UserFactory(role="Cashier")), make_wallet()
    save_payout_account(wallet_id=wallet.pk, destination=DESTINATION, act=Act(UserFactory()))
    form = client.get(form_of(wallet.patient)).content.decode()
    empty = {"bank_code": "", "account_number": "", "account_name": ""}

    client.post(ADD, filled(wallet.patient, one_time_key(form), **empty))

    assert [f'value="{value}"' in form for value in vars(DESTINATION).values()] == [True] * 3
    assert Withdrawal.objects.get().account_number == "1234567890"


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"amount": "0"}, "amount", "An amount must be greater than zero."),
        ({"amount": "5.001"}, "amount", "Ensure that there are no more than 2 decimal places."),
        ({"amount": ""}, "amount", "This field is required."),
        ({"scheduled_for": "soon"}, "scheduled_for", "Enter a valid date/time."),
        ({"scheduled_for": "2999-01-01T10:00"}, "scheduled_for", None),
        ({"account_number": ""}, "account_number", "Write 1 to 34 characters."),
        ({"bank_code": "0" * 21}, "bank_code", None),
        ({"account_name": " "}, "account_name", "Write 1 to 140 characters."),
        (
            {"bank_code": "", "account_number": "", "account_name": ""},
            "account_number",
            "There is no account that this withdrawal could be paid to.",
        ),
    ],
)
def test_a_wrong_value_is_shown_beside_its_field_and_nothing_is_kept(
    db, settings, typed, field, words
):
    settings.DEFAULT_PAYOUT_DESTINATION = None
    client, wallet = signed_in(UserFactory(role="Cashier")), make_wallet(holding="100.00")
    key = open_form(client, form_of(wallet.patient))
    before = rows.everything()

    answer = client.post(ADD, {**filled(wallet.patient, key), **typed})

    assert list(errors(answer)) == [field]
    assert words is None or errors(answer)[field] == [words]
    assert one_time_key(answer.content.decode()) == key
    assert rows.everything() == before


def test_a_closed_wallet_is_refused_in_words(db):
    client, wallet = signed_in(UserFactory(role="Cashier")), make_wallet(status="CLOSED")

    answer = client.post(ADD, filled(wallet.patient, open_form(client, form_of(wallet.patient))))

    assert errors(answer) == {"__all__": ["This wallet is closed."]}
    assert Withdrawal.objects.count() == 0


def test_a_double_click_asks_once(real_commits):
    client, wallet = signed_in(UserFactory(role="Cashier")), make_wallet()
    form = filled(wallet.patient, open_form(client, form_of(wallet.patient)))

    first = client.post(ADD, form)
    said(client, first["Location"])
    second = client.post(ADD, form)

    withdrawal = Withdrawal.objects.get()
    assert [first["Location"], second["Location"]] == [page(withdrawal)] * 2
    assert said(client, second["Location"]) == [
        f"{withdrawal} was already asked for by this form; nothing was done again."
    ]
    assert LogEntry.objects.count() == 1


@pytest.mark.parametrize("odd", ["", "x", "999999", "9" * 40, "²"])
def test_without_a_patient_the_way_to_one_is_shown(db, odd):
    answer = signed_in(UserFactory(role="Cashier")).get(ADD, {"patient": odd})

    assert "Whose wallet? Find the patient" in text_of(answer)
    assert 'name="act" value="withdrawal"' in answer.content.decode()
    assert 'name="one_time_key"' not in answer.content.decode()


def test_a_patient_without_a_wallet_has_nothing_to_pay_out(db):
    client, patient = signed_in(UserFactory(role="Cashier")), PatientFactory()

    shown = text_of(client.get(form_of(patient)))
    answer = client.post(ADD, filled(patient, str(uuid4())))

    assert "This patient has no wallet, and so nothing that could be paid out." in shown
    assert "Whose wallet? Find the patient" in text_of(answer)
    assert Withdrawal.objects.count() == 0


@pytest.mark.parametrize(
    ("role", "offered"), [("Cashier", True), ("Supervisor", True), ("Auditor", False)]
)
def test_the_wallets_and_the_patients_pages_lead_to_the_form(db, role, offered):
    client, wallet = signed_in(UserFactory(role=role)), make_wallet()
    of_wallet = reverse("admin:client_wallet_walletaccount_withdraw", args=[wallet.pk])

    pages = [
        client.get(page_of("client_wallet_walletaccount", wallet.pk)).content.decode(),
        client.get(page_of("smcapp1_patientprofile", wallet.patient_id)).content.decode(),
    ]

    assert [of_wallet in pages[0], form_of(wallet.patient) in pages[1]] == [offered] * 2
    if offered:
        assert client.get(of_wallet)["Location"] == form_of(wallet.patient)
