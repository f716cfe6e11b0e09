"""The refund of a covered item takes the payer's share back, as long as it is open."""

from decimal import Decimal

import pytest

from invoicing_app.payers.errors import ClaimSettled
from invoicing_app.payers.models import Claim
from invoicing_app.shares import payer_shares
from tests.factories import add_to_bill, make_item
from tests.invoicing_app.desk import items_of, pay
from tests.invoicing_app.payers.desk import covered_bill, limited, make_payer, owed, remit, send
from tests.invoicing_app.refunds.desk import approve, ask, give_back, pay_out, posted
from tests.rows import everything

pytestmark = pytest.mark.usefixtures("db")


def test_the_patient_gets_the_own_part_and_the_payer_owes_its_share_no_longer(cashier):
    payer = make_payer(PROCEDURE=limited("80", "80.00", "YEAR"))
    bill = covered_bill(payer, "100.00")
    paid = pay(bill, cashier, "CASH", "20.00")

    refund = give_back(paid, cashier, (items_of(bill)[0], 1))

    assert posted(refund) == [
        ("CREDIT", "CASH", "20.00"),
        ("CREDIT", "RECEIVABLE-AXA", "80.00"),
        ("DEBIT", "REVENUE-PROCEDURE", "100.00"),
    ]
    claim = Claim.objects.get()
    assert (claim.open_amount, claim.settlements.get().kind) == (Decimal("0.00"), "REFUNDED")
    assert owed(payer) == Decimal("0.00")
    (again,) = add_to_bill(bill, make_item("PROCEDURE", "100.00"))
    assert payer_shares(bill.pk, [again])[again.pk].amount == Decimal("80.00")  # the limit is free


def test_a_share_that_the_payer_settled_is_not_refunded(cashier):
    payer = make_payer(PROCEDURE="80")
    bill = covered_bill(payer, "100.00", "100.00")
    paid = pay(bill, cashier, "CASH", "40.00")
    one, other = items_of(bill)
    approved = approve(ask(paid, (one, 1)))
    send(payer)
    remit(payer, *((claim, "0.01") for claim in Claim.objects.all()))
    before = everything()

    with pytest.raises(ClaimSettled):
        pay_out(approved, cashier)
    with pytest.raises(ClaimSettled):
        ask(paid, (other, 1), by=cashier)

    assert everything() == before
