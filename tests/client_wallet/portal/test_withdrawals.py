"""A patient asks for withdrawals, reads what became of them, and cancels them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from client_wallet.models import PayoutAccount, Withdrawal
from client_wallet.withdrawals import save_payout_account
from hospital.core.acts import Act
from hospital.core.locale_formats import local_moment
from tests.admin_pages import open_form
from tests.client_wallet.desk import set_status
from tests.client_wallet.portal.pages import confirm, errors, facts, fill_in, rows, said, words
from tests.client_wallet.withdrawals.desk import balance_of, make_withdrawal, withdraw
from tests.client_wallet.withdrawals.fake_bank import FakeBank
from tests.client_wallet.withdrawals.workers import work_to_the_end, worker_at
from tests.factories import UserFactory
from tests.rows import everything, statements

PATH = "/portal/withdraw/"
ACCOUNT = {"bank_code": "058", "account_number": "1234567890", "account_name": "Ada Obi"}


def cancel_path(withdrawal: Withdrawal) -> str:
    return f"{PATH}{withdrawal.pk}/cancel/"


def test_before_anything_is_asked_for_the_page_shows_all_of_it(client, wallet):
    due = timezone.localtime() + timedelta(days=2)
    before = everything()

    page = fill_in(client, PATH, amount="60", scheduled_for=f"{due:%Y-%m-%dT%H:%M}", **ACCOUNT)

    assert facts(page) == {
        "Amount": "₦60.00",
        "When": local_moment(due),
        "Bank code": "058",
        "Account number": "1234567890",
        "Name on the account": "Ada Obi",
    }
    assert everything() == before


def test_a_withdrawal_is_asked_for_once(client, user, wallet):
    key = open_form(client, PATH)
    answer = confirm(client, PATH, key=key, amount="60", **ACCOUNT)
    again = client.post(PATH, {"one_time_key": key, "amount": "60", **ACCOUNT, "confirmed": "yes"})

    asked = Withdrawal.objects.get()
    assert [one["Location"] for one in (answer, again)] == [PATH, PATH]
    assert (asked.wallet, asked.amount, asked.requested_by) == (wallet, Decimal("60.00"), user)
    assert (asked.bank_code, asked.account_number, asked.account_name) == tuple(ACCOUNT.values())
    assert asked.status == "SCHEDULED"
    assert asked.scheduled_for <= timezone.now()
    assert said(client.get(PATH)) == [
        "The withdrawal of ₦60.00 was asked for.",
        "The withdrawal of ₦60.00 was asked for. It had been done before; nothing was done again.",
    ]


def test_a_day_and_time_are_those_of_the_hospital(client, wallet):
    due = timezone.localtime() + timedelta(days=3)

    confirm(client, PATH, amount="1", scheduled_for=f"{due:%Y-%m-%dT%H:%M}", **ACCOUNT)

    assert Withdrawal.objects.get().scheduled_for == due.replace(second=0, microsecond=0)


def test_without_an_account_it_goes_to_the_saved_one_whose_digits_are_hidden(client, wallet):
    save_payout_account(wallet_id=wallet.pk, destination=ACCOUNT, act=Act(UserFactory()))

    page = fill_in(client, PATH, amount="60")
    confirm(client, PATH, amount="60")

    assert facts(page)["Account number"] == "******7890"
    assert Withdrawal.objects.get().account_number == "1234567890"
    assert PayoutAccount.objects.get().account_number == "1234567890"
    assert "Leave the account empty" in words(client.get(PATH))


def test_without_any_account_one_has_to_be_named(client, wallet):
    page = fill_in(client, PATH, amount="60")

    assert errors(page) == {"account_number": ["Name the account that it is paid to."]}
    assert "Leave the account empty" not in words(page)


@pytest.mark.parametrize(
    ("typed", "field", "why"),
    [
        ({"amount": "0"}, "amount", "An amount must be greater than zero."),
        ({"amount": "1.001"}, "amount", "Ensure that there are no more than 2 decimal places."),
        ({"account_number": ""}, "account_number", "Write 1 to 34 characters."),
        ({"bank_code": "0" * 21}, "bank_code", "Write 1 to 20 characters."),
        (
            {"scheduled_for": "2999-01-01T10:00"},
            "scheduled_for",
            "A withdrawal is at most a year ahead.",
        ),
        ({"scheduled_for": "soon"}, "scheduled_for", "Enter a valid date/time."),
    ],
)
def test_a_refusal_stands_beside_its_field(client, wallet, typed, field, why):
    page = fill_in(client, PATH, **{"amount": "60", **ACCOUNT, **typed})

    assert errors(page) == {field: [why]}
    assert page.context["form"]["account_name"].value() == "Ada Obi"


def test_a_patient_without_a_wallet_has_nothing_to_withdraw(client, patient):
    page = fill_in(client, PATH, amount="60", **ACCOUNT)

    assert errors(page) == {"amount": ["The wallet holds NGN 0.00; NGN 60.00 is needed."]}
    assert "You have not asked for any yet." in words(page)


def test_a_closed_wallet_pays_nothing_out(client, wallet):
    set_status(wallet, "CLOSED")

    page = confirm(client, PATH, amount="60", **ACCOUNT)

    assert errors(page) == {"__all__": ["This wallet is closed."]}


def test_what_became_of_each_stands_in_plain_words(client, wallet):
    bank = FakeBank()
    withdraw(wallet, "20.00")
    withdraw(wallet, "500.00")
    work_to_the_end(worker_at(bank), bank)
    withdraw(wallet, "10.00", scheduled_for=timezone.now() + timedelta(days=1))
    make_withdrawal()

    listed = rows(client.get(PATH))

    assert [(amount, state) for _, _, amount, state in listed] == [
        (
            "₦10.00",
            "Waiting To Ada Obi, ******7890 Nothing has been taken from your wallet yet. It is "
            "taken when the withdrawal is due, if the wallet holds enough then. "
            "Cancel the withdrawal of ₦10.00",
        ),
        (
            "₦500.00",
            "Not paid To Ada Obi, ******7890 When it was due, the wallet held too little. "
            "Nothing was taken.",
        ),
        ("₦20.00", "Done To Ada Obi, ******7890 The bank has paid it."),
    ]


def test_money_that_came_back_is_said_to_be_back(client, wallet):
    bank = FakeBank(submissions=["refuse"])
    withdraw(wallet, "20.00")
    work_to_the_end(worker_at(bank), bank)

    ((*_, state),) = rows(client.get(PATH))

    assert state.endswith("The bank did not pay it. The money is back in your wallet.")
    assert balance_of(wallet) == Decimal("100.00")


def test_a_waiting_withdrawal_is_cancelled_once(client, user, wallet):
    withdrawal = withdraw(wallet, "60.00", scheduled_for=timezone.now() + timedelta(days=1))
    path = cancel_path(withdrawal)
    key = open_form(client, path)

    answers = [client.post(path, {"one_time_key": key}) for _ in range(2)]

    withdrawal.refresh_from_db()
    assert [answer["Location"] for answer in answers] == [PATH, PATH]
    assert (withdrawal.status, withdrawal.ended_by) == ("CANCELLED", user)
    assert said(client.get(PATH)) == [
        "The withdrawal of ₦60.00 was cancelled.",
        "The withdrawal of ₦60.00 was cancelled. It had been done before; nothing was done again.",
    ]


def test_one_that_was_begun_is_not_cancelled(client, wallet):
    bank, withdrawal = FakeBank(), withdraw(wallet, "60.00")
    key = open_form(client, cancel_path(withdrawal))
    work_to_the_end(worker_at(bank), bank)

    page = client.post(cancel_path(withdrawal), {"one_time_key": key})

    assert errors(page) == {"__all__": ["This withdrawal can no longer be cancelled."]}
    assert cancel_path(withdrawal) not in client.get(PATH).content.decode()


def test_somebody_elses_withdrawal_is_not_there(client, wallet):
    foreign = make_withdrawal()
    path = cancel_path(foreign)

    answers = [client.get(path), client.post(path, {"one_time_key": open_form(client, PATH)})]

    foreign.refresh_from_db()
    assert [answer.status_code for answer in answers] == [404, 404]
    assert foreign.status == "SCHEDULED"


def test_the_list_goes_on_page_by_page(client, wallet):
    for amount in range(1, 13):
        withdraw(wallet, f"{amount}.00", scheduled_for=timezone.now() + timedelta(days=1))
    first = client.get(PATH)
    second = client.get(PATH + first.context["older_url"])
    back = client.get(PATH + second.context["newer_url"])

    shown = [[row[2] for row in rows(page)] for page in (first, second, back)]
    assert shown[0] == [f"₦{amount}.00" for amount in range(12, 2, -1)]
    assert shown[1:] == [["₦2.00", "₦1.00"], shown[0]]
    assert (second.context["older_url"], first.context["newer_url"]) == (None, None)


def test_more_withdrawals_are_no_more_queries(client, wallet):
    withdraw(wallet, "1.00")
    one = statements(lambda: client.get(PATH))
    withdraw(wallet, "2.00")
    withdraw(wallet, "3.00")

    assert statements(lambda: client.get(PATH)) == one
