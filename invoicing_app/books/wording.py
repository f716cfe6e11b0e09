"""Pieces of SQL that several checks share."""

from collections.abc import Mapping

from client_wallet import ledger
from client_wallet.models import PaymentMethod
from client_wallet.models.deposits import ONLINE


def differences(pairs: Mapping[str, tuple[str, str]]) -> str:
    """
    Return an SQL expression: the names whose two values differ, with commas; "" where none does.
    """
    cases = (
        f"CASE WHEN {found} IS DISTINCT FROM {expected} THEN '{name}' END"
        for name, (found, expected) in pairs.items()
    )
    return f"concat_ws(', ', {', '.join(cases)})"


def drawer_of(cashier: str) -> str:
    """Return an SQL expression: the account of a cashier's drawer; ``cashier`` is a column."""
    digits = f"{cashier}::text"
    return f"('{ledger.DRAWER}' || lpad({digits}, greatest(4, length({digits})), '0'))"


def account_of_method(method: str, cashier: str) -> str:
    """
    Return an SQL expression: the account debited for a payment method; both are columns.

    In a query that reads the ``entry``: outside of a shift, cash was all in one drawer.
    """
    accounts = {
        PaymentMethod.CARD: ledger.CARD_CLEARING,
        PaymentMethod.TRANSFER: ledger.BANK,
        ONLINE: ledger.GATEWAY_CLEARING,
        PaymentMethod.WALLET: ledger.WALLETS,
    }
    cases = " ".join(f"WHEN '{name}' THEN '{code}'" for name, code in accounts.items())
    cash = f"CASE WHEN entry.shift_id IS NULL THEN '{ledger.CASH}' ELSE {drawer_of(cashier)} END"
    return f"CASE {method} WHEN '{PaymentMethod.CASH}' THEN {cash} {cases} END"


def listed(values: Mapping[str, str]) -> str:
    """Return SQL rows for VALUES: ('key', 'value'), …"""
    return ", ".join(f"('{key}', '{value}')" for key, value in values.items())
