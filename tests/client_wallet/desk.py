"""Short ways to the acts on a wallet, for tests that are about something else."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

from django.db import transaction
from django.utils import timezone

from client_wallet import ledger
from client_wallet.closing import close_day
from client_wallet.ledger import BANK, CASH, Line, Posted, wallet_line
from client_wallet.models import JournalEntry, WalletAccount, WalletDeposit
from client_wallet.services import (
    Debited,
    DepositReversed,
    DepositTaken,
    debit_wallet,
    deposit_to_wallet,
    reverse_deposit,
)
from hospital.core.acts import Act
from hospital.core.money import MAX_BALANCE
from smcapp1.models import PatientProfile
from tests.factories import UserFactory, make_wallet


def deposit(patient: PatientProfile, amount: str, act: Act, **more: Any) -> DepositTaken:
    return deposit_to_wallet(patient_id=patient.pk, amount=Decimal(amount), act=act, **more)


def spend(patient: PatientProfile, amount: str, act: Act) -> Debited:
    money = Decimal(amount)
    return debit_wallet(patient_id=patient.pk, amount=money, credits=[Line(BANK, money)], act=act)


def reverse(deposit: WalletDeposit, act: Act, reason: str = "mistyped") -> DepositReversed:
    return reverse_deposit(deposit_id=deposit.pk, reason=reason, act=act)


def make_deposit(amount: str = "50.00", **more: Any) -> WalletDeposit:
    """Return a deposit into a new wallet, taken by somebody of its own."""
    wallet = make_wallet()
    taken = deposit(wallet.patient, amount, Act(UserFactory()), **more)
    return WalletDeposit.objects.get(pk=taken.deposit_id)


@transaction.atomic
def make_full_wallet() -> WalletAccount:
    """Return a wallet that holds as much as a balance can express."""
    wallet = ledger.lock_wallets([make_wallet().pk]).popitem()[1]
    ledger.post(
        Act(UserFactory()),
        kind=JournalEntry.Kind.DEPOSIT,
        business_date=ledger.hold_business_day(),
        debits=[Line(BANK, MAX_BALANCE)],
        credits=[wallet_line(wallet, MAX_BALANCE)],
    )
    return wallet


def set_status(wallet: WalletAccount, status: str) -> None:
    WalletAccount.objects.filter(pk=wallet.pk).update(status=status)


def close_today() -> None:
    today = timezone.localdate()
    close_day(day=today, today=today + timedelta(days=1), act=Act(UserFactory()))


def post_on(day: date, amount: str = "5.00", *, actor: Any = None, **more: Any) -> Posted:
    """Write an entry of a day, from the cash drawer to the bank, as if it had been that day."""
    money = Decimal(amount)
    return ledger.post(
        Act(actor or UserFactory()),
        kind=JournalEntry.Kind.DEPOSIT,
        business_date=day,
        debits=[Line(BANK, money)],
        credits=[Line(CASH, money)],
        **more,
    )


@contextmanager
def on_day(day: date) -> Iterator[None]:
    """Let business dates be this day's; the clock goes on as it does."""
    with mock.patch.object(timezone, "localdate", return_value=day):
        yield
