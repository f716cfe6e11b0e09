"""A patient at home: what is due, paying it from the wallet once, the receipt, the money's way."""

from client_wallet.models import Posting
from invoicing_app.models import DepositReceiving
from tests.api import make_patient_user
from tests.browser.cashier import button, make_visit
from tests.browser.desk import BETWEEN_CLICKS
from tests.client_wallet.withdrawals.desk import withdraw
from tests.factories import add_to_bill, make_item, make_wallet

LONG = "Magnetic resonance imaging of the lumbosacral spine with and without gadolinium contrast"


def make_patient():
    """Return a patient's sign-in, with a wallet and a bill of NGN 4,500.00."""
    user = make_patient_user()
    make_wallet(patient=user.patient, holding="3000.00")
    make_wallet(patient=user.patient, holding="2000.00")
    return user, make_visit(user.patient)


def test_a_bill_is_paid_once_however_often_it_is_pressed(arrive):
    user, visit = make_patient()
    withdraw(user.patient.wallet, "75.00")
    patient = arrive(user)
    page = patient.page

    patient.go("/portal/")
    patient.look()
    page.get_by_role("link", name="Visit of").click()
    patient.look()
    page.get_by_role("link", name="Pay all of it").click()
    patient.look()
    button(patient, "Go on").click()
    page.get_by_text("Nothing has been done yet.").wait_for()
    patient.look()
    button(patient, "Pay").dblclick(delay=BETWEEN_CLICKS)
    page.wait_for_url("**/portal/receipts/*/")
    patient.look()
    page.get_by_role("link", name="Follow the money").click()
    patient.look()
    page.get_by_role("link", name="Deposit").first.click()
    page.get_by_role("heading", name="What became of it").wait_for()
    patient.look()

    assert DepositReceiving.objects.filter(consultation=visit).count() == 1
    user.patient.wallet.refresh_from_db()
    assert str(user.patient.wallet.account_balance) == "500.00"


def test_after_the_back_button_the_same_form_pays_nothing_again(arrive):
    user, visit = make_patient()
    patient = arrive(user)
    page = patient.page
    patient.go(f"/portal/bills/{visit.pk}/pay/?department=LABORATORY")
    button(patient, "Go on").click()
    page.get_by_text("Nothing has been done yet.").wait_for()
    button(patient, "Pay").click()
    page.wait_for_url("**/portal/receipts/*/")

    page.go_back()
    page.get_by_label("All departments").check()
    button(patient, "Go on").click()
    button(patient, "Pay").click()
    page.get_by_text("This form was used before").wait_for()
    patient.look()

    assert Posting.objects.filter(wallet=user.patient.wallet, side="DEBIT").count() == 1


def test_long_names_and_great_sums_fit_and_a_short_wallet_is_told(arrive):
    user = make_patient_user()
    visit = make_visit(user.patient)
    items = [make_item("RADIOLOGY", "98765432.10", name=f"{LONG} {number}") for number in range(3)]
    add_to_bill(visit, *((item, 7) for item in items))
    patient = arrive(user)

    patient.go("/portal/")
    patient.look()
    patient.go("/portal/bills/")
    patient.look()
    patient.go(f"/portal/bills/{visit.pk}/")
    patient.look()
    patient.go(f"/portal/bills/{visit.pk}/pay/")
    button(patient, "Go on").click()
    patient.page.get_by_role("alert").wait_for()
    patient.look()
    patient.go("/portal/receipts/")
    patient.look()


def test_on_paper_a_receipt_stands_alone(arrive):
    user, visit = make_patient()
    patient = arrive(user)
    page = patient.page
    patient.go(f"/portal/bills/{visit.pk}/pay/")
    button(patient, "Go on").click()
    button(patient, "Pay").click()
    page.wait_for_url("**/portal/receipts/*/")
    page.reload()

    page.emulate_media(media="print")

    seen = page.locator("main > :visible")
    assert [one.get_attribute("class") for one in seen.all()] == ["receipt"]
    assert not page.locator(".top").is_visible()
    assert "COPY FOR THE PATIENT" in page.locator(".receipt").inner_text()
