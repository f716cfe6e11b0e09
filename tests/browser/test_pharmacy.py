"""A pharmacist receives stock, writes some off, and hands out what was paid."""

from datetime import timedelta

from django.utils import timezone

from invoicing_app.models import DrugHandOut
from smcapp1.models import StockBatch, StockMovement
from tests.browser.cashier import button, make_patient
from tests.browser.desk import BETWEEN_CLICKS
from tests.factories import UserFactory, make_bill, make_drug, make_item, make_stock
from tests.invoicing_app.desk import items_of, pay


def movements(drug) -> list[tuple[str, str, int, int, str]]:
    """Return what moved of a drug: batch, kind, quantity, what was left, why."""
    moved = StockMovement.objects.filter(batch__service_item=drug).order_by("pk")
    return list(
        moved.values_list("batch__batch_number", "kind", "quantity", "quantity_after", "reason")
    )


def test_stock_is_received_and_what_is_broken_is_written_off(arrive):
    drug = make_drug(name="Ceftriaxone 1 g vial")
    pharmacist = arrive(role="Pharmacist")
    page = pharmacist.page
    expires_on = timezone.localdate() + timedelta(days=40)

    pharmacist.go("/admin/")
    pharmacist.look()
    pharmacist.go("/admin/smcapp1/stockbatch/add/")
    page.get_by_role("combobox", name="Drug").click()
    page.keyboard.type("ceftri")
    page.get_by_role("option", name="Ceftriaxone").click()
    page.get_by_label("Batch number").fill("CX-17")
    page.get_by_label("Expires on").fill(expires_on.isoformat())
    page.get_by_label("Unit cost").fill("410.50")
    page.get_by_label("Quantity").fill("12")
    pharmacist.look()
    button(pharmacist, "Receive stock").dblclick(delay=BETWEEN_CLICKS)
    page.get_by_text("12 are on the shelf").wait_for()
    pharmacist.look()

    page.get_by_role("link", name="Write off").click()
    page.get_by_label("Quantity").fill("13")
    page.get_by_label("Reason").fill("Dropped")
    button(pharmacist, "Write off").click()
    assert page.get_by_label("Quantity").get_attribute("aria-invalid") == "true"
    assert page.get_by_label("Reason").input_value() == "Dropped"
    pharmacist.look()
    page.get_by_label("Quantity").fill("2")
    button(pharmacist, "Write off").dblclick(delay=BETWEEN_CLICKS)
    page.get_by_text("written off: Dropped").wait_for()

    assert movements(drug) == [
        ("CX-17", "RECEIVED", 12, 12, ""),
        ("CX-17", "WRITTEN_OFF", 2, 10, "Dropped"),
    ]
    assert StockBatch.objects.get(service_item=drug).quantity_on_hand == 10


def test_lists_show_what_expires_and_what_runs_low(arrive):
    drug = make_drug(name="Insulin, isophane, human, 100 units per millilitre, vial of 10 ml")
    make_stock(drug, 1_234_567, days_left=10, batch="NEAR")
    pharmacist = arrive(role="Pharmacist")

    pharmacist.go("/admin/smcapp1/stockbatch/near-expiry/")
    pharmacist.page.get_by_role("cell", name="in 10 days").first.wait_for()
    pharmacist.look()
    pharmacist.go("/admin/smcapp1/serviceitem/low-stock/")
    pharmacist.look()
    pharmacist.go("/admin/smcapp1/stockmovement/")
    pharmacist.look()


def test_paid_drugs_are_handed_out_once(arrive):
    drug = make_drug(price="20.00", holding=30, name="Artemether and lumefantrine")
    bill = make_bill((drug, 24), make_item("LABORATORY", "20.00"), patient=make_patient("Sule"))
    pay(bill, UserFactory(role="Cashier"), "CASH", "500.00")
    user = UserFactory(role="Pharmacist")
    pharmacist = arrive(user)
    page = pharmacist.page

    pharmacist.go("/admin/invoicing_app/drughandout/waiting/")
    pharmacist.look()
    page.get_by_label("Whose drugs are handed out?").fill("sule")
    page.keyboard.press("Enter")
    visit = page.get_by_role("form", name="Adaeze Sule")
    visit.get_by_role("button", name="Handed out").dblclick(delay=BETWEEN_CLICKS)
    page.get_by_text("1 drug handed out to").wait_for()
    page.get_by_label("Whose drugs are handed out?").fill("sule")
    page.keyboard.press("Enter")
    page.get_by_text("No paid drugs wait").wait_for()
    pharmacist.look()

    handed_out = DrugHandOut.objects.filter(bill_item__in=items_of(bill))
    assert [(one.bill_item, one.quantity, one.handed_out_by) for one in handed_out] == [
        (items_of(bill)[0], 24, user)
    ]
    page.goto("/admin/invoicing_app/drughandout/")
    pharmacist.look()
