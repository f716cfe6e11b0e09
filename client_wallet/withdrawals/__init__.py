"""
Withdrawals: asked for, carried out at the bank by workers, and decided on where the bank is mute.

docs/withdrawals.md has the states and what each means for the money.
"""

from client_wallet.withdrawals.destinations import read_destination, save_payout_account
from client_wallet.withdrawals.requests import (
    WithdrawalAnswer,
    cancel_withdrawal,
    schedule_withdrawal,
)
from client_wallet.withdrawals.review import decide_on_withdrawal
from client_wallet.withdrawals.terms import Terms
from client_wallet.withdrawals.worker import Settled, Taken, settle_due

__all__ = [
    "Settled",
    "Taken",
    "Terms",
    "WithdrawalAnswer",
    "cancel_withdrawal",
    "decide_on_withdrawal",
    "read_destination",
    "save_payout_account",
    "schedule_withdrawal",
    "settle_due",
]
