"""What moves a wallet's money, and where a withdrawal stands, in words for its owner."""

from collections.abc import Mapping
from dataclasses import dataclass

from client_wallet.transactions import Transaction

MOVEMENTS: Mapping[str, str] = {  # by the type of a transaction
    "DEPOSIT": "Deposit",
    "REVERSAL": "Deposit taken back",
    "PAYMENT": "Payment",
    "REFUND": "Refund",
    "TRANSFER_IN": "Transfer received",
    "TRANSFER_OUT": "Transfer sent",
    "WITHDRAWAL": "Withdrawal",
    "WITHDRAWAL_RETURNED": "Withdrawal returned",
}


@dataclass(frozen=True)
class State:
    """A state as its owner reads it."""

    name: str
    meaning: str  # where the money is


STATES: Mapping[str, State] = {  # by the status of a transaction
    "SCHEDULED": State(
        "Waiting",
        "Nothing has been taken from your wallet yet. It is taken when the withdrawal is due, if "
        "the wallet holds enough then.",
    ),
    "PROCESSING": State("Being paid", "The money has left your wallet, and the bank is told."),
    "UNKNOWN": State(
        "Being asked for",
        "The money has left your wallet. The bank has not said yet whether it paid, and is asked.",
    ),
    "NEEDS_REVIEW": State(
        "Being looked into",
        "The money has left your wallet. The bank did not say clearly whether it paid; somebody "
        "at the hospital is finding out.",
    ),
    "COMPLETED": State("Done", "The bank has paid it."),
    "FAILED": State("Not paid", "Nothing was taken from your wallet."),
    "CANCELLED": State("Cancelled", "It was cancelled. Nothing was taken from your wallet."),
    "REVERSED": State("Taken back", "It was undone by a later movement."),
}
_FAILURES: Mapping[str, str] = {
    "insufficient-funds": "When it was due, the wallet held too little. Nothing was taken.",
    "wallet-frozen": "When it was due, the wallet was frozen. Nothing was taken.",
}
_MONEY_BACK = "The bank did not pay it. The money is back in your wallet."


def movement_name(kind: str) -> str:
    return MOVEMENTS.get(kind) or kind.replace("_", " ").capitalize()


def state_name(status: str) -> str:
    return STATES[status].name


def withdrawal_meaning(withdrawal: Transaction) -> str:
    """Return in a sentence where the money of a withdrawal is."""
    if withdrawal.related_id is not None:
        return _MONEY_BACK
    failure = _FAILURES.get(withdrawal.failure_code or "", "")
    return failure or STATES[withdrawal.status].meaning
