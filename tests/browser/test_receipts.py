"""A cashier prints receipts: one page of paper, once as the original, and a stranger checks it."""

import re

from client_wallet.models import ReceiptPrint
from client_wallet.receipt_prints import receipt_url
from invoicing_app.models import DepositReceiving
from tests.browser.cashier import button, make_patient
from tests.factories import UserFactory, make_bill, make_item
from tests.invoicing_app.desk import pay
from tests.invoicing_app.receipts import make_reversed_deposit, print_of

POINTS_PER_MM = 72 / 25.4
LONG = "Magnetic resonance imaging of the lumbosacral spine with and without gadolinium contrast"


def make_long_payment() -> DepositReceiving:
    """Return a payment of 15 items in three departments, with long names and large amounts."""
    items = [
        make_item(department, "9999999.99", name=f"{LONG} {number}")
        for department in ("RADIOLOGY", "LABORATORY", "DENTAL_SURGERY")
        for number in range(5)
    ]
    bill = make_bill(*items, patient=make_patient("Okonkwo"))
    taken = pay(bill, UserFactory(role="Cashier"), "CASH", "600000000.00")
    return DepositReceiving.objects.get(pk=taken.payment_id)


def pages_of(pdf: bytes) -> list[tuple[int, int]]:
    """Return width and height of each page, in millimetres."""
    boxes = re.findall(rb"/MediaBox\s*\[0 0 ([0-9.]+) ([0-9.]+)\]", pdf)
    return [
        (
            round(float(width) / POINTS_PER_MM),
            round(float(height) / POINTS_PER_MM),
        )
        for width, height in boxes
    ]


def test_enter_prints_the_original_on_one_page_and_what_comes_after_is_a_duplicate(arrive):
    payment = make_long_payment()
    cashier = arrive(role="Cashier")
    page = cashier.page

    cashier.go(receipt_url(payment))
    cashier.look()
    page.wait_for_function("document.activeElement.innerText.includes('Print ORIGINAL')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/copy/1/")
    cashier.look()
    paper = page.locator(".receipt")
    height = paper.bounding_box()["height"] / 96 * 25.4
    ((wide, high),) = pages_of(page.pdf(prefer_css_page_size=True))

    assert wide == 80
    assert height < high < height + 4
    page.emulate_media(media="print")
    assert not paper.is_visible()  # the dialog was closed: this copy is spent
    page.reload()
    assert not paper.is_visible()
    page.emulate_media(media="screen")
    cashier.look()
    button(cashier, "Print DUPLICATE 1").click()
    page.wait_for_url("**/copy/2/")
    page.emulate_media(media="print")
    assert "DUPLICATE 1" in paper.inner_text()
    assert ReceiptPrint.objects.filter(receipt__entry=payment.entry_id).count() == 2


def test_what_is_printed_past_the_button_is_no_receipt(arrive):
    cashier = arrive(role="Cashier")
    cashier.go(receipt_url(make_long_payment()))

    cashier.page.emulate_media(media="print")

    assert not cashier.page.locator(".receipt").is_visible()
    said = cashier.page.evaluate("getComputedStyle(document.body, '::before').content")
    assert said.startswith('"NOT A RECEIPT.')


def test_a_stranger_checks_a_receipt(arrive):
    deposit = make_reversed_deposit(make_patient("Eze"))
    stranger = arrive()

    stranger.go(f"/r/{print_of(deposit.reversal_id).token}")
    assert stranger.page.get_by_role("heading", name="Valid").is_visible()
    stranger.look()
    stranger.go(f"/r/{print_of(deposit.entry_id).token}")
    assert stranger.page.get_by_role("heading", name="Reversed").is_visible()
    stranger.look()
    stranger.troubles.expected.add(404)
    stranger.go(f"/r/{'A' * 22}")
    assert stranger.page.get_by_role("heading", name="Unknown").is_visible()
    stranger.look()

    assert stranger.page.context.cookies() == []
