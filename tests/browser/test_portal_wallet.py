"""A patient moves money: a transfer that is read before it is made, a withdrawal, what is left."""

from decimal import Decimal
from typing import Any

import pytest

from client_wallet.models import Transfer, WalletAccount, Withdrawal
from hospital.core.acts import Act
from tests.api import make_patient_user
from tests.browser.cashier import button, refusal
from tests.browser.desk import BETWEEN_CLICKS, Desk
from tests.client_wallet.desk import deposit, spend
from tests.factories import PatientFactory, UserFactory, make_wallet

WITHDRAW = "/portal/withdraw/"
LONG_NAME = "Oluwaseun-Ayodele Chukwuemeka"


@pytest.fixture
def user(hospital: str) -> Any:
    """Somebody with much money, of whom the pages have much to say."""
    user = UserFactory(role="Patient", is_staff=False)
    patient = PatientFactory(user=user, first_name=LONG_NAME, last_name=LONG_NAME)
    make_wallet(holding="9876543210.50", patient=patient)
    spend(patient, "1234567.25", Act(UserFactory()))
    deposit(patient, "450000.00", Act(UserFactory()))
    return user


def own_wallet(user: Any) -> WalletAccount:
    return WalletAccount.objects.get(patient__user=user)


def ask_for_transfer(window: Desk, other: WalletAccount) -> None:
    page = window.page
    page.get_by_label("To:").fill(other.patient.hospital_number)
    page.get_by_label("Amount").fill("1,200")
    page.get_by_label("Note").fill("for the children’s school fees")
    button(window, "Go on").click()


def test_a_transfer_is_read_before_it_is_made_and_made_once(arrive, user):
    other = make_wallet(patient=PatientFactory(first_name="Zainab", last_name="Secret"))
    window = arrive(user)
    page = window.page

    window.go("/portal/transfer/")
    page.get_by_label("To:").fill("HN9999999")
    page.get_by_label("Amount").fill("1,200")
    button(window, "Go on").click()
    assert refusal(window, "To:")[0] == "HN9999999"
    window.look()
    ask_for_transfer(window, other)
    page.get_by_text("Z. S.").wait_for()
    window.look()
    button(window, "Transfer").dblclick(delay=BETWEEN_CLICKS)

    page.get_by_text("₦1,200.00 went to Z. S.").wait_for()
    window.look()
    assert Transfer.objects.filter(to_wallet=other).count() == 1
    page.go_back()
    ask_for_transfer(window, other)
    button(window, "Transfer").click()
    page.get_by_text("It had been done before; nothing was done again.").wait_for()
    assert Transfer.objects.filter(to_wallet=other).count() == 1
    other.refresh_from_db()
    assert other.account_balance == Decimal("1200.00")


def test_a_withdrawal_is_asked_for_and_cancelled_by_the_patient(arrive, user):
    window = arrive(user)
    page = window.page

    window.go(WITHDRAW)
    page.get_by_text("You have not asked for any yet.").wait_for()
    window.look()
    page.get_by_label("Amount").fill("5000")
    page.get_by_label("When").fill("2026-12-24T09:30")
    page.get_by_label("Bank code").fill("058")
    page.get_by_label("Account number").fill("0123456789")
    page.get_by_label("Name on the account").fill(LONG_NAME)
    button(window, "Go on").click()
    page.get_by_text("24 Dec 2026").wait_for()
    window.look()
    button(window, "Ask for the withdrawal").dblclick(delay=BETWEEN_CLICKS)
    page.get_by_text("The withdrawal of ₦5,000.00 was asked for.").wait_for()
    window.look()
    page.get_by_role("link", name="Cancel").click()
    window.look()
    button(window, "Cancel the withdrawal").dblclick(delay=BETWEEN_CLICKS)

    page.get_by_text("The withdrawal of ₦5,000.00 was cancelled.").wait_for()
    asked = Withdrawal.objects.get(wallet=own_wallet(user))
    assert (asked.status, asked.ended_by) == ("CANCELLED", user)
    window.look()


def test_the_history_is_narrowed_and_a_statement_is_shown(arrive, user):
    window = arrive(user)
    page = window.page

    window.go("/portal/history/")
    window.look()
    page.get_by_label("What:").select_option(label="Payment")
    button(window, "Show").click()
    page.get_by_role("link", name="Show everything").wait_for()
    assert page.locator("tbody tr").count() == 1
    window.look()
    with page.expect_download() as downloaded:
        page.get_by_role("link", name="Download as CSV").click()
    assert downloaded.value.suggested_filename == "history.csv"
    page.get_by_role("link", name="Statement to print").click()
    page.get_by_text("Closing balance").wait_for()
    page.get_by_role("button", name="Print").wait_for()
    window.look()
    page.get_by_label("From:").fill("2020-01-01")
    button(window, "Show").click()
    page.get_by_text("A statement is of a year at most.").wait_for()
    window.look()


def test_somebody_without_a_wallet_reads_why_there_is_nothing(arrive):
    window = arrive(make_patient_user())

    for path in ("/portal/history/", "/portal/statement/", WITHDRAW, "/portal/transfer/"):
        window.go(path)
        window.page.get_by_text("You have no wallet yet.").wait_for()
        window.look()
