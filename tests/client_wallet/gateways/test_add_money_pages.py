"""A patient adds money: what is read before, the way to the gateway, and what became of it."""

import http.client
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import pytest
from django.conf import settings as hospital
from django.test import Client

from client_wallet.gateways import configured_gateway
from client_wallet.models import OnlinePayment, WalletAccount
from client_wallet.online_payments import settle_due_payments
from smcapp1.models import PatientProfile
from tests.admin_pages import open_form, signed_in
from tests.api import make_patient_user
from tests.client_wallet.desk import set_status
from tests.client_wallet.gateways.desk import ask, hear, paid, state_of
from tests.client_wallet.portal.pages import confirm, errors, facts, fill_in, rows, said, words
from tests.factories import UserFactory, make_wallet
from tests.sandbox.banks import RunningBank

pytestmark = pytest.mark.django_db
PATH = "/portal/add-money/"


@pytest.fixture
def user() -> Any:
    return make_patient_user()


@pytest.fixture
def client(user: Any) -> Client:
    return signed_in(user)


@pytest.fixture
def wallet(user: Any) -> WalletAccount:
    return make_wallet(holding="100.00", patient=user.patient)


def pay_at(checkout_url: str, decision: str = "PAID", webhooks: str = "never") -> str:
    """Press a button of the sandbox's checkout; return the page that is shown then."""
    parts = urlsplit(checkout_url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    typed = urlencode({"decision": decision, "webhooks": webhooks})
    connection.request(
        "POST", parts.path, typed, {"Content-Type": "application/x-www-form-urlencoded"}
    )
    page = connection.getresponse().read().decode()
    connection.close()
    return page


def ask_the_gateway_now() -> None:
    OnlinePayment.objects.exclude(next_ask_at=None).update(next_ask_at="2020-01-01T00:00Z")
    configured = configured_gateway()
    assert configured is not None
    settle_due_payments(configured)


def test_before_anything_is_asked_for_the_amount_is_read_again(client, gateway):
    page = fill_in(client, PATH, amount="1,500")

    assert facts(page)["Added to your wallet"] == "₦1,500.00"
    assert OnlinePayment.objects.count() == 0


def test_what_is_paid_at_the_gateway_is_in_the_wallet_and_on_the_page(client, user, gateway):
    answer = confirm(client, PATH, amount="1500")

    payment = OnlinePayment.objects.get()
    page = client.get(answer["Location"])
    assert payment.status == "PENDING"
    assert f'href="{payment.checkout_url}"' in page.content.decode()
    assert "Paid" in pay_at(payment.checkout_url)
    assert state_of(payment) == ("PENDING", Decimal("0.00"))
    ask_the_gateway_now()
    assert state_of(payment) == ("CREDITED", Decimal("1500.00"))
    page = client.get(answer["Location"])
    assert "The money is in your wallet." in words(page)
    assert payment.deposit is not None
    assert payment.deposit.receipt_number in words(page)
    assert payment.checkout_url not in page.content.decode()


def test_a_declined_payment_is_said_to_be_one_and_credits_nothing(client, gateway):
    answer = confirm(client, PATH, amount="1500")
    payment = OnlinePayment.objects.get()

    pay_at(payment.checkout_url, "DECLINED")
    ask_the_gateway_now()

    assert state_of(payment) == ("FAILED", Decimal("0.00"))
    assert "nothing was paid" in words(client.get(answer["Location"]))


def test_a_left_checkout_stays_open_until_it_is_given_up(client, gateway, settings):
    confirm(client, PATH, amount="1500")
    payment = OnlinePayment.objects.get()

    ask_the_gateway_now()
    assert state_of(payment)[0] == "PENDING"
    settings.GATEWAY_ABANDON_HOURS = 0
    ask_the_gateway_now()
    assert state_of(payment)[0] == "FAILED"


def test_pressing_the_last_button_twice_asks_for_one_payment(client, gateway):
    key = open_form(client, PATH)

    answers = [confirm(client, PATH, key=key, amount="1500") for _ in range(2)]

    assert answers[0]["Location"] == answers[1]["Location"]
    assert OnlinePayment.objects.count() == 1
    page = client.get(answers[1]["Location"])
    assert said(page)[-1].endswith("nothing was done again.")


def test_a_gateway_that_is_away_is_said_above_the_form_and_the_same_form_works_later(
    client, gateway, settings
):
    key, address = open_form(client, PATH), settings.GATEWAY_URL
    settings.GATEWAY_URL = "http://127.0.0.1:9"
    page = confirm(client, PATH, key=key, amount="1500")
    assert "The payment service does not answer." in words(page)
    settings.GATEWAY_URL = address

    confirm(client, PATH, key=key, amount="1500")

    assert [payment.status for payment in OnlinePayment.objects.all()] == ["PENDING"]


@pytest.mark.parametrize("amount", ["", "0", "-5", "12e2", "1.005", "much"])
def test_what_is_no_amount_is_said_beside_its_field(client, gateway, amount):
    page = fill_in(client, PATH, amount=amount)
    if page.context["form"].is_valid():
        page = confirm(client, PATH, amount=amount)

    assert list(errors(page)) == ["amount"]
    assert OnlinePayment.objects.count() == 0


def test_into_a_closed_wallet_no_money_is_added(client, wallet, gateway):
    set_status(wallet, "CLOSED")

    page = confirm(client, PATH, amount="5")

    assert "This wallet is closed" in words(page)
    assert OnlinePayment.objects.count() == 0


def test_where_there_is_no_gateway_the_page_says_where_money_is_taken(client, settings):
    settings.GATEWAY = ""

    page = client.get(PATH)

    assert "The cash desk takes it" in words(page)
    assert '<form method="post" class="act"' not in page.content.decode()
    sent = client.post(PATH, {"one_time_key": str(uuid4()), "amount": "5"})
    assert sent.status_code == 200
    assert OnlinePayment.objects.count() == 0


def test_somebody_elses_payment_is_not_there(client, gateway):
    other = ask()

    assert client.get(f"{PATH}{other.pk}/").status_code == 404
    assert rows_or_none(client) == []


def rows_or_none(client: Client) -> list[list[str]]:
    page = client.get(PATH)
    return rows(page) if "<tbody>" in page.content.decode() else []


def test_staff_and_strangers_have_no_such_page(gateway):
    assert Client().get(PATH)["Location"] == f"/accounts/login/?next={PATH}"
    assert signed_in(UserFactory(role="Cashier")).get(PATH).status_code == 403


def test_payments_are_listed_newest_first_and_in_pages(client, wallet, gateway):
    for number in range(1, 13):
        ask(f"{number}.00", wallet=wallet)

    assert [row[1] for row in rows_or_none(client)] == [f"₦{n}.00" for n in range(12, 2, -1)]
    older = client.get(f"{PATH}?page=2")
    assert [row[1] for row in rows(older)] == ["₦2.00", "₦1.00"]
    assert client.get(f"{PATH}?page=0").status_code == 404
    assert client.get(f"{PATH}?page=x").status_code == 404


def test_the_list_asks_the_database_as_often_for_three_rows_as_for_one(
    client, wallet, gateway, django_assert_num_queries, django_assert_max_num_queries
):
    ask(wallet=wallet)
    client.get(PATH)
    with django_assert_max_num_queries(100) as one:
        client.get(PATH)
    for _ in range(2):
        ask(wallet=wallet)

    with django_assert_num_queries(len(one)):
        client.get(PATH)


def test_whoever_comes_back_is_led_to_the_page_and_nothing_they_bring_counts(client, wallet):
    payment = ask(wallet=wallet)

    answer = Client(enforce_csrf_checks=True).post(
        f"{PATH}{payment.pk}/back/", {"razorpay_payment_id": "pay_1"}
    )

    assert (answer.status_code, answer["Location"]) == (302, f"{PATH}{payment.pk}/")
    assert state_of(payment)[0] == "STARTED"


def test_a_gateway_that_wants_a_form_gets_one_and_the_page_may_send_it(client, wallet, settings):
    settings.GATEWAY, settings.GATEWAY_URL = "razorpay", "https://api.razorpay.com"
    settings.GATEWAY_KEY_ID = settings.GATEWAY_KEY_SECRET = settings.GATEWAY_WEBHOOK_SECRET = "k"
    payment = ask("5.00", wallet=wallet, gateway="razorpay")
    OnlinePayment.objects.filter(pk=payment.pk).update(
        status="PENDING",
        gateway_reference="order_1",
        checkout_url="https://api.razorpay.com/v1/checkout/embedded",
    )

    page = client.get(f"{PATH}{payment.pk}/")

    html = page.content.decode()
    assert 'action="https://api.razorpay.com/v1/checkout/embedded"' in html
    assert '<input type="hidden" name="order_id" value="order_1">' in html
    assert "csrfmiddlewaretoken" not in html.partition("embedded")[2].partition("</form>")[0]
    assert "form-action 'self' https://api.razorpay.com" in page["Content-Security-Policy"]
    assert "razorpay.com" not in client.get(PATH)["Content-Security-Policy"]


@pytest.mark.parametrize("state", ["PAID", "GIVEN_BACK"])
def test_what_was_paid_otherwise_than_asked_for_is_looked_into_and_not_paid_again(
    client, gateway, state
):
    confirm(client, PATH, amount="1500")
    payment = OnlinePayment.objects.get()
    path = f"{PATH}{payment.pk}/"
    assert "Pay ₦1,500.00" in words(client.get(path))

    hear(paid(payment, state=state, amount=Decimal("15.00")))

    page = client.get(path)
    assert facts(page)["State"] == "Looked into"
    assert "The hospital is looking into it." in words(page)
    assert "Pay ₦" not in words(page)
    hear(paid(payment, payment_reference="pay-2"))
    assert facts(client.get(path))["State"] == "In the wallet"


def test_no_patient_is_named_to_the_gateway(client, user, gateway: RunningBank):
    PatientProfile.objects.filter(user=user).update(first_name="Oluwaseun", last_name="Zzyzx")
    confirm(client, PATH, amount="5")
    payment = OnlinePayment.objects.get()

    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
    connection.request("GET", urlsplit(payment.checkout_url).path)
    page = connection.getresponse().read().decode()
    connection.close()

    assert hospital.HOSPITAL_NAME in page
    named = ("Oluwaseun", "Zzyzx", user.patient.hospital_number)
    assert [name in page for name in named] == [False] * 3
    hear(paid(payment))
