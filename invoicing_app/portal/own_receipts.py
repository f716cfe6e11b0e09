"""Which receipts a patient has: of own deposits, their reversals, and payments of own bills."""

from django.db.models import QuerySet

from client_wallet.models import JournalEntry, WalletDeposit
from invoicing_app.models import DepositReceiving

Kind = JournalEntry.Kind
WITH_RECEIPT = frozenset({Kind.DEPOSIT, Kind.REVERSAL, Kind.PAYMENT})


def receipts_of(patient_id: int) -> QuerySet[JournalEntry]:
    """
    Return the entries that the patient has a receipt of, each with its ``amount``.

    Found from the patient's own rows, along their indexes, and never by a look through the journal.
    """
    deposits = WalletDeposit.objects.filter(wallet__patient=patient_id)
    payments = DepositReceiving.objects.filter(consultation__patient=patient_id)
    own = deposits.values("entry_id").union(
        deposits.exclude(reversal=None).values("reversal_id"), payments.values("entry_id"), all=True
    )
    return JournalEntry.objects.with_amount().filter(pk__in=own)
