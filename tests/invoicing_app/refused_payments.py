"""Payments that are refused: each is arranged by a function whose name says why."""

from decimal import Decimal

from django.core.exceptions import ValidationError

from client_wallet.errors import DayClosed, InsufficientFunds, WalletFrozen
from hospital.core.errors import InvalidAmount, InvalidRequest, KeyReused, NotFound
from invoicing_app.errors import NothingToPay, Overpayment, Underpayment
from invoicing_app.payment_services import PaymentIntent
from smcapp1.errors import OutOfStock
from tests.client_wallet.desk import close_today
from tests.factories import (
    add_to_bill,
    make_bill,
    make_drug,
    make_item,
    make_stock,
    make_wallet,
)
from tests.invoicing_app.desk import intent, items_of, pay, void


def mixed_bill(**wanted):
    """A scan, a drug and a test, 100.00 each: a refusal has something to undo in each of them."""
    return make_bill(
        make_item("RADIOLOGY"), make_drug(holding=5), make_item("LABORATORY"), **wanted
    )


def bill_of_a_patient_with_a_wallet(**wallet):
    return mixed_bill(patient=make_wallet(**wallet).patient)


def underpaid(cashier):
    return intent(mixed_bill(), "CASH", "299.99")


def underpaid_by_card(cashier):
    return intent(mixed_bill(), "CARD", "299.99")


def underpaid_from_a_wallet_that_holds_enough(cashier):
    return intent(bill_of_a_patient_with_a_wallet(holding="900.00"), "WALLET", "299.99")


def a_department_paid_in_part(cashier):
    return intent(mixed_bill(), "CASH", "99.99", department="PHARMACY")


def overpaid_by_card(cashier):
    return intent(mixed_bill(), "CARD", "300.01")


def overpaid_by_transfer(cashier):
    return intent(mixed_bill(), "TRANSFER", "300.01")


def everything_is_paid(cashier):
    bill = mixed_bill()
    pay(bill, cashier, "CASH", "300.00")
    return intent(bill, "CASH", "300.00")


def everything_is_paid_by_wallet(cashier):
    bill = bill_of_a_patient_with_a_wallet(holding="900.00")
    pay(bill, cashier, "WALLET")
    return intent(bill, "WALLET")


def the_department_is_paid(cashier):
    bill = mixed_bill()
    pay(bill, cashier, "CASH", "100.00", department="PHARMACY")
    return intent(bill, "CASH", "100.00", department="PHARMACY")


def everything_is_void(cashier):
    bill = make_bill(make_item(), make_item("LABORATORY"))
    first, second = items_of(bill)
    void(first, cashier)
    void(second, cashier)
    return intent(bill, "CASH", "200.00")


def the_department_has_no_item(cashier):
    make_item("RADIOLOGY")
    return intent(make_bill(make_item("LABORATORY")), "CASH", "100.00", department="RADIOLOGY")


def nothing_was_ordered(cashier):
    bill = make_bill(make_item())
    void(items_of(bill)[0], cashier)
    return intent(bill, "CASH", "100.00")


def the_wallet_is_a_cent_short(cashier):
    return intent(bill_of_a_patient_with_a_wallet(holding="299.99"), "WALLET")


def the_wallet_is_short_of_what_was_tendered_and_due(cashier):
    return intent(bill_of_a_patient_with_a_wallet(holding="299.99"), "WALLET", "300.00")


def the_wallet_is_empty(cashier):
    return intent(bill_of_a_patient_with_a_wallet(), "WALLET")


def there_is_no_wallet(cashier):
    return intent(mixed_bill(), "WALLET")


def only_another_patient_has_a_wallet(cashier):
    make_wallet(holding="900.00")
    return intent(mixed_bill(), "WALLET")


def the_wallet_is_frozen(cashier):
    return intent(bill_of_a_patient_with_a_wallet(holding="900.00", status="FROZEN"), "WALLET")


def the_wallet_is_closed(cashier):
    return intent(bill_of_a_patient_with_a_wallet(holding="900.00", status="CLOSED"), "WALLET")


def one_of_several_drugs_is_short(cashier):
    bill = bill_of_a_patient_with_a_wallet(holding="5000.00")
    plenty, short = make_drug(holding=50), make_drug(holding=2)
    add_to_bill(bill, (plenty, 10), (short, 3))
    return intent(bill, "WALLET")


def two_items_of_one_drug_are_short_together(cashier):
    drug = make_drug(holding=5)
    return intent(make_bill((drug, 3), (drug, 3)), "CASH", "600.00")


def several_batches_are_short_together(cashier):
    drug = make_drug()
    make_stock(drug, 2, days_left=10, batch="SOON")
    make_stock(drug, 2, days_left=90, batch="LATE")
    return intent(make_bill((drug, 5)), "CASH", "500.00")


def there_was_never_any_stock(cashier):
    return intent(make_bill(make_drug()), "CASH", "100.00")


