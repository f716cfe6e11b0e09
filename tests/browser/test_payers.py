"""From a member's bill over a claim and a short payment to a write-off that two people made."""

from decimal import Decimal

from django.utils import timezone

from invoicing_app.models import DepositReceiving
from invoicing_app.payers.models import Claim, ClaimBatch, Remittance
from tests.browser.cashier import button, make_patient, open_payment, refusal, take_payment
from tests.browser.desk import BETWEEN_CLICKS
from tests.factories import UserFactory, make_bill, make_item
from tests.invoicing_app.payers.desk import make_payer, owed, sent_claim


def test_a_cashier_records_a_cover_and_the_patient_pays_the_rest(arrive):
    make_payer(PROCEDURE="80")
    patient = make_patient("Bello")
    visit = make_bill(make_item("PROCEDURE", "1000.00", name="Suture"), patient=patient)
    desk = arrive(UserFactory(role="Cashier"))
    page = desk.page

    desk.go(f"/admin/smcapp1/patientprofile/{patient.pk}/change/")
    page.get_by_role("link", name="Record a cover").click()
    desk.look()
    page.get_by_label("Payer").select_option(label="AXA Health")
    page.get_by_label("Member number").fill("AX/17")
    button(desk, "Record the cover").dblclick(delay=BETWEEN_CLICKS)
    page.get_by_text("Member AX/17", exact=True).wait_for()
    desk.look()
    desk.go(f"/admin/smcapp1/consultation/{visit.pk}/change/")
    page.get_by_text("200.00").first.wait_for()
    desk.look()
    open_payment(desk, visit)
    desk.look()
    take_payment(desk, handed="200.00")
    page.get_by_text("payer pays").first.wait_for()
    desk.look()

    payment = DepositReceiving.objects.get()
    assert (payment.total_due, Claim.objects.get().amount) == (Decimal("200.00"), Decimal("800.00"))


def test_an_accountant_sends_claims_and_records_what_was_paid(arrive):
    payer = make_payer(PROCEDURE="80")
    sent_claim(payer, "1000.00")
    open_claim = sent_claim(payer, "500.00")
    desk = arrive(UserFactory(role="Accountant"))
    page = desk.page

    desk.go("/admin/invoicing_app/claimbatch/add/")
    page.get_by_label("Payer").select_option(label="AXA Health")
    page.get_by_label("Period from").fill(str(timezone.localdate()))
    button(desk, "Make the batch").click()
    page.get_by_text("There is nothing to claim for this period.").first.wait_for()
    desk.look()
    desk.go(f"/admin/invoicing_app/claimbatch/{open_claim.batch_id}/change/")
    desk.look()
    page.get_by_role("link", name="Record what was paid").click()
    desk.look()
    page.get_by_label("Reference").fill("TRF 17")
    page.get_by_label("Amount received").fill("300.00")
    button(desk, "Record it").click()
    assert "the claims come to NGN 400.00" in refusal(desk, "Amount received")[1]
    desk.look()
    page.get_by_label(f"Claim {open_claim.pk}:").fill("300.00")
    button(desk, "Record it").dblclick(delay=BETWEEN_CLICKS)
    page.get_by_text("NGN 300.00 of AXA Health was recorded.").wait_for()
    page.get_by_role("link", name="print Print", exact=True).click()
    page.get_by_role("heading", name="Claims AXA-0002", level=1).wait_for()
    desk.look()

    assert (Remittance.objects.count(), owed(payer)) == (1, Decimal("900.00"))
    assert ClaimBatch.objects.count() == 2


def test_what_is_left_is_billed_to_the_patient_and_written_off_by_two(arrive):
    payer = make_payer(PROCEDURE="80")
    claim = sent_claim(payer, "500.00")
    asker = arrive(UserFactory(role="Accountant"))
    boss = arrive(UserFactory(role="Supervisor"))

    asker.go(f"/admin/invoicing_app/claim/{claim.pk}/change/")
    asker.look()
    asker.page.get_by_role("link", name="Bill the patient").click()
    asker.look()
    asker.page.get_by_label("Amount").fill("150.00")
    asker.page.get_by_label("Reason").fill("Not covered")
    button(asker, "Bill the patient").dblclick(delay=BETWEEN_CLICKS)
    asker.page.get_by_text("NGN 150.00 stands on the patient's bill.").wait_for()
    asker.page.get_by_role("link", name="Ask for a write-off").click()
    asker.page.get_by_label("Reason").fill("Asked too late")
    button(asker, "Ask for it").click()
    asker.page.get_by_text("somebody else decides").wait_for()
    asker.look()
    boss.go("/admin/invoicing_app/shortpayment/write-offs/")
    boss.look()
    boss.page.get_by_role("link", name="Written off").click()
    boss.look()
    boss.page.get_by_role("link", name="Approve").click()
    boss.look()
    button(boss, "Write it off").dblclick(delay=BETWEEN_CLICKS)
    boss.page.get_by_text("NGN 250.00 was written off.").wait_for()
    boss.look()

    assert owed(payer) == Decimal("0.00")
    written_off = claim.short_payments.get(outcome="WRITE_OFF")
    assert written_off.requested_by != written_off.decided_by
