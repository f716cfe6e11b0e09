"""The accountant hands in a price list, looks at what it would do, and then lets it."""

from datetime import date
from decimal import Decimal

from django.utils import timezone

from smcapp1.models import Price, ServiceItem
from tests.factories import DepartmentFactory, ServiceItemFactory

LIST = """Hospital charges
"No warranty is given"
Code,Description,Price
XR1,Chest X-ray,"$1,250.00 "
XR2,Skull X-ray,900
XR3,Hand X-ray,on request
"""


def hand_in(desk, text: str) -> None:
    page = desk.page
    page.get_by_label("Department").select_option(label="Radiology")
    page.get_by_label("Price list").set_input_files(
        {"name": "charges.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.get_by_role("button", name="Preview").click()


def prices() -> dict[str, list[tuple[date, Decimal]]]:
    """Return every price of the department, by the item's code."""
    found: dict[str, list[tuple[date, Decimal]]] = {}
    rows = Price.objects.filter(service_item__department__code="RADIOLOGY")
    for price in rows.select_related("service_item").order_by("effective_from"):
        entry = (price.effective_from, price.unit_price)
        found.setdefault(price.service_item.code, []).append(entry)
    return found


def test_a_list_is_previewed_imported_and_then_known(arrive):
    department = DepartmentFactory(code="RADIOLOGY")
    old = ServiceItemFactory(department=department, code="XR2", name="Skull X-ray", price="800.00")
    accountant = arrive(role="Accountant")
    page = accountant.page
    before = (date(2020, 1, 1), Decimal("800.00"))
    today = timezone.localdate()

    accountant.go("/admin/smcapp1/serviceitem/")
    accountant.look()
    page.get_by_role("link", name="Import price list").click()
    hand_in(accountant, LIST)
    page.get_by_text("1 new, 1 changed, 0 unchanged, 1 rejected").wait_for()
    accountant.look()
    assert prices() == {"XR2": [before]}

    page.get_by_role("button", name="Leave out what is rejected and import the rest").click()
    page.get_by_text("charges.csv was imported: 1 new, 1 changed").wait_for()
    assert prices() == {
        "XR1": [(today, Decimal("1250.00"))],
        "XR2": [before, (today, Decimal("900.00"))],
    }

    page.get_by_role("link", name="Import price list").click()
    hand_in(accountant, LIST)
    page.get_by_text("0 new, 0 changed, 2 unchanged, 1 rejected").wait_for()
    page.get_by_text("There is nothing to import.").wait_for()
    assert page.get_by_role("button", name="import").count() == 0

    accountant.go(f"/admin/smcapp1/serviceitem/{old.pk}/change/")
    accountant.look()


def test_a_file_that_is_no_list_is_refused_beside_its_field(arrive):
    DepartmentFactory(code="RADIOLOGY")
    accountant = arrive(role="Accountant")
    before = ServiceItem.objects.count()

    accountant.go("/admin/smcapp1/serviceitem/import-price-list")
    hand_in(accountant, "Good morning\n")

    refused = accountant.page.get_by_label("Price list")
    assert refused.get_attribute("aria-invalid") == "true"
    accountant.look()
    assert ServiceItem.objects.count() == before
