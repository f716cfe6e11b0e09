"""For races at a drawer, and races elsewhere that its lock would decide."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from client_wallet.shifts import drawers, open_shift
from hospital.core.acts import Act
from tests.factories import UserFactory
from tests.races import rewriting

_CLASS = drawers._SHIFT_LOCKS


@contextmanager
def without_the_drawers_lock() -> Iterator[None]:
    """Let nobody have a drawer alone; the innermost of all that rewrite statements."""
    with rewriting(f"pg_advisory_xact_lock({_CLASS},", f"int4larger({_CLASS},"):
        yield


def cashier_at_work() -> Any:
    """Return a cashier whose shift is open: the first act of a shift waits for no other."""
    cashier = UserFactory()
    open_shift(act=Act(cashier))
    return cashier
