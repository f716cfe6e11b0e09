"""Refunds of every kind, for books that are to be proved."""

from tests.factories import UserFactory, make_bill, make_drug, make_item, make_wallet
from tests.invoicing_app.desk import items_of, pay
from tests.invoicing_app.payers.desk import covered_bill, make_payer
from tests.invoicing_app.refunds.desk import approve, ask, edit, give_back, pay_out, withdraw
from tests.invoicing_app.stock.drugs import hand_out
from tests.invoicing_app.tenders.desk import pay_by


def refunds_of_every_kind() -> None:
    """
    Of several tenders and in part, drugs and a test among them; into the wallet; of a covered item;
    after an edit; one asked for, one withdrawn.
    """
    cashier = UserFactory(role="Cashier")
    wallet = make_wallet(holding="30.00")
    bill = make_bill(
        (make_item("RADIOLOGY"), 3),
        make_item("LABORATORY"),
        (make_drug(holding=9), 4),
        patient=wallet.patient,
    )
    paid = pay_by(bill, cashier, ("WALLET", "30.00"), ("CARD", "50.00"), ("CASH", "720.00"))
    scan, test, drug = items_of(bill)
    hand_out(drug, 3)
    give_back(paid, cashier, (scan, 1), (drug, 2))
    give_back(paid, cashier, (drug, 1, True), (test, 1))
    ask(paid, (scan, 1))
    withdraw(ask(paid, (scan, 1), by=cashier), by=cashier)
    covered = pay(covered_bill(make_payer("REFUND", PROCEDURE="80")), cashier, "CASH", "100.00")
    give_back(covered, cashier, cash_to="WALLET")
    other = pay(bill := make_bill((make_item(), 2)), cashier, "CASH", "200.00")
    (item,) = items_of(bill)
    asked = approve(ask(other, (item, 2), by=cashier))
    pay_out(approve(edit(asked, other, (item, 1), by=cashier)), cashier)
