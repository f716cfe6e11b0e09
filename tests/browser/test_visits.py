"""A cashier opens a visit, orders what is done in it, and is led to the payment."""

from invoicing_app.models import BillItem
from tests.browser.cashier import button, find, make_patient
from tests.browser.desk import BETWEEN_CLICKS
from tests.factories import make_item


def test_a_visit_is_opened_ordered_for_and_led_to_its_payment(arrive):
    patient = make_patient("Ikande")
    make_item("RADIOLOGY", "18500.00", name="Ultrasound of the abdomen")
    cashier = arrive(role="Cashier")
    page = cashier.page

    find(cashier, "ikande")
    page.get_by_role("link", name="Open consultation").click()
    cashier.look()
    button(cashier, "Open consultation").dblclick(delay=BETWEEN_CLICKS)
    page.wait_for_url("**/consultation/*/change/**")
    page.get_by_role("combobox", name="Service item").first.click()
    page.keyboard.type("ultra")
    page.get_by_role("option", name="Ultrasound").click()
    button(cashier, "Order").dblclick(delay=BETWEEN_CLICKS)
    page.get_by_text("Ordered.").wait_for()
    cashier.look()
    items = BillItem.objects.filter(consultation__patient=patient)
    assert [(item.description, item.status) for item in items] == [
        ("Ultrasound of the abdomen", "UNPAID")
    ]

    cashier.go("/admin/invoicing_app/depositreceiving/add/")
    cashier.look()
    page.get_by_role("combobox").first.press_sequentially("ikande")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/depositreceiving/add/?consultation=*")
    page.get_by_text("NGN 18,500.00").first.wait_for()
    page.get_by_role("link", name="Consultation").last.click()
    page.get_by_role("link", name="Take payment").last.click()
    page.wait_for_url("**/depositreceiving/add/?consultation=*")
