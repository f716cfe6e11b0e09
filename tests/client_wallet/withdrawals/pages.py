"""The admin's pages of withdrawals, and withdrawals that met a fate."""

from typing import Any

from client_wallet.models import Withdrawal
from hospital.core.acts import Act
from tests.admin_pages import page_of
from tests.client_wallet.withdrawals.desk import (
    make_withdrawal,
)
from tests.client_wallet.withdrawals.fake_bank import FakeBank
from tests.client_wallet.withdrawals.workers import work_to_the_end, worker_at
from tests.factories import UserFactory

WITHDRAWALS = "client_wallet_withdrawal"
LIST = "/admin/client_wallet/withdrawal/"


def page(withdrawal: Withdrawal) -> str:
    return page_of(WITHDRAWALS, withdrawal.pk)


def in_review(asker: Any = None, **more: Any) -> Withdrawal:
    """Return a withdrawal that the bank never answered for."""
    withdrawal = make_withdrawal(act=Act(asker or UserFactory(role="Cashier")), **more)
    bank = FakeBank(submissions=["fail before"], questions=["fail"] * 2)
    work_to_the_end(worker_at(bank, asks=2), bank)
    withdrawal.refresh_from_db()
    assert withdrawal.status == "NEEDS_REVIEW"
    return withdrawal


def ended(fate: str) -> Withdrawal:
    """Return a withdrawal that met this fate at the bank."""
    withdrawal = make_withdrawal()
    bank = FakeBank(submissions=[fate])
    work_to_the_end(worker_at(bank), bank)
    withdrawal.refresh_from_db()
    return withdrawal
