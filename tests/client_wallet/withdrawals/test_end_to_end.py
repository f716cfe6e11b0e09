"""From the wish to the money at the bank, against the sandbox bank's own program."""

from collections import Counter
from decimal import Decimal

import pytest

from client_wallet.models import Withdrawal
from client_wallet.withdrawals import settle_due
from tests.client_wallet.withdrawals.desk import balance_of, journal_of, make_withdrawal

pytestmark = pytest.mark.django_db


def test_a_withdrawal_is_paid_by_the_bank_and_settled(bank, sandbox):
    withdrawal = make_withdrawal("60.00", holding="100.00")

    settled = settle_due(bank)

    withdrawal.refresh_from_db()
    assert (settled.statuses, settled.calls) == (Counter(COMPLETED=1), 1)
    assert withdrawal.status == Withdrawal.Status.COMPLETED
    assert journal_of(withdrawal) == [
        ("WITHDRAWAL", "WALLETS", "WITHDRAWALS_IN_TRANSIT"),
        ("WITHDRAWAL_SETTLED", "WITHDRAWALS_IN_TRANSIT", "BANK"),
    ]
    assert balance_of(withdrawal.wallet) == Decimal("40.00")
    paid = [line for line in sandbox.payments() if line["reference"] == withdrawal.bank_reference]
    assert [(line["amount"], line["destination"]["account_number"]) for line in paid] == [
        ("60.00", "1234567890")
    ]
