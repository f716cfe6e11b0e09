"""Short ways to withdrawals, for tests that are about something else."""

from decimal import Decimal
from typing import Any

from client_wallet.bank import Destination
from client_wallet.models import WalletAccount, Withdrawal
from client_wallet.withdrawals import schedule_withdrawal
from hospital.core.acts import Act
from tests.client_wallet.withdrawals.fake_bank import FakeBank
from tests.client_wallet.withdrawals.workers import work_to_the_end, worker_at
from tests.factories import UserFactory, make_wallet

DESTINATION = Destination("058", "1234567890", "Ada Obi")


def make_withdrawal(
    amount: str = "60.00", *, holding: str = "100.00", act: Act | None = None, **more: Any
) -> Withdrawal:
    """Return a scheduled withdrawal from a wallet of its own, asked for by somebody of its own."""
    return withdraw(make_wallet(holding=holding), amount, act=act, **more)


def withdraw(
    wallet: WalletAccount, amount: str = "60.00", *, act: Act | None = None, **more: Any
) -> Withdrawal:
    asked = schedule_withdrawal(
        wallet_id=wallet.pk,
        amount=Decimal(amount),
        act=act or Act(UserFactory()),
        **{"destination": DESTINATION, **more},
    )
    return Withdrawal.objects.get(pk=asked.id)


def balance_of(wallet: WalletAccount) -> Decimal:
    balance: Decimal = WalletAccount.objects.get(pk=wallet.pk).account_balance
    return balance


def journal_of(withdrawal: Withdrawal) -> list[tuple[str, str, str]]:
    """Return the withdrawal's entries as (kind, account debited, account credited)."""
    withdrawal.refresh_from_db()
    entries = [withdrawal.debit, withdrawal.settlement, withdrawal.refund]
    return [
        (
            entry.kind,
            entry.postings.get(side="DEBIT").account_id,
            entry.postings.get(side="CREDIT").account_id,
        )
        for entry in entries
        if entry
    ]


def under_review(**more: Any) -> Withdrawal:
    """Return a withdrawal that the bank paid and was then mute about."""
    bank = FakeBank(submissions=["fail after"], questions=["fail"])
    withdrawal = make_withdrawal(**more)
    work_to_the_end(worker_at(bank, asks=1), bank)
    withdrawal.refresh_from_db()
    return withdrawal
