"""A payment sent twice under one key is taken once."""

from dataclasses import replace

import pytest

from hospital.core.acts import Act
from hospital.core.errors import KeyReused
from hospital.core.models import IdempotencyKey
from invoicing_app.errors import NothingToPay, Underpayment
from invoicing_app.models import BillItem, DepositReceiving
from invoicing_app.payment_services import PaymentProcessingService
from invoicing_app.services import Order, order_items
from smcapp1.errors import OutOfStock
from tests.factories import add_to_bill, make_bill, make_drug, make_item, make_stock, make_wallet
from tests.invoicing_app.desk import intent, items_of, pay
from tests.rows import everything


@pytest.mark.parametrize(
    ("method", "amount"),
    [("CASH", "350.00"), ("CARD", "300.00"), ("TRANSFER", "300.00"), ("WALLET", None)],
)
def test_the_same_key_gives_the_first_answer_again_and_moves_nothing(cashier, method, amount):
    patient = make_wallet(holding="1000.00").patient
    bill = make_bill(make_item(), make_drug(holding=5), make_item("LABORATORY"), patient=patient)
    first = pay(bill, cashier, method, amount, key="tap-1")
    before = everything()

    again = pay(bill, cashier, method, amount, key="tap-1")

    assert (first.replayed, again) == (False, replace(first, replayed=True))
    assert everything() == before


def test_a_replay_tells_what_was_then_and_not_what_is_now(cashier):
    wallet = make_wallet(holding="1000.00")
    bill = make_bill(make_item(), patient=wallet.patient)
    first = pay(bill, cashier, "WALLET", key="tap-1")
    add_to_bill(bill, make_item("LABORATORY"))
    pay(bill, cashier, "WALLET", key="tap-2")
    BillItem.objects.filter(consultation=bill).update(status="REFUNDED")

    again = pay(bill, cashier, "WALLET", key="tap-1")

    assert again == replace(first, replayed=True)
    assert (again.wallet_balance, again.items[0]["status"]) == ("900.00", "PAID")


def test_a_replay_is_given_where_a_new_payment_would_be_refused(cashier):
    wallet = make_wallet(holding="100.00")
    bill = make_bill(make_drug(holding=1), patient=wallet.patient)
    first = pay(bill, cashier, "WALLET", key="tap-1")
    type(wallet).objects.filter(pk=wallet.pk).update(status="FROZEN")

    again = pay(bill, cashier, "WALLET", key="tap-1")

    assert again == replace(first, replayed=True)


def test_a_key_may_come_with_an_amount_written_otherwise(cashier):
    bill = make_bill(make_item())
    first = pay(bill, cashier, "CASH", "100.00", key="tap-1")

    again = pay(bill, cashier, "CASH", "100", key="tap-1")

    assert again == replace(first, replayed=True)


@pytest.mark.parametrize(
    "other",
    [
        {"method": "CARD"},
        {"amount": "101.00"},
        {"amount": None},
        {"department": "PROCEDURE"},
        {"external_reference": "Slip 4711"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_the_same_key_with_another_fact_is_refused(cashier, other):
    bill = make_bill(make_item(), patient=make_wallet(holding="500.00").patient)
    asked = {"method": "WALLET", "amount": "100.00"}
    pay(bill, cashier, **asked, key="tap-1")
    before = everything()

    with pytest.raises(KeyReused):
        pay(bill, cashier, **{**asked, **other}, key="tap-1")

    assert everything() == before


def test_the_same_key_on_another_bill_is_refused(cashier):
    pay(make_bill(make_item()), cashier, "CASH", "100.00", key="tap-1")
    other = make_bill(make_item())
    before = everything()

    with pytest.raises(KeyReused):
        pay(other, cashier, "CASH", "100.00", key="tap-1")

    assert everything() == before


def test_another_cashier_s_key_is_another_key(cashier, supervisor):
    first = pay(make_bill(make_item()), cashier, "CASH", "100.00", key="tap-1")

    second = pay(make_bill(make_item()), supervisor, "CASH", "100.00", key="tap-1")

    assert (second.replayed, second.payment_id == first.payment_id) == (False, False)


def test_another_act_s_key_is_another_key(cashier):
    bill = make_bill(make_item())
    order = [Order(make_item("LABORATORY").pk, 1)]
    order_items(consultation_id=bill.pk, orders=order, act=Act(cashier, "tap-1"))

    answer = pay(bill, cashier, "CASH", "200.00", key="tap-1")

    assert (answer.replayed, answer.total_due) == (False, "200.00")


def test_without_a_key_the_second_payment_is_a_new_one(cashier):
    bill = make_bill(make_item())
    pay(bill, cashier, "CASH", "100.00")

    with pytest.raises(NothingToPay):
        pay(bill, cashier, "CASH", "100.00")

    assert (DepositReceiving.objects.count(), IdempotencyKey.objects.count()) == (1, 0)


def test_a_refused_payment_does_not_spend_its_key(cashier):
    drug = make_drug()
    bill = make_bill(drug)
    with pytest.raises(Underpayment):
        pay(bill, cashier, "CASH", "50.00", key="tap-1")
    with pytest.raises(OutOfStock):
        pay(bill, cashier, "CASH", "100.00", key="tap-1")
    make_stock(drug, 1)

    answer = pay(bill, cashier, "CASH", "100.00", key="tap-1")

    assert (answer.replayed, [item.status for item in items_of(bill)]) == (False, ["PAID"])


def test_the_kept_answer_is_the_answer(cashier):
    bill = make_bill(make_item(), make_item("LABORATORY"))

    answer = pay(bill, cashier, "CASH", "200.00", key="tap-1")

    kept = IdempotencyKey.objects.get()
    assert (kept.actor, kept.act, kept.key) == (cashier, "payment", "tap-1")
    assert kept.answer == answer.facts()


def test_two_services_of_one_cashier_share_the_keys(cashier):
    wanted = intent(make_bill(make_item()), "CASH", "100.00", key="tap-1")
    first = PaymentProcessingService(actor=cashier).process_transaction(wanted)

    again = PaymentProcessingService(actor=cashier).process_transaction(wanted)

    assert again == replace(first, replayed=True)
