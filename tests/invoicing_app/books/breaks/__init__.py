"""
For each check the ways to break the books behind the application's back.

Each is one statement for the databases' owner, after all triggers and constraints were taken away,
and returns the thing that the check must name.
"""

from collections.abc import Mapping, Sequence

from tests.invoicing_app.books.breaks import (
    departments,
    documents,
    journal,
    online_payments,
    payers,
    refunds,
    seals,
    shifts,
    tenders,
    waivers,
    withdrawals,
)

BREAKS: Mapping[str, Sequence[str]] = {
    **journal.BREAKS,
    **seals.BREAKS,
    **documents.BREAKS,
    **tenders.BREAKS,
    **shifts.BREAKS,
    **departments.BREAKS,
    **withdrawals.BREAKS,
    **online_payments.BREAKS,
    **waivers.BREAKS,
    **payers.BREAKS,
    **refunds.BREAKS,
}
