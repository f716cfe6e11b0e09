"""A patient transfers money: what is read before, what is done once, and what nobody learns."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from client_wallet.models import Transfer, WalletAccount
from client_wallet.portal.recipients import NOBODY, TOO_MANY
from hospital.core.throttling import forget_requests
from tests.admin_pages import open_form, signed_in
from tests.api import make_patient_user
from tests.client_wallet.desk import set_status
from tests.client_wallet.portal.pages import confirm, errors, facts, fill_in, said, words
from tests.factories import PatientFactory, UserFactory, make_wallet
from tests.rows import everything

PATH = "/portal/transfer/"


@pytest.fixture
def other(db: None) -> WalletAccount:
    patient = PatientFactory(first_name="Zainab", last_name="Secret")
    return make_wallet(holding="77.77", patient=patient)


def number_of(wallet: WalletAccount) -> str:
    return str(wallet.patient.hospital_number)


def balances(*wallets: WalletAccount) -> list[str]:
    held = {wallet.pk: wallet.account_balance for wallet in WalletAccount.objects.all()}
    return [str(held[wallet.pk]) for wallet in wallets]


def test_before_anything_is_done_the_page_shows_initials_and_amount(client, wallet, other):
    before = everything()

    page = fill_in(client, PATH, to_wallet=number_of(other), amount="30", note="thanks")

    assert facts(page) == {
        "To": "Z. S.",
        "Their number": number_of(other),
        "Amount": "₦30.00",
        "Note": "thanks",
        "Your wallet then holds": "₦70.00",
    }
    assert balances(wallet, other) == ["100.00", "77.77"]
    after = everything()
    assert {table for table in after if after[table] != before[table]} == {"core_requestcount"}


def test_what_was_filled_in_is_still_there_for_whoever_changes_it(client, wallet, other):
    typed = {"to_wallet": number_of(other), "amount": "30", "note": "thanks"}
    key = open_form(client, PATH)
    fill_in(client, PATH, key=key, **typed)

    page = client.post(PATH, {"one_time_key": key, **typed, "change": "yes"})

    form = page.context["form"]
    assert {name: form[name].value() for name in typed} == typed
    assert (facts(page), errors(page), balances(wallet)) == ({}, {}, ["100.00"])
    confirm(client, PATH, key=key, **{**typed, "amount": "20"})
    assert balances(wallet) == ["80.00"]


@pytest.mark.parametrize("written", ["number", "digits", "lower", "wallet"])
def test_a_confirmed_transfer_is_made_to_a_number_however_it_is_written(
    client, user, wallet, other, written
):
    number = number_of(other)
    to_wallet = {
        "number": number,
        "digits": number.removeprefix("HN").lstrip("0"),
        "lower": f" {number.lower()} ",
        "wallet": str(other.pk),
    }[written]

    answer = confirm(client, PATH, to_wallet=to_wallet, amount="30.50", note="thanks")

    made = Transfer.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, "/portal/history/")
    assert (made.from_wallet, made.to_wallet, made.requested_by) == (wallet, other, user)
    assert (made.amount, made.note) == (Decimal("30.50"), "thanks")
    assert balances(wallet, other) == ["69.50", "108.27"]
    assert said(client.get("/portal/history/")) == ["₦30.50 went to Z. S."]


def test_a_form_that_is_sent_again_moves_nothing_and_says_so(client, wallet, other):
    key = open_form(client, PATH)
    wanted = {"to_wallet": number_of(other), "amount": "30"}
    confirm(client, PATH, key=key, **wanted)
    client.get("/portal/history/")

    again = client.post(PATH, {"one_time_key": key, **wanted, "confirmed": "yes"})

    assert again.status_code == 302
    assert balances(wallet, other) == ["70.00", "107.77"]
    assert said(client.get("/portal/history/")) == [
        "₦30.00 went to Z. S. It had been done before; nothing was done again."
    ]


def test_a_form_that_was_used_does_nothing_else(client, wallet, other):
    key = open_form(client, PATH)
    confirm(client, PATH, key=key, to_wallet=number_of(other), amount="30")

    page = confirm(client, PATH, key=key, to_wallet=number_of(other), amount="31")

    assert errors(page)["__all__"][0].startswith("This form was used before")
    assert balances(wallet, other) == ["70.00", "107.77"]


def test_nothing_that_can_be_typed_tells_who_there_is(client, wallet, other):
    closed, bare = make_wallet(status="CLOSED"), PatientFactory()
    nobody = ["HN9999999", str(uuid4()), "Secret", "Zainab", "%", "\x00"]
    typed = [number_of(closed), str(closed.pk), bare.hospital_number, *nobody]
    seen = []
    for number in typed:
        forget_requests(f"recipient:{client.session['_auth_user_id']}")
        page = confirm(client, PATH, to_wallet=number, amount="1")
        seen.append(errors(page)["to_wallet"])

    assert seen[:-1] == [[NOBODY]] * (len(typed) - 1)
    assert seen[-1] == ["Null characters are not allowed."]
    assert Transfer.objects.count() == 0


def test_the_name_and_the_balance_of_the_other_stand_on_no_page(client, wallet, other):
    pages = [
        fill_in(client, PATH, to_wallet=number_of(other), amount="30"),
        fill_in(client, PATH, to_wallet=number_of(other), amount="300"),
        confirm(client, PATH, to_wallet=number_of(other), amount="30"),
        client.get("/portal/history/"),
    ]

    shown = " ".join(words(page) for page in pages)
    assert "Z. S." in shown
    assert [one for one in ("Zainab", "Secret", "77.77", "107.77") if one in shown] == []


def test_guessing_numbers_is_stopped_on_both_steps(client, wallet, other, monkeypatch):
    monkeypatch.setitem(settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "recipient", "2/min")
    monkeypatch.setattr("hospital.core.throttling._minute", lambda: 1)
    for number in ("HN9999991", "HN9999992"):
        fill_in(client, PATH, to_wallet=number, amount="1")
    right = {"to_wallet": number_of(other), "amount": "1"}

    asked = fill_in(client, PATH, **right)
    sent = client.post(PATH, {"one_time_key": open_form(client, PATH), **right, "confirmed": "yes"})

    assert [errors(page) for page in (asked, sent)] == [{"to_wallet": [TOO_MANY]}] * 2
    assert balances(wallet, other) == ["100.00", "77.77"]


def test_a_form_that_was_done_asks_no_question_again_and_answers_none(
    client, wallet, other, monkeypatch
):
    monkeypatch.setitem(settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "recipient", "2/min")
    monkeypatch.setattr("hospital.core.throttling._minute", lambda: 1)
    stranger = make_wallet()
    key = open_form(client, PATH)
    done = {"one_time_key": key, "to_wallet": number_of(other), "amount": "30", "confirmed": "yes"}
    confirm(client, PATH, key=key, to_wallet=number_of(other), amount="30")

    again = [client.post(PATH, done).status_code for _ in range(3)]
    guessed = client.post(PATH, {**done, "to_wallet": number_of(stranger)})

    assert again == [302, 302, 302]
    assert errors(guessed) == {"to_wallet": [TOO_MANY]}
    assert balances(wallet, other) == ["70.00", "107.77"]


@pytest.mark.parametrize(
    ("amount", "said_beside_it"),
    [
        ("100.01", "The wallet holds NGN 100.00; NGN 100.01 is needed."),
        ("0", "An amount must be greater than zero."),
        ("1.001", "Ensure that there are no more than 2 decimal places."),
        ("12e2", "Write an amount in digits, like 1200 or 1,200.50."),
        ("", "This field is required."),
    ],
)
def test_a_refused_amount_stands_beside_its_field_before_it_is_confirmed(
    client, wallet, other, amount, said_beside_it
):
    page = fill_in(client, PATH, to_wallet=number_of(other), amount=amount)

    assert errors(page) == {"amount": [said_beside_it]}
    assert page.context["form"]["to_wallet"].value() == number_of(other)


def test_a_patient_without_a_wallet_has_nothing_to_transfer(client, patient, other):
    page = fill_in(client, PATH, to_wallet=number_of(other), amount="1")

    assert errors(page) == {"amount": ["The wallet holds NGN 0.00; NGN 1.00 is needed."]}
    assert "You have no wallet yet." in words(page)


def test_nobody_transfers_to_the_own_wallet(client, wallet):
    page = fill_in(client, PATH, to_wallet=number_of(wallet), amount="1")

    assert errors(page) == {"to_wallet": ["A transfer needs two wallets."]}


def test_a_frozen_wallet_transfers_nothing_and_says_so(client, wallet, other):
    set_status(wallet, "FROZEN")

    page = confirm(client, PATH, to_wallet=number_of(other), amount="1")

    refused = "This wallet is frozen; no money can be taken from it."
    assert errors(page) == {"__all__": [refused]}
    assert "Your wallet is frozen" in words(client.get(PATH))
    assert balances(wallet, other) == ["100.00", "77.77"]


def test_the_page_is_for_patients_alone(db, other):
    role_less = make_patient_user()
    role_less.groups.clear()

    answers = [
        signed_in(who).get(PATH).status_code
        for who in (UserFactory(role="Cashier"), UserFactory(is_superuser=True), role_less)
    ]

    assert answers == [403, 403, 403]


def test_whoever_is_not_signed_in_is_led_there_and_back(db):
    paths = [PATH, "/portal/withdraw/", "/portal/history/", "/portal/statement.csv"]

    assert [Client().get(path)["Location"] for path in paths] == [
        f"/accounts/login/?next={path}" for path in paths
    ]
