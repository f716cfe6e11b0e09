"""The heart of refunds: asked, approved by somebody else, paid out once, where it came from."""

from decimal import Decimal

import pytest

from hospital.core.errors import SelfApproval
from invoicing_app.refunds.errors import (
    AlreadyRefunded,
    MoreThanPaid,
    RefundChanged,
    RefundNotApproved,
)
from invoicing_app.refunds.models import Refund
from smcapp1.models import LabResult, StockBatch, StockMovement
from tests.factories import UserFactory, make_bill, make_drug, make_item, make_wallet
from tests.invoicing_app.desk import items_of, pay
from tests.invoicing_app.refunds.desk import (
    approve,
    ask,
    edit,
    give_back,
    goes_back,
    pay_out,
    posted,
    withdraw,
)
from tests.invoicing_app.stock.drugs import hand_out
from tests.invoicing_app.tenders.desk import pay_by

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def cashier(db):
    return UserFactory(role="Cashier")


def test_a_cancelled_payment_goes_back_whole_to_each_tender(cashier):
    wallet = make_wallet(holding="30.00")
    bill = make_bill(make_item("RADIOLOGY"), make_item("PROCEDURE"), patient=wallet.patient)
    paid = pay_by(bill, cashier, ("WALLET", "30.00"), ("CARD", "50.00"), ("CASH", "120.00"))

    refund = give_back(paid, cashier)

    assert goes_back(refund) == [
        ("WALLET", "30.00", "WALLET"),
        ("CARD", "50.00", "CARD"),
        ("CASH", "120.00", "CASH"),
    ]
    assert posted(refund) == [
        ("CREDIT", "CARD_CLEARING", "50.00"),
        ("CREDIT", "CASH", "120.00"),
        ("CREDIT", "WALLETS", "30.00"),
        ("DEBIT", "REVENUE-PROCEDURE", "100.00"),
        ("DEBIT", "REVENUE-RADIOLOGY", "100.00"),
    ]
    wallet.refresh_from_db()
    assert wallet.account_balance == Decimal("30.00")
    assert [item.status for item in items_of(bill)] == ["REFUNDED", "REFUNDED"]
    assert (refund.status, refund.receipt_number) == ("PAID", f"REF-{cashier.pk:04d}-000001")


def test_parts_add_up_to_what_was_paid_and_no_more(cashier):
    bill = make_bill((make_item(price="33.33"), 3))
    paid = pay(bill, cashier, "CASH", "99.99")
    (item,) = items_of(bill)

    first = give_back(paid, cashier, (item, 1))
    with pytest.raises(MoreThanPaid) as refusal:
        ask(paid, (item, 3))
    second = give_back(paid, cashier, (item, 2))
    with pytest.raises(AlreadyRefunded):
        ask(paid, (item, 1))

    assert refusal.value.facts == {"bill_item_id": item.pk, "left": 2, "requested": 3}
    assert (first.amount, second.amount) == ("33.33", "66.66")
    item.refresh_from_db()
    assert item.status == "REFUNDED"


def test_what_was_asked_for_by_one_is_approved_by_another_as_it_was_read(cashier):
    bill = make_bill(make_item(), make_item())
    paid = pay(bill, cashier, "CASH", "200.00")
    first, second = items_of(bill)
    supervisor = UserFactory(role="Supervisor")
    asked = ask(paid, (first, 1), by=supervisor)

    with pytest.raises(SelfApproval):
        approve(asked, by=supervisor)
    approved = approve(asked)
    edited = edit(asked, paid, (second, 1), by=supervisor)
    with pytest.raises(RefundNotApproved):
        pay_out(approved, cashier)
    with pytest.raises(RefundChanged):
        approve(asked)

    assert (edited.status, edited.decided_by, edited.version) == ("REQUESTED", None, 2)
    assert [line["bill_item_id"] for line in edited.lines] == [second.pk]


def test_paying_out_again_with_the_same_key_gives_the_first_answer(cashier):
    paid = pay(make_bill(make_item()), cashier, "CASH", "100.00")
    refund = approve(ask(paid))

    first, again = pay_out(refund, cashier, key="tap"), pay_out(refund, cashier, key="tap")
    with pytest.raises(RefundNotApproved):
        pay_out(refund, cashier)

    assert (first.replayed, again.replayed, again.facts()) == (False, True, first.facts())
    assert Refund.objects.filter(status="PAID").count() == 1


def test_a_request_holds_what_it_is_of_until_it_is_withdrawn(cashier):
    paid = pay(make_bill(make_item()), cashier, "CASH", "100.00")
    asked = ask(paid, by=cashier)

    with pytest.raises(AlreadyRefunded):
        ask(paid)
    withdraw(asked, by=cashier)

    assert ask(paid).status == "REQUESTED"


def test_drugs_go_back_into_their_batch_or_are_written_off(cashier):
    drug = make_drug(holding=10)
    paid = pay(bill := make_bill((drug, 4)), cashier, "CASH", "400.00")
    (item,) = items_of(bill)
    hand_out(item, 3)

    give_back(paid, cashier, (item, 2, False))  # one from the shelf, one brought back and spoilt
    give_back(paid, cashier, (item, 2, True))

    movements = StockMovement.objects.filter(batch__service_item=drug).order_by("pk")
    assert list(movements.values_list("kind", "quantity", "quantity_after")) == [
        ("RECEIVED", 10, 10),
        ("DISPENSED", 4, 6),
        ("RETURNED", 1, 7),
        ("RETURNED", 1, 8),
        ("WRITTEN_OFF", 1, 7),
        ("RETURNED", 2, 9),
    ]
    assert StockBatch.objects.get(service_item=drug).quantity_on_hand == 9


def test_a_test_that_nobody_began_is_cancelled(cashier):
    bill = make_bill(make_item("LABORATORY"))

    give_back(pay(bill, cashier, "CASH", "100.00"), cashier)

    assert LabResult.objects.get().status == "CANCELLED"


def test_cash_goes_into_the_wallet_where_the_patient_wants_that(cashier):
    wallet = make_wallet()
    bill = make_bill(make_item(), patient=wallet.patient)
    paid = pay(bill, cashier, "CASH", "100.00")

    refund = give_back(paid, cashier, cash_to="WALLET")

    wallet.refresh_from_db()
    assert goes_back(refund) == [("CASH", "100.00", "WALLET")]
    assert wallet.account_balance == Decimal("100.00")
