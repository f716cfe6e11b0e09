"""Withdrawals of the demo: to come, refused, in doubt and under review; some are due at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from client_wallet.bank import Answered, Destination, Outcome, Payment, PaymentOrder
from client_wallet.models import PaymentMethod, WalletAccount, Withdrawal
from client_wallet.services import deposit_to_wallet
from client_wallet.withdrawals import (
    Terms,
    cancel_withdrawal,
    decide_on_withdrawal,
    schedule_withdrawal,
    settle_due,
)
from hospital.core.acts import Act
from hospital.core.models import User
from invoicing_app.demo.day import Desk
from smcapp1.models import PatientProfile

HELD = Decimal("60000.00")
MUTE = Answered(
    Outcome.INCONCLUSIVE,
    http_status=504,
    detail="The bank answered with status 504.",
    body="Gateway Timeout",
)
REFUSED = Answered(
    Outcome.REFUSED,
    http_status=422,
    detail="account closed",
    body='{"status": "refused", "reason": "account closed"}',
)
ACCOUNTS: Mapping[str, str] = {"058": "0123456789", "033": "2098765432", "011": "3055512345"}


@dataclass(frozen=True)
class DemoBank:
    """
    Gives one answer to everything, and never pays.

    What it leaves behind is true of the bank that ``run.py`` starts as well: that one paid nothing.
    """

    answer: Answered
    deadline_seconds: float = 10.0
    finality_seconds: float | None = None

    def submit(self, order: PaymentOrder) -> Answered:
        return self.answer

    def find_by_reference(self, order: PaymentOrder) -> Answered:
        return self.answer

    def statement(self, start: datetime, end: datetime) -> Sequence[Payment]:
        return []


def make_withdrawals(patients: Sequence[PatientProfile], desk: Desk) -> None:
    """
    Let nine patients withdraw, the first one at home; the caller has filled that one's wallet.

    What is due at once, or in doubt, the installation's worker carries out when it runs.
    """
    cashier, supervisor = desk.cashier, desk.supervisor
    wallets = [_filled(patient, cashier) for patient in patients[1:9]]
    _ask(wallets[0], "12500.00", cashier)
    _ask(wallets[1], "75000.00", cashier)  # more than the wallet holds
    _carry_out(DemoBank(REFUSED))
    for wallet, amount, asker in (
        (wallets[2], "18000.00", cashier),
        (wallets[3], "9400.00", supervisor),
        (wallets[4], "22000.00", cashier),
    ):
        _ask(wallet, amount, asker)
    _carry_out(DemoBank(MUTE))
    _give_back(wallets[4], supervisor)
    called_off = _ask(wallets[5], "5000.00", cashier, ahead=timedelta(days=3))
    cancel_withdrawal(withdrawal_id=called_off.pk, act=Act(cashier))
    _ask(wallets[5], "4000.00", cashier, ahead=timedelta(days=3))
    _ask(wallets[6], "30000.00", cashier, ahead=timedelta(days=14))
    _ask(patients[0].wallet, "5000.00", patients[0].user or cashier, ahead=timedelta(days=5))
    _ask(wallets[7], "6600.00", cashier)
    _carry_out(DemoBank(MUTE), pause=60)  # in doubt: to be asked about in a minute
    for wallet, amount in zip(wallets[5:8], ("7500.00", "15000.00", "2350.50"), strict=True):
        _ask(wallet, amount, cashier)


def _filled(patient: PatientProfile, cashier: User) -> WalletAccount:
    deposit_to_wallet(
        patient_id=patient.pk,
        amount=HELD,
        payment_method=PaymentMethod.TRANSFER,
        external_reference=f"TRA-{patient.pk:06d}",
        act=Act(cashier),
    )
    return WalletAccount.objects.select_related("patient").get(patient=patient)


def _ask(
    wallet: WalletAccount, amount: str, asker: User, *, ahead: timedelta | None = None
) -> Withdrawal:
    code, number = list(ACCOUNTS.items())[wallet.patient_id % len(ACCOUNTS)]
    asked = schedule_withdrawal(
        wallet_id=wallet.pk,
        amount=Decimal(amount),
        scheduled_for=timezone.now() + ahead if ahead else None,
        destination=Destination(code, number, wallet.patient.full_name),
        act=Act(asker),
    )
    return Withdrawal.objects.get(pk=asked.id)


def _carry_out(bank: DemoBank, pause: float = 0) -> None:
    """Do what is due, with so many seconds between two questions that have no answer."""
    settle_due(bank, terms=Terms(bank.deadline_seconds, None, asks=3, ask_pause=pause))


def _give_back(wallet: WalletAccount, supervisor: User) -> None:
    """Decide on the wallet's withdrawal: it was never paid."""
    decide_on_withdrawal(
        withdrawal_id=wallet.withdrawals.get().pk,
        paid=False,
        evidence="The bank's payments desk, by telephone: they never received it",
        act=Act(supervisor),
    )
