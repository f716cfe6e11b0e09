"""Tenders that are refused: each arranged by a function whose name says why."""

from client_wallet.errors import InsufficientFunds, WalletFrozen
from hospital.core.errors import InvalidRequest
from invoicing_app.errors import NothingToPay, Overpayment, Underpayment
from tests.factories import ConsultationFactory, make_wallet
from tests.invoicing_app.tenders.desk import bill_of, waive


def too_little_in_all():
    wallet = make_wallet(holding="300.00")
    wanted = [("WALLET", "300.00"), ("CASH", "699.99")]
    return bill_of("1000.00", wallet.patient), wanted, Underpayment


def too_much_without_cash():
    return bill_of("100.00"), [("CARD", "60.00"), ("TRANSFER", "40.01")], Overpayment


def cash_that_is_not_needed():
    return bill_of("100.00"), [("CARD", "100.00"), ("CASH", "10.00")], Overpayment


def a_wallet_a_cent_short():
    wallet = make_wallet(holding="29.99")
    wanted = [("WALLET", "30.00"), ("CASH", "70.00")]
    return bill_of("100.00", wallet.patient), wanted, InsufficientFunds


def a_wallet_that_holds_less_than_the_rest():
    wallet = make_wallet(holding="29.99")
    wanted = [("WALLET", None), ("CASH", "70.00")]
    return bill_of("100.00", wallet.patient), wanted, InsufficientFunds


def no_wallet():
    return bill_of("100.00"), [("WALLET", "30.00"), ("CASH", "70.00")], InsufficientFunds


def a_frozen_wallet():
    wallet = make_wallet(holding="90.00", status="FROZEN")
    wanted = [("WALLET", "30.00"), ("CASH", "70.00")]
    return bill_of("100.00", wallet.patient), wanted, WalletFrozen


def cash_twice():
    return bill_of("100.00"), [("CASH", "50.00"), ("CASH", "50.00")], InvalidRequest


def no_tender():
    return bill_of("100.00"), [], InvalidRequest


def nothing_on_the_bill():
    return ConsultationFactory(), [("CARD", "1.00"), ("CASH", "1.00")], NothingToPay


def money_where_all_is_waived():
    bill = bill_of("100.00")
    waive(bill, "100.00")
    return bill, [("CASH", "5.00")], Overpayment


REFUSALS = (
    too_little_in_all,
    too_much_without_cash,
    cash_that_is_not_needed,
    a_wallet_a_cent_short,
    a_wallet_that_holds_less_than_the_rest,
    no_wallet,
    a_frozen_wallet,
    cash_twice,
    no_tender,
    nothing_on_the_bill,
    money_where_all_is_waived,
)
