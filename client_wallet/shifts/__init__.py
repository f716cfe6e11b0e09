"""
Shifts at the desk: whose drawer every coin is in, from its opening to the Z report.

An act that takes or gives money at the desk asks ``till_of`` or ``payout_till`` for the account and
the shift of its entry.
"""

from client_wallet.shifts.drawers import (
    Till,
    cash_on_hand,
    drawer_account,
    hold_drawer,
    hold_shift,
    payout_till,
    till_of,
)

__all__ = [
    "Till",
    "cash_on_hand",
    "drawer_account",
    "hold_drawer",
    "hold_shift",
    "payout_till",
    "till_of",
]
