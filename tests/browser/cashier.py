"""What a cashier does at the desk, by the words that stand on the page."""

from playwright.sync_api import Locator

from smcapp1.models import Consultation, PatientProfile
from tests.browser.desk import Desk
from tests.factories import PatientFactory, make_bill, make_drug, make_item


def make_visit(patient: PatientProfile | None = None) -> Consultation:
    """Return a visit with NGN 4,500.00 due: a test for 1,500.00 and two drugs of 1,500.00."""
    test = make_item("LABORATORY", "1500.00", name="Full blood count")
    drug = make_drug(price="1500.00", holding=50, name="Amoxicillin 500 mg")
    return make_bill(test, (drug, 2), patient=patient)


def make_patient(last_name: str, first_name: str = "Adaeze") -> PatientProfile:
    patient: PatientProfile = PatientFactory(first_name=first_name, last_name=last_name)
    return patient


def find(desk: Desk, words: str) -> None:
    """Find a patient from the first page, by typing and Enter; land on the patient's page."""
    desk.go("/admin/")
    desk.page.get_by_role("combobox", name="Find a patient").press_sequentially(words)
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_url("**/patientprofile/*/change/")


def open_payment(desk: Desk, visit: Consultation) -> None:
    desk.go(f"/admin/invoicing_app/depositreceiving/add/?consultation={visit.pk}")


def take_payment(desk: Desk, method: str = "Cash", handed: str | None = None) -> None:
    """Fill the form in and press its button."""
    page = desk.page
    page.get_by_label("Payment method").select_option(label=method)
    if handed is not None:
        page.get_by_label("Amount paid").fill(handed)
    button(desk, "Take payment").click()


def button(desk: Desk, name: str) -> Locator:
    return desk.page.get_by_role("button", name=name, exact=True)


def refusal(desk: Desk, field: str) -> tuple[str, str]:
    """Return what stands in a field that was refused, and the words that it is described by."""
    desk.page.wait_for_selector("[aria-invalid=true]")
    refused = desk.page.get_by_label(field)
    described = (refused.get_attribute("aria-describedby") or "").split()
    said = [desk.page.locator(f"[id='{one}']").inner_text() for one in described]
    assert refused.get_attribute("aria-invalid") == "true"
    return refused.input_value(), " ".join(said)
