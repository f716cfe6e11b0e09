"""Deposits and payments as lines of a list, each with the way to its receipt."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from client_wallet.models import WalletDeposit
from client_wallet.receipt_prints import receipt_url
from invoicing_app.models import DepositReceiving


@dataclass(frozen=True)
class ReceiptLine:
    """A deposit or a payment, whichever it is."""

    document: Any  # a WalletDeposit or a DepositReceiving
    kind: str
    patient: Any
    amount: Decimal
    is_reversed: bool
    url: str


def receipt_lines(documents: Iterable[WalletDeposit | DepositReceiving]) -> list[ReceiptLine]:
    """Return the documents, loaded with their patients, as lines; no query runs."""
    return [_line(document) for document in documents]


def _line(document: WalletDeposit | DepositReceiving) -> ReceiptLine:
    if isinstance(document, WalletDeposit):
        return ReceiptLine(
            document,
            "Deposit",
            document.wallet.patient,
            document.amount,
            document.reversed_by_id is not None,
            receipt_url(document),
        )
    return ReceiptLine(
        document,
        "Payment",
        document.consultation.patient,
        document.total_due,
        is_reversed=False,
        url=receipt_url(document),
    )
