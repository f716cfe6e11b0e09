"""Which receipts a patient has: of own deposits, their reversals, payments and their refunds."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, QuerySet

from client_wallet.models import JournalEntry, WalletDeposit
from invoicing_app.models import DepositReceiving
from invoicing_app.refunds.models import Refund

Kind = JournalEntry.Kind
WITH_RECEIPT = frozenset({Kind.DEPOSIT, Kind.REVERSAL, Kind.PAYMENT, Kind.REFUND})


def receipts_of(
    patient_id: int, *, before: int | None = None, limit: int
) -> Sequence[JournalEntry]:
    """
    Return the newest entries that the patient has a receipt of, each with its ``amount``; those
    with an id below ``before`` if it is given.

    Two queries: which ones they are is found along the indexes of the patient's own rows, and never
    by a look through the journal.
    """
    deposits = WalletDeposit.objects.filter(wallet__patient=patient_id)
    payments = DepositReceiving.objects.filter(consultation__patient=patient_id)
    refunds = Refund.objects.filter(payment__consultation__patient=patient_id)
    taken, reversed_, paid, refunded = (
        _entries_of(rows, column, before)
        for rows, column in (
            (deposits, "entry"),
            (deposits, "reversal"),
            (payments, "entry"),
            (refunds, "entry"),
        )
    )
    newest = taken.union(reversed_, paid, refunded, all=True).order_by("-receipt_of")[:limit]
    found = [row["receipt_of"] for row in newest]
    return list(JournalEntry.objects.with_amount().filter(pk__in=found).order_by("-pk"))


def _entries_of(documents: QuerySet[Any], column: str, before: int | None) -> QuerySet[Any, Any]:
    wanted = {f"{column}__isnull": False} if before is None else {f"{column}__lt": before}
    return documents.filter(**wanted).values(receipt_of=F(column))
