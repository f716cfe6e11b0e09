"""A cashier's shift from the float to the Z report, counted blind; cash that changes hands."""

import re
from decimal import Decimal
from typing import Any

from playwright.sync_api import Page

from client_wallet.models import HandOver, Shift, ZReport
from tests.browser.cashier import button
from tests.browser.desk import BETWEEN_CLICKS
from tests.browser.test_receipts import pages_of
from tests.client_wallet.shifts.desk import count, give, hand_over_of, make_shift, shift_of, take
from tests.factories import UserFactory

TO_Z_REPORT = re.compile("Z report$")  # the icon has a name too; the menu has "Z reports"
LONG = "a.rather.long.name.of.somebody.at.the.desk"


def count_pieces(page: Page, **pieces: str) -> None:
    """Type how many pieces there are, by denomination: ``d1000="3"``."""
    for name, number in pieces.items():
        denomination = f"{int(name[1:]):,}.00: how many pieces"
        page.get_by_label(denomination, exact=True).fill(number)


def test_a_shift_from_the_float_to_the_z_report(arrive):
    cashier = UserFactory(role="Cashier", username=LONG)
    desk = arrive(cashier)
    page = desk.page

    desk.go("/admin/")
    page.get_by_role("link", name="Open a shift").click()
    desk.look()
    page.get_by_label("Opening float").fill("1,000.00")
    button(desk, "Open the shift").dblclick(delay=BETWEEN_CLICKS)
    page.get_by_text("is open, with NGN 1,000.00 in the drawer").wait_for()
    desk.look()
    take(cashier, "9876543.21")
    take(cashier, "50.00", "CARD")
    desk.go("/admin/")
    page.get_by_text("What the drawer should hold is shown after you counted it.").wait_for()
    desk.look()
    page.get_by_role("link", name="X report").click()
    page.get_by_text("AMOUNTS ARE SHOWN AFTER THE COUNT").wait_for()
    desk.look()
    assert "9,876,543.21" not in page.content()
    page.get_by_role("link", name="Back to the shift").click()
    page.get_by_role("link", name="Count and close").click()
    page.get_by_role("table", name="What lies in the drawer").wait_for()
    count_pieces(page, d1000="9877", d500="1", d20="2", d2="1", d1="1")
    assert page.locator("[data-total]").inner_text() == "NGN 9,877,543.00"
    page.get_by_label("Card: total of the terminal’s slip").fill("45.00")
    desk.look()
    assert "9,876,543.21" not in page.content()
    button(desk, "This is what I counted").dblclick(delay=BETWEEN_CLICKS)
    page.get_by_text("short NGN 0.21").wait_for()
    page.get_by_text("short NGN 5.00").wait_for()
    desk.look()
    page.get_by_role("link", name=TO_Z_REPORT).click()
    page.get_by_role("heading", name="Z report 000001").first.wait_for()
    desk.look()
    paper = page.locator("[data-paper]")
    assert ZReport.objects.get().seal in paper.inner_text()
    height = paper.bounding_box()["height"] / 96 * 25.4
    ((wide, high),) = pages_of(page.pdf(prefer_css_page_size=True))
    assert wide == 80
    assert height < high < height + 4
    page.get_by_role("link", name="Show on A4").click()
    page.get_by_role("link", name="Show on 80 mm").wait_for()
    desk.look()
    assert set(pages_of(page.pdf(prefer_css_page_size=True))) == {(210, 297)}
    assert Shift.objects.get().status == "CLOSED"


def test_another_supervisor_accepts_what_a_count_differs_by(arrive):
    shift = make_shift(UserFactory(role="Cashier", username=LONG), holding="5000.00")
    count(shift, "100.00", by=shift.cashier)
    boss = arrive(role="Supervisor")
    page = boss.page

    boss.go("/admin/")
    boss.look()
    page.get_by_role("link", name="1 shift waits to be accepted").click()
    boss.look()
    page.get_by_role("link", name=str(shift)).click()
    page.get_by_text("short NGN 4,900.00").wait_for()
    boss.look()
    page.get_by_role("link", name="Accept the difference").click()
    boss.look()
    button(boss, "Accept it and close the shift").click()
    page.wait_for_selector("[aria-invalid=true]")
    boss.look()
    page.get_by_label("Why you accept it").fill("A bundle of notes was taken to the safe.")
    button(boss, "Accept it and close the shift").dblclick(delay=BETWEEN_CLICKS)
    page.get_by_role("link", name=TO_Z_REPORT).wait_for()
    boss.look()
    boss.go("/admin/client_wallet/shift/z-reports/")
    page.get_by_text("Z 000001").wait_for()
    boss.look()
    shift.refresh_from_db()
    assert (shift.status, shift.acceptance_reason) == (
        "CLOSED",
        "A bundle of notes was taken to the safe.",
    )


def _gives(desk: Any, amount: str, to: str, name: str = "") -> None:
    desk.go("/admin/client_wallet/handover/add/")
    desk.page.get_by_label("Amount").fill(amount)
    desk.page.get_by_label("To", exact=False).first.select_option(label=to)
    if name:
        desk.page.get_by_label("Which cashier").select_option(label=name)
    desk.look()
    button(desk, "Hand over").dblclick(delay=BETWEEN_CLICKS)


def test_cash_goes_to_another_cashier_who_counts_and_receives_it(arrive):
    giver = UserFactory(role="Cashier", username="giver")
    getter = UserFactory(role="Cashier", username=LONG)
    make_shift(giver, holding="500.00")
    desk, other = arrive(giver), arrive(getter)

    _gives(desk, "600.00", "Another cashier", LONG)
    desk.page.get_by_text("The drawer does not hold NGN 600.00 in cash.").wait_for()
    desk.look()
    desk.page.get_by_label("Amount").fill("200.00")
    button(desk, "Hand over").dblclick(delay=BETWEEN_CLICKS)
    desk.page.get_by_text("where somebody has to say that it arrived").wait_for()
    desk.look()
    other.go("/admin/")
    other.look()
    other.page.get_by_role("link", name="giver").click()
    other.look()
    other.page.get_by_role("link", name="Receive").click()
    other.look()
    other.page.keyboard.press("Enter")  # the button has the focus: nothing is to be typed
    other.page.get_by_text("The cash has arrived.").wait_for()
    other.look()

    assert hand_over_of(shift_of(giver)).status == HandOver.Status.RECEIVED
    assert HandOver.objects.count() == 1


def test_cash_for_the_safe_is_rejected_and_goes_back(arrive):
    shift = make_shift(UserFactory(role="Cashier", username="giver"), holding="500.00")
    give(shift.cashier, "200.00")
    boss = arrive(role="Supervisor")

    boss.go("/admin/client_wallet/handover/in-transit/")
    boss.look()
    boss.page.get_by_role("link", name=str(hand_over_of(shift))).click()
    boss.page.get_by_role("link", name="Reject").click()
    boss.look()
    boss.page.get_by_label("Reason").fill("There were 190.00 in the bag.")
    boss.page.get_by_role("button", name="Reject").dblclick(delay=BETWEEN_CLICKS)
    boss.page.get_by_text("went back to where it came from").wait_for()
    boss.look()

    given = hand_over_of(shift)
    assert (given.status, given.rejection_reason) == ("REJECTED", "There were 190.00 in the bag.")
    assert given.amount == Decimal("200.00")
