"""The journal in raw SQL: what any program with the application's password could send."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from client_wallet import ledger
from client_wallet.models import WalletAccount

# What a refusal carries: its SQLSTATE, and the constraint that refused if there is one.
Refusal = tuple[str, str | None]
NOT_PERMITTED: Refusal = ("42501", None)
APPEND_ONLY: Refusal = ("23001", None)
UNBALANCED: Refusal = ("23514", "entry_balances")
WITHOUT_LINES: Refusal = ("23514", "entry_has_lines")
LATE: Refusal = ("23514", "entry_takes_no_late_line")

# account, wallet, side, amount, sequence, balance after, hash
Line = tuple[str, Any, str, str, int | None, str | None, str]

WRITE_ENTRY = """
    INSERT INTO client_wallet_journalentry
           (uid, kind, posted_at, business_date, actor_id, memo, reverses_id)
    VALUES (gen_random_uuid(), 'DEPOSIT', now(), current_date, %s, '', %s)
    RETURNING id
"""
WRITE_LINES = """
    INSERT INTO client_wallet_posting
           (entry_id, account_id, wallet_id, side, amount,
            wallet_sequence, balance_after, chain_hash)
"""
WRITE_LATE_LINE = WRITE_LINES + "VALUES (%s, 'CASH', NULL, 'DEBIT', 5.00, NULL, NULL, '')"
WRITE_LATE_PAIR = WRITE_LATE_LINE + ", (%s, 'CASH', NULL, 'CREDIT', 5.00, NULL, NULL, '')"


def debit(account: str, amount: str) -> Line:
    return (account, None, "DEBIT", amount, None, None, "")


def credit(account: str, amount: str) -> Line:
    return (account, None, "CREDIT", amount, None, None, "")


def wallet_credit(
    wallet: WalletAccount,
    amount: str,
    *,
    sequence: int | None = 1,
    balance_after: str | None = "5.00",
    chain_hash: str = "0" * 64,
) -> Line:
    return (ledger.WALLETS, wallet.pk, "CREDIT", amount, sequence, balance_after, chain_hash)


def write_entry(actor: Any, *lines: Line, reverses: int | None = None) -> int:
    """Write an entry with these lines in one statement, as ``ledger.post`` does; return its id."""
    values = ", ".join(
        ["(%s, %s::uuid, %s, %s::numeric, %s::bigint, %s::numeric, %s)"] * len(lines)
    )
    entry_id: int = run(
        f"WITH entry AS ({WRITE_ENTRY}), lines AS ({WRITE_LINES}"  # noqa: S608 - no input in it
        f" SELECT entry.id, line.* FROM entry, (VALUES {values}) AS line) SELECT id FROM entry",
        [actor.pk, reverses, *(value for line in lines for value in line)],
    )
    return entry_id


def run(statement: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> Any:
    """Run a statement as the application's role; return the first column of its first row."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        row = cursor.fetchone() if cursor.description else None
        return row and row[0]


def refusal_of(statement: str, parameters: Sequence[Any] = ()) -> Refusal:
    """Run a statement that has to be refused, and return how it was."""
    with pytest.raises(DatabaseError) as caught:
        run(statement, parameters)
    return refusal_in(caught.value)


def refusal_of_entry(actor: Any, *lines: Line, reverses: int | None = None) -> Refusal:
    """Write an entry that has to be refused, and return how it was."""
    with pytest.raises(DatabaseError) as caught:
        write_entry(actor, *lines, reverses=reverses)
    return refusal_in(caught.value)


def refusal_in(error: DatabaseError) -> Refusal:
    """Return what PostgreSQL said beneath Django's error."""
    cause: Any = error.__cause__
    return cause.pgcode, cause.diag.constraint_name