def all_batches_are_expired(cashier):
    drug = make_drug()
    make_stock(drug, 50, days_left=-1)
    return intent(make_bill(drug, make_item("LABORATORY")), "CASH", "200.00")


def there_is_no_such_consultation(cashier):
    make_bill(make_item())
    return PaymentIntent(987_654_321, "CASH", amount_paid=Decimal("100.00"))


def no_consultation_can_have_this_id(cashier):
    return PaymentIntent(2**70, "CASH", amount_paid=Decimal("100.00"))


def the_method_is_unknown(cashier):
    return intent(mixed_bill(), "CHEQUE", "300.00")


def the_method_is_written_otherwise(cashier):
    return intent(mixed_bill(), "cash", "300.00")


def no_amount_is_named(cashier):
    return intent(mixed_bill(), "CASH")


def no_amount_is_named_for_a_card(cashier):
    return intent(mixed_bill(), "CARD")


def the_amount_has_three_decimals(cashier):
    return intent(mixed_bill(), "CASH", "300.005")


def the_wallet_s_amount_has_three_decimals(cashier):
    return intent(bill_of_a_patient_with_a_wallet(holding="900.00"), "WALLET", "300.005")


def the_amount_is_zero(cashier):
    return intent(mixed_bill(), "CASH", "0.00")


def the_amount_is_negative(cashier):
    return intent(mixed_bill(), "CASH", "-300.00")


def the_amount_is_absurd(cashier):
    return intent(mixed_bill(), "CASH", "10000000000.00")


def the_amount_is_no_number(cashier):
    return intent(mixed_bill(), "CASH", "NaN")


def the_amount_is_infinite(cashier):
    return intent(mixed_bill(), "CASH", "Infinity")


def the_key_was_used_for_another_bill(cashier):
    pay(mixed_bill(), cashier, "CASH", "300.00", key="tap-1")
    return intent(mixed_bill(), "CASH", "300.00", key="tap-1")


def the_key_was_used_for_another_amount(cashier):
    bill = mixed_bill()
    pay(bill, cashier, "CASH", "300.00", key="tap-1")
    return intent(bill, "CASH", "400.00", key="tap-1")


def the_day_is_closed(cashier):
    close_today()
    return intent(mixed_bill(), "CASH", "300.00")


def the_day_is_closed_to_wallets_too(cashier):
    bill = bill_of_a_patient_with_a_wallet(holding="900.00")
    close_today()
    return intent(bill, "WALLET")


def the_model_refuses_its_reference(cashier):
    return intent(mixed_bill(), "CARD", "300.00", external_reference="7" * 101)


REFUSALS = [
    (underpaid, Underpayment),
    (underpaid_by_card, Underpayment),
    (underpaid_from_a_wallet_that_holds_enough, Underpayment),
    (a_department_paid_in_part, Underpayment),
    (overpaid_by_card, Overpayment),
    (overpaid_by_transfer, Overpayment),
    (everything_is_paid, NothingToPay),
    (everything_is_paid_by_wallet, NothingToPay),
    (the_department_is_paid, NothingToPay),
    (everything_is_void, NothingToPay),
    (the_department_has_no_item, NothingToPay),
    (nothing_was_ordered, NothingToPay),
    (the_wallet_is_a_cent_short, InsufficientFunds),
    (the_wallet_is_short_of_what_was_tendered_and_due, InsufficientFunds),
    (the_wallet_is_empty, InsufficientFunds),
    (there_is_no_wallet, InsufficientFunds),
    (only_another_patient_has_a_wallet, InsufficientFunds),
    (the_wallet_is_frozen, WalletFrozen),
    (the_wallet_is_closed, WalletFrozen),
    (one_of_several_drugs_is_short, OutOfStock),
    (two_items_of_one_drug_are_short_together, OutOfStock),
    (several_batches_are_short_together, OutOfStock),
    (there_was_never_any_stock, OutOfStock),
    (all_batches_are_expired, OutOfStock),
    (there_is_no_such_consultation, NotFound),
    (no_consultation_can_have_this_id, NotFound),
    (the_method_is_unknown, InvalidRequest),
    (the_method_is_written_otherwise, InvalidRequest),
    (no_amount_is_named, InvalidRequest),
    (no_amount_is_named_for_a_card, InvalidRequest),
    (the_amount_has_three_decimals, InvalidAmount),
    (the_wallet_s_amount_has_three_decimals, InvalidAmount),
    (the_amount_is_zero, InvalidAmount),
    (the_amount_is_negative, InvalidAmount),
    (the_amount_is_absurd, InvalidAmount),
    (the_amount_is_no_number, InvalidAmount),
    (the_amount_is_infinite, InvalidAmount),
    (the_key_was_used_for_another_bill, KeyReused),
    (the_key_was_used_for_another_amount, KeyReused),
    (the_day_is_closed, DayClosed),
    (the_day_is_closed_to_wallets_too, DayClosed),
    (the_model_refuses_its_reference, ValidationError),
]
