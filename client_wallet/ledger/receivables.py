"""Accounts of what others owe the hospital for patients: one per payer."""

from client_wallet.ledger import RECEIVABLE
from client_wallet.models import LedgerAccount


def receivable_account(code: str) -> str:
    """Return the code of a payer's account."""
    return f"{RECEIVABLE}-{code}"


def open_receivable(code: str, name: str) -> None:
    """Open a payer's account, if there is none yet."""
    account = LedgerAccount(
        code=receivable_account(code), name=f"Owed by {name}", kind=LedgerAccount.Kind.ASSET
    )
    LedgerAccount.objects.bulk_create([account], ignore_conflicts=True)
