"""A cashier takes payments: each once, and none that the server refuses."""

from decimal import Decimal

from client_wallet.models import JournalEntry, WalletAccount
from invoicing_app.models import BillItem, DepositReceiving
from tests.browser.cashier import (
    button,
    find,
    make_patient,
    make_visit,
    open_payment,
    refusal,
    take_payment,
)
from tests.browser.desk import BETWEEN_CLICKS
from tests.factories import UserFactory, make_wallet


def taken(visit) -> list[tuple[str, str, Decimal, Decimal, Decimal]]:
    """Return the payments of a visit: method, department, total, handed over, change."""
    rows = DepositReceiving.objects.filter(consultation=visit)
    return list(
        rows.values_list("payment_method", "department", "total_due", "amount_paid", "change_given")
    )


def statuses(visit) -> list[str]:
    items = BillItem.objects.filter(consultation=visit).order_by("pk")
    return list(items.values_list("status", flat=True))


CASH_WITH_CHANGE = ("CASH", "ALL", Decimal("4500.00"), Decimal("5000.00"), Decimal("500.00"))


def test_cash_from_the_search_to_the_receipt_with_its_change(arrive):
    visit = make_visit(make_patient("Okonkwo"))
    make_wallet(holding="1234567.89", patient=make_patient("Okonkwo-Nwachukwu", "Ngozi"))
    make_visit(make_patient("Abiodun-Okonkwo", "Tunde"))
    cashier = arrive(UserFactory(first_name="Bola", last_name="Adeyemi", role="Cashier"))
    page = cashier.page

    find(cashier, visit.patient.hospital_number)
    page.get_by_role("link", name="Take payment").last.click()
    page.get_by_text("NGN 4,500.00").first.wait_for()
    page.get_by_label("Amount paid").press_sequentially("5,000")
    assert page.get_by_text("Change: NGN 500.00").is_visible()
    cashier.look()
    assert taken(visit) == []

    button(cashier, "Take payment").click()

    page.wait_for_url("**/receipt/*/")
    assert page.get_by_text("Give NGN 500.00 change.").is_visible()
    cashier.look()
    assert (taken(visit), statuses(visit)) == ([CASH_WITH_CHANGE], ["PAID", "PAID"])

    page.get_by_role("link", name="Next patient").click()
    page.get_by_role("combobox", name="Find a patient").press_sequentially("okonk")
    page.get_by_role("option").first.wait_for()
    cashier.look()


def test_the_wallet_pays_what_is_due(arrive):
    visit = make_visit(make_patient("Balogun"))
    make_wallet(holding="6000.00", patient=visit.patient)
    cashier = arrive(role="Cashier")
    open_payment(cashier, visit)

    cashier.page.get_by_label("Payment method").select_option(label="Wallet Account")
    assert cashier.page.get_by_text("NGN 1,500.00 is left in the wallet after it.").is_visible()
    cashier.look()
    button(cashier, "Take payment").click()

    cashier.page.wait_for_url("**/receipt/*/")
    total = Decimal("4500.00")
    assert taken(visit) == [("WALLET", "ALL", total, total, Decimal("0.00"))]
    assert WalletAccount.objects.get(patient=visit.patient).account_balance == Decimal("1500.00")


def test_too_little_cash_is_refused_beside_the_field_and_keeps_what_was_typed(arrive):
    visit = make_visit()
    cashier = arrive(role="Cashier")
    entries = JournalEntry.objects.count()
    open_payment(cashier, visit)

    take_payment(cashier, handed="4,000.50")

    typed, said = refusal(cashier, "Amount paid")
    assert (typed, taken(visit), statuses(visit)) == ("4,000.50", [], ["UNPAID", "UNPAID"])
    assert "4500.00" in said.replace(",", "")
    assert JournalEntry.objects.count() == entries
    cashier.look()

    take_payment(cashier, handed="4500")

    cashier.page.wait_for_url("**/receipt/*/")
    assert len(taken(visit)) == 1


def test_a_wallet_that_is_too_small_is_refused_in_plain_words(arrive):
    visit = make_visit()
    make_wallet(holding="100.00", patient=visit.patient)
    cashier = arrive(role="Cashier")
    open_payment(cashier, visit)

    take_payment(cashier, "Wallet Account")

    chosen, said = refusal(cashier, "Payment method")
    assert (chosen, taken(visit), statuses(visit)) == ("WALLET", [], ["UNPAID", "UNPAID"])
    assert "100.00" in said
    assert WalletAccount.objects.get(patient=visit.patient).account_balance == Decimal("100.00")


def test_a_double_click_pays_once(arrive):
    visit = make_visit()
    cashier = arrive(role="Cashier")
    open_payment(cashier, visit)
    cashier.page.get_by_label("Amount paid").fill("5000")

    button(cashier, "Take payment").dblclick(delay=BETWEEN_CLICKS)

    cashier.page.wait_for_url("**/receipt/*/")
    assert taken(visit) == [CASH_WITH_CHANGE]


def test_two_windows_with_the_same_form_pay_once(arrive):
    visit = make_visit()
    cashier = arrive(role="Cashier")
    open_payment(cashier, visit)
    second = cashier.page.context.new_page()
    second.goto(cashier.page.url)  # with the form's one-time key
    take_payment(cashier, handed="5000")
    cashier.page.wait_for_url("**/receipt/*/")

    second.get_by_label("Amount paid").fill("5000")
    second.get_by_role("button", name="Take payment").click()

    second.wait_for_url("**/receipt/*/")
    assert second.get_by_text("nothing was taken again").is_visible()
    assert taken(visit) == [CASH_WITH_CHANGE]


def test_the_back_button_and_a_refresh_pay_once(arrive):
    visit = make_visit()
    cashier = arrive(role="Cashier")
    page = cashier.page
    open_payment(cashier, visit)
    take_payment(cashier, handed="5000")
    page.wait_for_url("**/receipt/*/")

    page.reload()
    page.go_back()
    page.wait_for_url("**/depositreceiving/add/**")
    if button(cashier, "Take payment").count():
        page.get_by_label("Amount paid").fill("5000")
        button(cashier, "Take payment").click()
        page.wait_for_url("**/receipt/*/")
        assert page.get_by_text("nothing was taken again").is_visible()

    assert taken(visit) == [CASH_WITH_CHANGE]
