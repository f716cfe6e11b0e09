"""
Shifts at the desk: whose drawer every coin is in, from its opening to the Z report.

An act that takes or gives money at the desk asks ``till_of`` or ``payout_till`` for the account and
the shift of its entry.
"""

from client_wallet.shifts.content import x_report
from client_wallet.shifts.counting import (
    ShiftCounted,
    accept_variance,
    count_shift,
    recount_shift,
)
from client_wallet.shifts.drawers import (
    Till,
    cash_on_hand,
    drawer_account,
    hold_drawer,
    hold_shift,
    payout_till,
    till_of,
)
from client_wallet.shifts.hand_overs import (
    CashGiven,
    HandOverEnd,
    give_cash,
    receive_cash,
    reject_cash,
)
from client_wallet.shifts.opening import ShiftOpened, open_shift
from client_wallet.shifts.z_reports import z_report

__all__ = [
    "CashGiven",
    "HandOverEnd",
    "ShiftCounted",
    "ShiftOpened",
    "Till",
    "accept_variance",
    "cash_on_hand",
    "count_shift",
    "drawer_account",
    "give_cash",
    "hold_drawer",
    "hold_shift",
    "open_shift",
    "payout_till",
    "receive_cash",
    "recount_shift",
    "reject_cash",
    "till_of",
    "x_report",
    "z_report",
]
