"""Refusals of the wallet and the journal."""

from decimal import Decimal

from hospital.core.errors import DomainError
from hospital.core.money import with_currency


class InsufficientFunds(DomainError):
    """The wallet holds less than the act needs; ``available`` and ``requested`` say by how much."""

    code = "insufficient-funds"
    title = "The wallet does not hold enough money."
    field = "payment_method"

    def __init__(self, *, available: str, requested: str) -> None:
        holds, needed = (with_currency(Decimal(amount)) for amount in (available, requested))
        detail = f"The wallet holds {holds}; {needed} is needed."
        super().__init__(detail, available=available, requested=requested)


class WalletFrozen(DomainError):
    """The wallet is frozen or closed; a frozen one takes deposits only."""

    code = "wallet-frozen"
    title = "This wallet is frozen; no money can be taken from it."
    field = "payment_method"


class BalanceLimit(DomainError):
    """The wallet would hold more than a balance can express."""

    code = "balance-limit"
    title = "The wallet cannot hold that much money."
    field = "amount"


class AlreadyReversed(DomainError):
    """The deposit was reversed before."""

    code = "already-reversed"
    title = "This deposit was already reversed."


class DayClosed(DomainError):
    """The business day was closed; nothing can be posted into it."""

    code = "day-closed"
    title = "This business day is closed."


class UnbalancedEntry(Exception):
    """A caller's bug: debits and credits of an entry differ, or a line is not one."""
