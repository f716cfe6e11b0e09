"""A cashier asks for a refund, a supervisor approves it, and a cashier pays it out."""

from invoicing_app.models import DepositReceiving
from tests.browser.cashier import button, make_visit
from tests.browser.desk import BETWEEN_CLICKS
from tests.factories import UserFactory
from tests.invoicing_app.desk import items_of, pay
from tests.invoicing_app.refunds.desk import approve, ask, states


def test_a_refund_is_asked_for_with_its_plan_and_waits(arrive):
    visit = make_visit()
    cashier = arrive(role="Cashier")
    page = cashier.page
    paid = pay(visit, UserFactory(role="Cashier"), "CASH", "4500.00")
    page_of_payment = DepositReceiving.objects.get(pk=paid.payment_id)

    cashier.go(f"/admin/invoicing_app/depositreceiving/{page_of_payment.pk}/change/")
    page.locator("a[href*='depositreceiving'][href$='/refund/']").click()
    page.get_by_label("Some items").check()
    page.get_by_label("How many of Amoxicillin 500 mg").fill("3")
    page.get_by_label("Reason").fill("Other tablets were prescribed")
    cashier.look()
    button(cashier, "Show what goes back").click()
    page.get_by_text("less than or equal to 2").wait_for()
    cashier.look()
    page.get_by_label("How many of Amoxicillin 500 mg").fill("1")
    button(cashier, "Show what goes back").click()
    page.get_by_text("1 not handed out: back on the shelf.").wait_for()
    page.get_by_text("Your drawer does not hold that much cash now").wait_for()
    cashier.look()
    button(cashier, "Ask for it").dblclick(delay=BETWEEN_CLICKS)

    page.get_by_text("was asked for; somebody else approves it.").wait_for()
    cashier.look()
    assert states() == ["REQUESTED"]


def test_an_approved_refund_is_paid_out_and_its_receipt_printed(arrive):
    visit = make_visit()
    who = UserFactory(role="Cashier")
    cashier = arrive(who)
    page = cashier.page
    paid = pay(visit, who, "CASH", "4500.00")
    approve(ask(paid, (items_of(visit)[1], 2)))

    cashier.go("/admin/invoicing_app/refund/to_pay_out/")
    page.get_by_text("Approved, and not paid out: 1.").wait_for()
    cashier.look()
    page.locator("#result_list tbody th a").first.click()
    cashier.look()
    page.locator("a[href$='/pay-out/']").click()
    page.get_by_text("in cash").first.wait_for()
    cashier.look()
    button(cashier, "Pay out").dblclick(delay=BETWEEN_CLICKS)

    page.get_by_text("Refund receipt").first.wait_for()
    cashier.look()
    assert states() == ["PAID"]


def test_a_supervisor_approves_what_somebody_else_asked_for(arrive):
    visit = make_visit()
    supervisor = arrive(role="Supervisor")
    page = supervisor.page
    paid = pay(visit, UserFactory(role="Cashier"), "CASH", "4500.00")
    ask(paid)

    supervisor.go("/admin/invoicing_app/refund/waiting/")
    page.get_by_text("Waiting for a decision: 1.").wait_for()
    supervisor.look()
    page.locator("#result_list tbody th a").first.click()
    page.locator("a[href$='/approve/']").click()
    supervisor.look()
    button(supervisor, "Approve").dblclick(delay=BETWEEN_CLICKS)

    page.locator("a[href$='/pay-out/']").wait_for()
    assert states() == ["APPROVED"]
