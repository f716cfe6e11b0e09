"""Shifts and hand-overs as somebody has to have them before an act on them is theirs."""

from typing import Any

from tests.client_wallet.shifts.desk import count, give, make_shift, take


def own_shift(row: Any, user: Any) -> None:
    """Let ``row.shift`` be the user's own, where the user has shifts."""
    if user.has_perm("client_wallet.open_shift"):
        row.shift = make_shift(user)


def closed_shift(row: Any, user: Any) -> None:
    own_shift(row, user)
    count(row.shift, "1.00" if row.shift.cashier == user else "544.00")


def counted_shift(row: Any, user: Any) -> None:
    """Let ``row.shift`` be the user's own, with a count that has to be accepted."""
    take(user, "1000.00")
    own_shift(row, user)
    count(row.shift, "0.00")


def others_counted_shift(row: Any, user: Any) -> None:
    row.shift = make_shift(holding="1000.00")
    count(row.shift, "0.00")


def given_cash(row: Any, user: Any) -> None:
    """Let ``row.hand_over`` be one that was given to the user."""
    given = give(row.shift.cashier, "1.00", to="CASHIER", cashier_id=user.pk)
    row.hand_over = given.hand_over_id
