"""A cashier takes a bill by several methods: typed, corrected, refused once, and taken once."""

from decimal import Decimal

from client_wallet.models import WalletAccount
from invoicing_app.models import PaymentTender
from tests.browser.cashier import button, make_patient, make_visit, open_payment
from tests.factories import make_wallet


def tenders(visit) -> list[tuple[str, str, str, str]]:
    """Return what settled a visit: method, kept, change, reference."""
    rows = PaymentTender.objects.filter(payment__consultation=visit).order_by("pk")
    return [
        (one.payment_method, str(one.amount), str(one.change_given), one.external_reference)
        for one in rows
    ]


def test_wallet_card_and_cash_from_what_is_missing_to_the_receipt(arrive):
    visit = make_visit(make_patient("Okafor"))
    make_wallet(holding="1000.00", patient=visit.patient)
    cashier = arrive(role="Cashier")
    page = cashier.page
    open_payment(cashier, visit)
    said = page.locator(".sum-outcome")
    assert not page.get_by_label("Second method").is_visible()

    page.get_by_label("Payment method").select_option(label="Wallet Account")
    assert "NGN 3,500.00 short" in said.inner_text()
    page.get_by_role("button", name="Add another method").click()
    page.get_by_label("Second method").select_option(label="Card")
    page.get_by_label("Amount paid").fill("1000")
    page.get_by_label("Second amount").fill("2,000")
    assert said.inner_text() == "NGN 1,500.00 is missing."
    page.get_by_label("Second external reference").fill("Slip 4711")
    cashier.look()

    page.get_by_role("button", name="Add another method").click()
    page.get_by_label("Third method").select_option(label="Cash")
    assert said.inner_text() == "Type what is handed over."
    page.get_by_label("Third amount").press_sequentially("2000")
    assert said.inner_text() == "Change: NGN 500.00. NGN 0.00 is left in the wallet after it."
    cashier.look()
    assert tenders(visit) == []

    button(cashier, "Take payment").click()

    page.wait_for_url("**/receipt/*/")
    assert page.get_by_text("Give NGN 500.00 change.").is_visible()
    assert page.get_by_text("Several methods").first.is_visible()
    cashier.look()
    assert tenders(visit) == [
        ("WALLET", "1000.00", "0.00", ""),
        ("CARD", "2000.00", "0.00", "Slip 4711"),
        ("CASH", "1500.00", "500.00", ""),
    ]
    assert WalletAccount.objects.get(patient=visit.patient).account_balance == Decimal("0.00")


def test_what_is_refused_stays_as_it_was_typed(arrive):
    visit = make_visit(make_patient("Balogun"))
    cashier = arrive(role="Cashier")
    page = cashier.page
    open_payment(cashier, visit)
    page.get_by_label("Amount paid").fill("1000")
    page.get_by_role("button", name="Add another method").click()
    page.get_by_label("Second method").select_option(label="Bank transfer")
    page.get_by_label("Second amount").fill("100")

    button(cashier, "Take payment").click()

    page.get_by_text("is not enough").wait_for()
    assert page.get_by_label("Second method").input_value() == "TRANSFER"
    assert page.get_by_label("Second amount").input_value() == "100"
    cashier.look()
    assert tenders(visit) == []

    page.get_by_label("Second amount").fill("")
    button(cashier, "Take payment").click()

    page.wait_for_url("**/receipt/*/")
    assert tenders(visit) == [("CASH", "1000.00", "0.00", ""), ("TRANSFER", "3500.00", "0.00", "")]
