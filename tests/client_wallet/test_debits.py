"""``debit_wallet``: the one place where a wallet pays."""

from decimal import Decimal

import pytest

from client_wallet.errors import DayClosed, InsufficientFunds, UnbalancedEntry, WalletFrozen
from client_wallet.ledger import BANK, CASH, Line
from client_wallet.models import JournalEntry, WalletAccount
from client_wallet.services import debit_wallet
from hospital.core.acts import Act
from hospital.core.errors import InvalidAmount
from tests.client_wallet.desk import close_today, spend
from tests.factories import PatientFactory, make_wallet

pytestmark = pytest.mark.django_db


def test_a_debit_moves_money_from_the_wallet_to_what_it_pays(cashier):
    wallet = make_wallet(holding="100.00")

    debited = debit_wallet(
        patient_id=wallet.patient_id,
        amount=Decimal("30"),
        credits=[Line(CASH, Decimal("20.00")), Line(BANK, Decimal("10.00"))],
        act=Act(cashier),
        memo="PAY-1",
    )

    entry = JournalEntry.objects.get(pk=debited.posted.entry_id)
    wallet.refresh_from_db()
    assert (entry.kind, entry.actor, entry.memo, entry.business_date) == (
        "PAYMENT",
        cashier,
        "PAY-1",
        debited.posted.business_date,
    )
    assert list(entry.postings.order_by("pk").values_list("account_id", "side", "amount")) == [
        ("WALLETS", "DEBIT", Decimal("30.00")),
        ("CASH", "CREDIT", Decimal("20.00")),
        ("BANK", "CREDIT", Decimal("10.00")),
    ]
    assert (debited.wallet, debited.wallet.account_balance) == (wallet, Decimal("70.00"))
    assert wallet.account_balance == Decimal("70.00")


def test_a_wallet_pays_to_the_last_cent(cashier):
    wallet = make_wallet(holding="100.00")

    assert spend(wallet.patient, "100.00", Act(cashier)).wallet.account_balance == 0


def test_a_cent_too_much_is_refused(cashier):
    wallet = make_wallet(holding="100.00")

    with pytest.raises(InsufficientFunds) as refusal:
        spend(wallet.patient, "100.01", Act(cashier))

    assert (refusal.value.status, refusal.value.facts) == (
        409,
        {"available": "100.00", "requested": "100.01"},
    )


def test_a_patient_without_a_wallet_has_an_empty_one(cashier):
    patient = PatientFactory()

    with pytest.raises(InsufficientFunds) as refusal:
        spend(patient, "5.00", Act(cashier))

    assert refusal.value.facts == {"available": "0.00", "requested": "5.00"}
    assert WalletAccount.objects.count() == 0


@pytest.mark.parametrize("status", ["FROZEN", "CLOSED"])
def test_a_wallet_that_is_not_active_pays_nothing(status, cashier):
    wallet = make_wallet(holding="100.00", status=status)

    with pytest.raises(WalletFrozen) as refusal:
        spend(wallet.patient, "5.00", Act(cashier))

    assert (refusal.value.code, refusal.value.status, refusal.value.facts) == (
        "wallet-frozen",
        409,
        {"wallet_status": status},
    )


@pytest.mark.parametrize("amount", ["0", "-5", "0.001", "10000000000", "NaN"])
def test_an_amount_that_is_no_money_is_refused(amount, cashier):
    wallet = make_wallet(holding="100.00")

    with pytest.raises(InvalidAmount):
        spend(wallet.patient, amount, Act(cashier))


def test_a_closed_day_takes_no_payment(cashier):
    wallet = make_wallet(holding="100.00")
    close_today()

    with pytest.raises(DayClosed):
        spend(wallet.patient, "5.00", Act(cashier))


def test_credits_that_differ_from_the_amount_are_a_bug_of_the_caller(cashier):
    wallet = make_wallet(holding="100.00")

    with pytest.raises(UnbalancedEntry):
        debit_wallet(
            patient_id=wallet.patient_id,
            amount=Decimal("5.00"),
            credits=[Line(BANK, Decimal("4.99"))],
            act=Act(cashier),
        )
