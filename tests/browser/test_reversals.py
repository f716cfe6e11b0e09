"""A supervisor reverses a deposit that somebody else took; whoever took it is not asked to."""

from decimal import Decimal

from client_wallet.models import WalletAccount, WalletDeposit
from client_wallet.services import deposit_to_wallet
from hospital.core.acts import Act
from tests.browser.cashier import make_patient
from tests.browser.desk import BETWEEN_CLICKS
from tests.factories import UserFactory


def make_deposit(taken_by) -> WalletDeposit:
    taken = deposit_to_wallet(
        patient_id=make_patient("Eze").pk, amount=Decimal("2500.00"), act=Act(taken_by)
    )
    return WalletDeposit.objects.select_related("wallet__patient").get(pk=taken.deposit_id)


def page_of(deposit: WalletDeposit) -> str:
    return f"/admin/client_wallet/walletdeposit/{deposit.pk}/change/"


def test_a_supervisor_reverses_with_a_reason(arrive):
    deposit = make_deposit(UserFactory(role="Cashier"))
    boss = UserFactory(role="Supervisor")
    supervisor = arrive(boss)
    page = supervisor.page

    supervisor.go("/admin/client_wallet/walletdeposit/")
    supervisor.look()
    page.get_by_role("link", name=deposit.receipt_number).click()
    supervisor.look()
    page.get_by_role("link", name="Reverse this deposit").click()
    page.get_by_role("button", name="Reverse", exact=True).click()
    assert page.get_by_label("Reason").get_attribute("aria-invalid") == "true"
    supervisor.look()
    page.get_by_label("Reason").fill("Taken for the wrong patient")
    page.get_by_role("button", name="Reverse", exact=True).dblclick(delay=BETWEEN_CLICKS)

    page.get_by_text("Taken for the wrong patient").first.wait_for()
    supervisor.look()
    assert page.get_by_role("link", name="Reverse this deposit").count() == 0
    deposit.refresh_from_db()
    assert (deposit.reversed_by, deposit.reversal_reason) == (boss, "Taken for the wrong patient")
    wallet = WalletAccount.objects.get(pk=deposit.wallet_id)
    assert wallet.account_balance == Decimal("0.00")


def test_whoever_took_a_deposit_is_not_offered_its_reversal(arrive):
    boss = UserFactory(role="Supervisor")
    cashier = UserFactory(role="Cashier")
    taken_by_boss, taken_by_cashier = make_deposit(boss), make_deposit(cashier)
    offered = {}

    for user, deposit in ((boss, taken_by_boss), (cashier, taken_by_cashier)):
        desk = arrive(user)
        desk.go(page_of(deposit))
        desk.page.get_by_text(deposit.receipt_number).first.wait_for()
        offered[user.username] = desk.page.get_by_role("link", name="Reverse").count()

    assert offered == {boss.username: 0, cashier.username: 0}
