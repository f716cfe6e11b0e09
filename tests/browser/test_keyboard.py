"""A whole payment without a mouse: sign in, find the patient, take the money, print, next."""

from decimal import Decimal

from client_wallet.models import ReceiptPrint
from invoicing_app.models import DepositReceiving
from tests.browser.cashier import make_patient, make_visit
from tests.factories import UserFactory

MOST_TABS = 4  # so far the next thing to do may be away
FOCUSED = """
document.activeElement === document.body ? "" : document.activeElement.textContent.trim()
"""


def focused(desk) -> str:
    """Return the words of what would be pressed now."""
    words: str = desk.page.evaluate(FOCUSED)
    return words


def tab_to(desk, words: str) -> None:
    for _ in range(MOST_TABS):
        if words in focused(desk):
            return
        desk.page.keyboard.press("Tab")
    assert words in focused(desk)


def test_a_payment_without_a_mouse(arrive):
    visit = make_visit(make_patient("Ogunleye"))
    UserFactory(username="bola", password="a long secret", role="Cashier")
    cashier = arrive()
    page, keyboard = cashier.page, cashier.page.keyboard
    printed = []
    page.expose_function("printed", lambda path: printed.append(path))
    page.add_init_script("window.print = () => window.printed(location.pathname)")

    cashier.go("/admin/")
    page.wait_for_selector("[name=username]:focus")
    keyboard.type("bola")
    keyboard.press("Tab")
    keyboard.type("a long secret")
    keyboard.press("Enter")
    page.wait_for_selector("[type=search]:focus")
    keyboard.type("ogunl")
    page.get_by_role("option").wait_for()
    keyboard.press("ArrowDown")
    keyboard.press("Enter")
    page.wait_for_url("**/patientprofile/*/change/")
    tab_to(cashier, "Take payment")
    keyboard.press("Enter")
    page.wait_for_url("**/depositreceiving/add/**")
    page.wait_for_selector("[name=amount_paid]:focus")
    keyboard.type("4500")
    keyboard.press("Enter")
    page.wait_for_url("**/receipt/*/")
    tab_to(cashier, "Print ORIGINAL")
    keyboard.press("Enter")
    page.wait_for_url("**/copy/1/")
    page.wait_for_load_state()
    tab_to(cashier, "Next patient")
    keyboard.press("Enter")
    page.wait_for_selector("[type=search]:focus")

    payment = DepositReceiving.objects.get(consultation=visit)
    prints = ReceiptPrint.objects.filter(receipt__entry=payment.entry_id)
    assert (payment.amount_paid, payment.change_given) == (Decimal("4500.00"), Decimal("0.00"))
    assert (prints.count(), len(printed)) == (1, 1)
