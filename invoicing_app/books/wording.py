"""Pieces of SQL that several checks share."""

from collections.abc import Mapping

from client_wallet import ledger
from client_wallet.models import PaymentMethod
from client_wallet.services import DEPOSIT_TILLS


def differences(pairs: Mapping[str, tuple[str, str]]) -> str:
    """
    Return an SQL expression: the names whose two values differ, with commas; "" where none does.
    """
    cases = (
        f"CASE WHEN {found} IS DISTINCT FROM {expected} THEN '{name}' END"
        for name, (found, expected) in pairs.items()
    )
    return f"concat_ws(', ', {', '.join(cases)})"


def account_of_method(column: str) -> str:
    """Return an SQL expression: the account that is debited for a payment method."""
    accounts = {**DEPOSIT_TILLS, PaymentMethod.WALLET: ledger.WALLETS}
    cases = " ".join(f"WHEN '{method}' THEN '{code}'" for method, code in accounts.items())
    return f"CASE {column} {cases} END"


def listed(values: Mapping[str, str]) -> str:
    """Return SQL rows for VALUES: ('key', 'value'), …"""
    return ", ".join(f"('{key}', '{value}')" for key, value in values.items())
