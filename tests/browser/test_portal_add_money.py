"""A patient adds money: the amount, the gateway's checkout, and the wallet afterwards."""

import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from client_wallet.models import OnlinePayment, WalletAccount
from invoicing_app.models import DepositReceiving
from smcapp1.models import PatientProfile
from tests.api import make_patient_user
from tests.browser.cashier import button, make_visit
from tests.browser.desk import BETWEEN_CLICKS
from tests.browser.looking import Album, findings
from tests.client_wallet.gateways.conftest import SECRET
from tests.client_wallet.gateways.desk import ask, hear, paid
from tests.factories import make_wallet
from tests.sandbox.banks import RunningBank, running
from tests.smcapp1.online import PASSWORD

NEW_PATIENT = {
    "First name:": "Ngozi",
    "Last name:": "Adichie-Okonjo",
    "Date of birth:": "1990-01-31",
    "Username:": "ngozi",
    "Password:": PASSWORD,
    "The same password again:": PASSWORD,
}


@pytest.fixture
def gateway(tmp_path: Path, settings: Any) -> Iterator[RunningBank]:
    with running(tmp_path / "bank.db", gateway_secret=SECRET) as started:
        settings.GATEWAY = "sandbox"
        settings.GATEWAY_URL = f"http://127.0.0.1:{started.port}"
        settings.GATEWAY_KEY_SECRET = settings.GATEWAY_WEBHOOK_SECRET = SECRET
        yield started


def test_money_is_added_through_the_checkout_and_comes_by_webhook_once(
    arrive, browser, gateway, request
):
    user = make_patient_user()
    patient = arrive(user)
    page = patient.page

    patient.go("/portal/add-money/")
    page.get_by_label("Amount").fill("1,500.555")
    button(patient, "Go on").click()
    page.get_by_text("no more than 2 decimal places").wait_for()
    patient.look()
    page.get_by_label("Amount").fill("1,500.50")
    button(patient, "Go on").click()
    page.get_by_text("Nothing has been done yet.").wait_for()
    patient.look()
    button(patient, "Go to the payment").dblclick(delay=BETWEEN_CLICKS)
    page.get_by_text("We wait for word of the payment.").wait_for()
    patient.look()
    payment = OnlinePayment.objects.get(wallet__patient__user=user)
    assert page.get_by_role("link", name="Pay ₦1,500.50").get_attribute("href") == (
        payment.checkout_url
    )

    pay_in_another_window(browser, payment, request)
    wait_until_credited(payment)
    page.get_by_role("link", name="Look again").click()
    page.get_by_text("The money is in your wallet.").wait_for()
    patient.look()
    page.go_back()
    patient.go("/portal/add-money/")
    page.get_by_text("In the wallet").wait_for()
    patient.look()
    wallet = WalletAccount.objects.get(patient__user=user)
    assert (wallet.account_balance, wallet.online_payments.count()) == (Decimal("1500.50"), 1)


def test_from_signing_up_to_the_receipt_of_a_bill(arrive, browser, gateway, request):
    patient = arrive()
    page = patient.page
    patient.go("/accounts/signup/")
    for label, text in NEW_PATIENT.items():
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("Sex").select_option("F")
    button(patient, "Sign up").click()
    page.wait_for_url("**/portal/")
    visit = make_visit(PatientProfile.objects.get(user__username="ngozi"))

    patient.go("/portal/add-money/")
    page.get_by_label("Amount").fill("5000")
    button(patient, "Go on").click()
    button(patient, "Go to the payment").click()
    page.get_by_text("We wait for word of the payment.").wait_for()
    payment = OnlinePayment.objects.get(wallet__patient__user__username="ngozi")
    pay_in_another_window(browser, payment, request)
    wait_until_credited(payment)
    patient.go(f"/portal/bills/{visit.pk}/")
    page.get_by_role("link", name="Pay all of it").click()
    button(patient, "Go on").click()
    button(patient, "Pay").click()
    page.wait_for_url("**/portal/receipts/*/")
    patient.look()

    wallet = WalletAccount.objects.get(patient=visit.patient)
    made = DepositReceiving.objects.get(consultation=visit)
    assert (made.payment_method, str(wallet.account_balance)) == ("WALLET", "500.00")


def pay_in_another_window(browser: Any, payment: OnlinePayment, request: Any) -> None:
    """Pay on the gateway's page; the hospital is told twice."""
    folder = request.config.getoption("--screenshots", default=None)
    context = browser.new_context()
    page = context.new_page()
    page.goto(payment.checkout_url)
    assert findings(page, Album(folder, "checkout-01-open")) == []
    page.get_by_label("twice").check()
    page.get_by_role("button", name=f"Pay NGN {payment.amount:,}").dblclick(delay=BETWEEN_CLICKS)
    page.get_by_role("heading", name="Paid").wait_for()
    assert findings(page, Album(folder, "checkout-02-paid")) == []
    context.close()


def wait_until_credited(payment: OnlinePayment) -> None:
    deadline = time.monotonic() + 30
    while payment.status != "CREDITED":
        assert time.monotonic() < deadline
        time.sleep(0.1)
        payment.refresh_from_db()


def test_a_supervisor_looks_into_what_was_not_credited(arrive):
    hear(paid(ask("500.00", wallet=make_wallet()), amount=Decimal("5.00")))
    supervisor = arrive(role="Supervisor")
    page = supervisor.page

    supervisor.go("/admin/client_wallet/gatewayevent/review/")
    supervisor.look()
    page.get_by_role("link", name="Another amount than was asked for").click()
    supervisor.look()
    page.get_by_role("link", name="Write down what was found").click()
    page.get_by_label("What you found").fill("Given back as rfnd_1")
    supervisor.look()
    button(supervisor, "Write it down").dblclick(delay=BETWEEN_CLICKS)
    page.get_by_text("Nothing waits to be looked into").wait_for()
