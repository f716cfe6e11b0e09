"""A withdrawal is asked for; what the bank never answered for is decided on by somebody else."""

import re
from decimal import Decimal

from client_wallet.models import Withdrawal
from hospital.core.acts import Act
from tests.browser.cashier import button, find, make_patient, refusal
from tests.browser.desk import BETWEEN_CLICKS
from tests.client_wallet.withdrawals.desk import balance_of, under_review
from tests.factories import UserFactory, make_wallet

DECIDE = re.compile("Decide$")  # the menu has lists "to decide on"
REVIEW = "/admin/client_wallet/withdrawal/review/"


def test_a_withdrawal_is_asked_for_and_called_off(arrive):
    wallet = make_wallet(patient=make_patient("Danjuma"), holding="5000.00")
    cashier = arrive(role="Cashier")
    page = cashier.page

    find(cashier, "danjuma")
    page.get_by_role("link", name="Withdraw", exact=True).click()
    page.get_by_text("Wallet holds NGN 5,000.00.").wait_for()
    page.get_by_label("Amount").fill("1200")
    page.get_by_label("Bank code").fill("058")
    button(cashier, "Ask for the withdrawal").click()
    assert refusal(cashier, "Account number") == ("", "Write 1 to 34 characters.")
    cashier.look()
    page.get_by_label("Account number").fill("1234567890")
    page.get_by_label("Account name").fill("Adaeze Danjuma")
    button(cashier, "Ask for the withdrawal").dblclick(delay=BETWEEN_CLICKS)

    page.get_by_text("Nothing has been taken from the wallet yet.").wait_for()
    asked = Withdrawal.objects.get(wallet=wallet)
    assert (asked.amount, asked.status) == (Decimal("1200.00"), "SCHEDULED")
    page.get_by_role("link", name="Call off").click()
    button(cashier, "Call off").click()
    page.get_by_text("It was called off before anything was taken").wait_for()
    asked.refresh_from_db()
    assert asked.status == "CANCELLED"


def test_a_supervisor_decides_with_evidence_and_whoever_asked_is_not_offered_it(arrive):
    asker, boss = UserFactory(role="Supervisor"), UserFactory(role="Supervisor")
    withdrawal = under_review(act=Act(asker))
    taker, supervisor = arrive(asker), arrive(boss)
    page = supervisor.page

    taker.go(f"/admin/client_wallet/withdrawal/{withdrawal.pk}/change/")
    taker.page.get_by_text("another supervisor decides on it").wait_for()
    assert taker.page.get_by_role("link", name=DECIDE).count() == 0
    supervisor.go(REVIEW)
    page.get_by_role("link", name=withdrawal.bank_reference[:11]).click()
    page.get_by_text("What the bank was asked, and what it answered").wait_for()
    supervisor.look()
    page.get_by_role("link", name=DECIDE).click()
    page.get_by_label("How you know").fill("Line 7 of the statement of 3 May")
    button(supervisor, "Decide").click()
    assert refusal(supervisor, "What became of it")[1] == "This field is required."
    supervisor.look()
    page.get_by_label("What became of it").select_option(label="The bank paid it")
    page.get_by_label("I have it from the bank itself").check()
    button(supervisor, "Decide").dblclick(delay=BETWEEN_CLICKS)

    page.get_by_text("The bank has paid. The money has left the hospital.").wait_for()
    withdrawal.refresh_from_db()
    assert (withdrawal.status, withdrawal.ended_by) == ("COMPLETED", boss)
    assert withdrawal.evidence == "Line 7 of the statement of 3 May"
    assert balance_of(withdrawal.wallet) == Decimal("40.00")
    supervisor.go(REVIEW)
    page.get_by_text("No withdrawal waits for a decision").wait_for()
