"""Receipt numbers: gapless per cashier and series, from a row that only its cashier locks."""

from typing import Any

from hospital.core.statements import Part, Statement, run

DEPOSIT = "DEP"
PAYMENT = "PAY"
REFUND = "REF"


def _padded(number: str, digits: int) -> str:
    """Return the SQL for a number with zeros in front; a longer one is kept whole."""
    return f"lpad({number}::text, greatest({digits}, length({number}::text)), '0')"


_NUMBER = f"series || '-' || {_padded('cashier_id', 4)} || '-' || {_padded('last_number', 6)}"
_COUNT = """
    INSERT INTO client_wallet_receiptcounter AS counter (cashier_id, series, last_number)
    SELECT %(actor_id)s::bigint, %(series)s::text, 1 WHERE {condition}
    ON CONFLICT (cashier_id, series) DO UPDATE SET last_number = counter.last_number + 1
    RETURNING {number}"""
_NEXT = Statement("next_receipt_number", _COUNT.format(condition="true", number=_NUMBER))


def numbered_if(condition: str) -> Part:
    """
    Return the number as the memo of the entry written in the same statement, for its companions.

    Where the condition does not hold there is no memo, and nothing is numbered or written.
    """
    number = f"{_NUMBER} AS text, {_NUMBER} AS hashed"
    return Part("memo", _COUNT.format(condition=condition, number=number))


def next_receipt_number(series: str, cashier: Any) -> str:
    """
    Return the cashier's next number in the series, for example ``PAY-0007-000042``.

    Locks the counter row until the transaction ends: the last lock of an act. A transaction that is
    rolled back burns no number.
    """
    row = run([_NEXT], {"actor_id": cashier.pk, "series": series})
    return str(row[0]) if row else ""
