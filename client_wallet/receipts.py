"""Receipt numbers: gapless per cashier and series, from a row that only its cashier locks."""

from typing import Any

from hospital.core.statements import Part, Statement, run

DEPOSIT = "DEP"
PAYMENT = "PAY"


def _padded(number: str, digits: int) -> str:
    """Return the SQL for a number with zeros in front; a longer one is kept whole."""
    return f"lpad({number}::text, greatest({digits}, length({number}::text)), '0')"


_NEXT_NUMBER = f"""
    INSERT INTO client_wallet_receiptcounter AS counter (cashier_id, series, last_number)
    VALUES (%(actor_id)s::bigint, %(series)s::text, 1)
    ON CONFLICT (cashier_id, series) DO UPDATE SET last_number = counter.last_number + 1
    RETURNING series || '-' || {_padded("cashier_id", 4)} || '-' || {_padded("last_number", 6)}
           AS number"""  # noqa: S608 - no input in it
_NEXT = Statement("next_receipt_number", _NEXT_NUMBER)

# The number as the memo of the entry that is written in the same statement (``ledger.Companions``).
NUMBERED = (
    Part("receipt", _NEXT_NUMBER),
    Part("memo", "SELECT number AS text, number AS hashed FROM receipt"),
)


def next_receipt_number(series: str, cashier: Any) -> str:
    """
    Return the cashier's next number in the series, for example ``PAY-0007-000042``.

    Locks the counter row until the transaction ends: the last lock of an act. A transaction that is
    rolled back burns no number.
    """
    row = run([_NEXT], {"actor_id": cashier.pk, "series": series})
    return str(row[0]) if row else ""
