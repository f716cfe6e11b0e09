"""Receipt numbers: gapless per cashier and series, from a row that only its cashier locks."""

from typing import Any

from django.db import connection

DEPOSIT = "DEP"
PAYMENT = "PAY"


def next_receipt_number(series: str, cashier: Any) -> str:
    """
    Return the cashier's next number in the series, for example ``PAY-0007-000042``.

    Locks the counter row until the transaction ends: the last lock of an act. A transaction that is
    rolled back burns no number.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO client_wallet_receiptcounter AS counter (cashier_id, series, last_number)
            VALUES (%s, %s, 1)
            ON CONFLICT (cashier_id, series)
            DO UPDATE SET last_number = counter.last_number + 1
            RETURNING last_number
            """,
            [cashier.pk, series],
        )
        (number,) = cursor.fetchone()
    return f"{series}-{cashier.pk:04d}-{number:06d}"
