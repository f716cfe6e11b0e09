"""Drugs are handed out in part and recalled, stock is counted, a wallet that is short is told."""

from invoicing_app.models import DrugHandOut
from smcapp1.models import StockBatch, StockCount
from tests.api import make_patient_user
from tests.browser.cashier import button, make_patient
from tests.browser.desk import BETWEEN_CLICKS
from tests.factories import UserFactory, make_bill, make_drug, make_item, make_wallet
from tests.invoicing_app.desk import pay

LONG = "Artemether and lumefantrine, 80 mg and 480 mg, film-coated tablets, pack of six"


def test_a_part_is_handed_out_the_rest_is_owed_and_the_batch_is_recalled(arrive):
    drug = make_drug(price="20.00", holding=30, name=LONG)
    bill = make_bill((drug, 24), patient=make_patient("Sule"))
    pay(bill, UserFactory(role="Cashier"), "CASH", "500.00")
    pharmacist = arrive(role="Pharmacist")
    page = pharmacist.page

    pharmacist.go("/admin/invoicing_app/drughandout/waiting/")
    pharmacist.look()
    page.get_by_label(f"How many of {LONG} are handed out now").fill("10")
    page.get_by_role("button", name="Handed out").dblclick(delay=BETWEEN_CLICKS)
    page.get_by_text("14 are still owed.").wait_for()
    pharmacist.look()
    batch = StockBatch.objects.get()
    pharmacist.go(f"/admin/smcapp1/stockbatch/{batch.pk}/change/")
    page.get_by_role("link", name="Recall").click()
    page.get_by_role("cell", name="10", exact=True).wait_for()
    pharmacist.look()

    assert list(DrugHandOut.objects.values_list("quantity", flat=True)) == [10]


def test_a_count_is_blind_explained_and_approved_by_somebody_else(arrive):
    make_drug(holding=777, name=LONG)
    pharmacist = arrive(role="Pharmacist")
    page = pharmacist.page

    pharmacist.go("/admin/smcapp1/stockcount/add/")
    page.get_by_label("Department").select_option(label="Pharmacy")
    pharmacist.look()
    button(pharmacist, "Begin to count").dblclick(delay=BETWEEN_CLICKS)
    page.get_by_text("has begun. Count").wait_for()
    pharmacist.look()
    page.get_by_role("link", name="Say how many there are").click()
    page.get_by_label(LONG).fill("775")
    pharmacist.look()
    button(pharmacist, "That is what there is").dblclick(delay=BETWEEN_CLICKS)
    page.get_by_text("Counted. What should be there").wait_for()
    pharmacist.look()
    page.get_by_role("link", name="Say why").click()
    page.get_by_label(LONG).fill("Broken, and not written off")
    pharmacist.look()
    button(pharmacist, "Save the reasons").click()
    page.get_by_text("somebody else approves").wait_for()

    supervisor = arrive(role="Supervisor")
    count = StockCount.objects.get()
    supervisor.go(f"/admin/smcapp1/stockcount/{count.pk}/change/")
    supervisor.page.get_by_role("link", name="Approve").click()
    supervisor.look()
    button(supervisor, "Approve").dblclick(delay=BETWEEN_CLICKS)
    supervisor.page.get_by_text("was approved").wait_for()
    supervisor.look()
    supervisor.go("/admin/smcapp1/stockcount/")
    supervisor.look()

    assert StockBatch.objects.get().quantity_on_hand == 775


def test_a_wallet_that_is_short_is_told_at_the_desk_and_to_the_patient(arrive):
    user = make_patient_user()
    make_wallet(patient=user.patient, holding="40.00")
    bill = make_bill(make_item(price="100.00"), patient=user.patient)
    cashier = arrive(role="Cashier")
    patient = arrive(user)

    cashier.go(f"/admin/smcapp1/consultation/{bill.pk}/change/")
    cashier.page.get_by_text("60.00 short of this bill").wait_for()
    cashier.look()
    cashier.go(f"/admin/smcapp1/patientprofile/{user.patient.pk}/change/")
    cashier.page.get_by_text("60.00 short of this bill").wait_for()
    cashier.look()
    patient.go(f"/portal/bills/{bill.pk}/")
    patient.page.get_by_text("short of this bill").wait_for()
    patient.look()
    patient.go("/portal/")
    patient.page.get_by_text("short of the bill of your newest visit").wait_for()
    patient.look()
