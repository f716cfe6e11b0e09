"""Payments by several tenders, in rounded cash and of nothing, from the service to the journal."""

from decimal import Decimal

import pytest

from client_wallet.shifts.drawers import drawer_account
from hospital.core.errors import DomainError, KeyReused
from invoicing_app.models import DepositReceiving
from invoicing_app.payment_services import PaymentProcessingService
from tests.factories import add_to_bill, make_item, make_wallet
from tests.invoicing_app.desk import items_of, pay, postings_of
from tests.invoicing_app.tenders.desk import bill_of, brought_in, pay_by, split_intent, waive
from tests.invoicing_app.tenders.refusals import REFUSALS
from tests.rows import everything, statements


def test_wallet_card_and_cash_settle_one_bill_in_one_entry(cashier):
    wallet = make_wallet(holding="300.00")
    bill = bill_of("1000.00", wallet.patient)

    taken = pay_by(bill, cashier, ("WALLET", "300.00"), ("CARD", "200.00"), ("CASH", "600.00"))

    wallet.refresh_from_db()
    (item,) = items_of(bill)
    assert (taken.payment_method, taken.total_due, taken.amount_paid) == (
        "SPLIT",
        "1000.00",
        "1100.00",
    )
    assert (taken.change_given, taken.rounding, taken.wallet_balance) == ("100.00", "0.00", "0.00")
    assert brought_in(taken.payment_id) == [
        ("WALLET", "300.00", "300.00", "0.00"),
        ("CARD", "200.00", "200.00", "0.00"),
        ("CASH", "500.00", "600.00", "100.00"),
    ]
    assert postings_of(taken.payment_id) == [
        ("CREDIT", "REVENUE-RADIOLOGY", Decimal("1000.00")),
        ("DEBIT", "CARD_CLEARING", Decimal("200.00")),
        ("DEBIT", drawer_account(cashier.pk), Decimal("500.00")),
        ("DEBIT", "WALLETS", Decimal("300.00")),
    ]
    assert (item.status, wallet.account_balance) == ("PAID", Decimal("0.00"))


@pytest.mark.parametrize(
    ("price", "paid", "rounding"), [("99.97", "99.95", "-0.02"), ("99.98", "100.00", "0.02")]
)
def test_cash_is_rounded_to_coins_and_the_rest_stands_in_its_account(
    cashier, settings, price, paid, rounding
):
    settings.CASH_SMALLEST_COIN = Decimal("0.05")

    taken = pay(bill_of(price), cashier, "CASH", "200.00")

    change = str(Decimal("200.00") - Decimal(paid))
    side = "CREDIT" if rounding > "0" else "DEBIT"
    rounded = (side, "CASH_ROUNDING", Decimal("0.02"))
    assert (taken.total_due, taken.rounding, taken.change_given) == (price, rounding, change)
    assert brought_in(taken.payment_id) == [("CASH", paid, "200.00", change)]
    assert rounded in postings_of(taken.payment_id)


def test_a_bill_that_is_all_waived_is_settled_without_money_entry_or_shift(cashier):
    bill = bill_of("100.00")
    waive(bill, "100.00")

    taken = pay(bill, cashier, "CASH")

    payment = DepositReceiving.objects.get()
    line = payment.lines.get()
    assert (taken.payment_method, taken.total_due, taken.amount_paid, taken.tenders) == (
        "NONE",
        "0.00",
        "0.00",
        [],
    )
    assert (payment.entry_id, line.amount, line.waived) == (None, 0, Decimal("100.00"))
    assert [item.status for item in items_of(bill)] == ["PAID"]


def test_what_is_waived_in_part_is_not_asked_for(cashier):
    bill = bill_of("100.00")
    waive(bill, "30.00")

    taken = pay(bill, cashier, "CARD", "70.00")

    assert (taken.total_due, taken.items[0]["patient_due"]) == ("70.00", "70.00")
    assert postings_of(taken.payment_id) == [
        ("CREDIT", "REVENUE-RADIOLOGY", Decimal("70.00")),
        ("DEBIT", "CARD_CLEARING", Decimal("70.00")),
    ]


def test_the_same_key_pays_once_and_other_tenders_are_another_payment(cashier):
    wallet = make_wallet(holding="300.00")
    bill = bill_of("1000.00", wallet.patient)
    wanted = [("WALLET", "300.00"), ("CASH", "700.00")]

    first = pay_by(bill, cashier, *wanted, key="tap-1")
    again = pay_by(bill, cashier, *wanted, key="tap-1")

    assert (first.replayed, again.replayed) == (False, True)
    assert again.facts() == first.facts()
    with pytest.raises(KeyReused):
        pay_by(bill, cashier, ("WALLET", "200.00"), ("CASH", "800.00"), key="tap-1")
    assert DepositReceiving.objects.count() == 1


def test_refused_tenders_change_nothing_at_all(cashier):
    outcomes = []
    for arrange in REFUSALS:
        bill, wanted, error = arrange()
        before = everything()
        with pytest.raises(DomainError) as refusal:
            PaymentProcessingService(actor=cashier).process_transaction(split_intent(bill, *wanted))
        outcomes.append((arrange.__name__, refusal.type, everything() == before, error))

    assert len(outcomes) == len(REFUSALS)
    assert outcomes == [(name, error, True, error) for name, _, _, error in outcomes]


def test_the_statements_of_a_split_payment_do_not_grow_with_the_items(cashier):
    one, many = [bill_of("5.00", make_wallet(holding="9.00").patient) for _ in range(2)]
    add_to_bill(many, *[make_item("RADIOLOGY", "5.00") for _ in range(49)])
    pay(bill_of("5.00"), cashier, "CASH", "5.00")  # opens the shift

    def split(bill, amount):
        return lambda: pay_by(bill, cashier, ("WALLET", "4.00"), ("CASH", amount))

    assert statements(split(many, "246.00")) == statements(split(one, "1.00"))
