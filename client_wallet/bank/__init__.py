"""The bank that pays withdrawals out: what it must be able to do, and the one in the settings."""

from client_wallet.bank.configured import configured_bank
from client_wallet.bank.interface import (
    Answered,
    Bank,
    Destination,
    Outcome,
    Payment,
    PaymentOrder,
    StatementUnavailable,
    paid,
)

__all__ = [
    "Answered",
    "Bank",
    "Destination",
    "Outcome",
    "Payment",
    "PaymentOrder",
    "StatementUnavailable",
    "configured_bank",
    "paid",
]
