"""A cashier waives a part of a bill, asks for more, and a supervisor decides."""

from decimal import Decimal

from invoicing_app.models import BillItem
from tests.browser.cashier import button, make_visit, open_payment, take_payment
from tests.browser.desk import BETWEEN_CLICKS
from tests.factories import UserFactory
from tests.invoicing_app.waivers.desk import ask, ask_for_much, states


def fill_in(page, *, of: str, how_much: str, percent: bool = False) -> None:
    page.get_by_role("combobox", name="Of what").select_option(label=of)
    if percent:
        page.get_by_label("A percentage of what is due").check()
    page.get_by_label("How much").fill(how_much)
    page.get_by_label("Reason").select_option(label="Patient cannot pay")
    page.get_by_label("In your words").fill("Lost her work")


def test_a_cashier_waives_a_part_of_a_bill_and_the_rest_is_paid(arrive):
    visit = make_visit()
    cashier = arrive(role="Cashier")
    page = cashier.page

    cashier.go(f"/admin/smcapp1/consultation/{visit.pk}/change/")
    page.get_by_role("link", name="Waive", exact=True).click()
    cashier.look()
    fill_in(page, of="Pharmacy, all of it: NGN 3,000.00 due", how_much="150", percent=True)
    button(cashier, "Waive").click()
    assert page.get_by_label("How much").get_attribute("aria-invalid") == "true"
    cashier.look()
    page.get_by_label("How much").fill("50")
    button(cashier, "Waive").dblclick(delay=BETWEEN_CLICKS)

    page.get_by_text("NGN 1,500.00 waived.").first.wait_for()
    page.get_by_text("NGN 3,000.00").first.wait_for()
    cashier.look()
    page.get_by_role("link", name="Print bill").click()
    page.get_by_text("Waived: Patient cannot pay").wait_for()
    cashier.look()
    open_payment(cashier, visit)
    take_payment(cashier, handed="3000")
    page.get_by_text("waived −").first.wait_for()
    cashier.look()
    waived = BillItem.objects.order_by("pk").values_list("waived", flat=True)
    assert list(waived) == [Decimal("0.00"), Decimal("1500.00")]


def test_what_is_above_the_limit_waits_for_a_supervisor(arrive):
    visit = make_visit()
    asker = UserFactory(role="Cashier")
    ask_for_much(visit, asker, "2000.00", department="PHARMACY")
    supervisor = arrive(role="Supervisor")
    page = supervisor.page

    supervisor.go("/admin/invoicing_app/waiver/waiting/")
    page.get_by_text("Waiting for a decision: 1, of NGN 2,000.00 together.").wait_for()
    supervisor.look()
    page.locator("#result_list tbody th a").first.click()
    page.get_by_text("A widow with five children").wait_for()
    supervisor.look()
    page.get_by_role("link", name="Approve").click()
    supervisor.look()
    button(supervisor, "Approve").dblclick(delay=BETWEEN_CLICKS)

    page.get_by_role("link", name="Take back").wait_for()
    supervisor.look()
    assert states() == ["GRANTED"]
    page.get_by_role("link", name="Take back").click()
    page.get_by_label("Reason").fill("Wrong patient")
    button(supervisor, "Take back").click()
    page.get_by_text("Taken back").first.wait_for()
    supervisor.look()
    assert states() == ["TAKEN_BACK"]


def test_a_waiver_is_given_without_a_mouse(arrive):
    visit = make_visit()
    cashier = arrive(role="Cashier")
    page = cashier.page

    cashier.go(f"/admin/invoicing_app/waiver/add/?consultation={visit.pk}")
    page.get_by_label("How much").focus()
    page.keyboard.type("100")
    page.keyboard.press("Tab")
    page.keyboard.press("P")  # Patient cannot pay
    page.keyboard.press("Tab")
    page.keyboard.type("Lost her work")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    page.get_by_text("NGN 100.00 waived.").first.wait_for()
    assert states() == ["GRANTED"]


def test_the_accountant_reads_who_waived_what_and_sets_the_limits(arrive):
    ask(
        make_visit(),
        UserFactory(role="Cashier", first_name="Ngozi"),
        "10.00",
        department="PHARMACY",
    )
    accountant = arrive(role="Accountant")

    accountant.go("/admin/reports/waivers/")
    accountant.page.get_by_text("Ngozi").first.wait_for()
    accountant.look()
    accountant.page.get_by_role("link", name="10.00").first.click()
    accountant.page.get_by_text("Patient cannot pay").first.wait_for()
    accountant.look()
    accountant.go("/admin/invoicing_app/waiverlimit/")
    accountant.look()
    accountant.page.get_by_role("link", name="Cashier").click()
    accountant.look()
