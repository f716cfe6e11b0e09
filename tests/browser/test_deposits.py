"""A cashier takes a deposit into a patient's wallet."""

from decimal import Decimal

from client_wallet.models import WalletAccount, WalletDeposit
from smcapp1.models import PatientProfile
from tests.browser.cashier import button, find, make_patient, refusal
from tests.browser.desk import BETWEEN_CLICKS
from tests.factories import make_wallet


def test_a_deposit_from_the_search_to_the_receipt(arrive):
    patient = make_patient("Achebe")
    make_wallet(holding="1000.00", patient=patient)
    cashier = arrive(role="Cashier")
    page = cashier.page

    find(cashier, "achebe")
    cashier.look()
    page.get_by_role("link", name="Take deposit", exact=True).last.click()
    page.get_by_label("Amount").fill("0")
    button(cashier, "Take deposit").click()
    assert refusal(cashier, "Amount")[0] == "0"
    cashier.look()
    page.get_by_label("Amount").fill("2,500.50")
    page.get_by_text("NGN 3,500.50").wait_for()
    button(cashier, "Take deposit").dblclick(delay=BETWEEN_CLICKS)

    page.wait_for_url("**/receipt/*/")
    wallet = WalletAccount.objects.get(patient=patient)
    deposits = WalletDeposit.objects.filter(wallet=wallet).order_by("pk")
    assert wallet.account_balance == Decimal("3500.50")
    assert [deposit.amount for deposit in deposits] == [Decimal("1000.00"), Decimal("2500.50")]


def test_an_unknown_patient_is_registered_and_found(arrive):
    cashier = arrive(role="Cashier")
    page = cashier.page

    cashier.go("/admin/")
    page.get_by_role("combobox", name="Find a patient").fill("Zubairu")
    page.get_by_role("link", name="Register a new patient").click()
    cashier.look()
    page.get_by_label("First name").fill("Halima")
    page.get_by_label("Last name").fill("Zubairu")
    page.get_by_label("Date of birth").fill("1990-02-28")
    page.get_by_label("Sex").select_option(label="Female")
    button(cashier, "Register patient").click()

    page.get_by_text("Halima Zubairu was registered as").wait_for()
    assert PatientProfile.objects.filter(last_name="Zubairu").count() == 1
