"""A wallet's movements, newest first, each with debit, credit and running balance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from client_wallet.models import JournalEntry, Posting

TRANSFER_TYPES: Mapping[tuple[str, str], str] = {  # of a transfer the side tells which
    (JournalEntry.Kind.TRANSFER, Posting.Side.CREDIT): "TRANSFER_IN",
    (JournalEntry.Kind.TRANSFER, Posting.Side.DEBIT): "TRANSFER_OUT",
}


@dataclass(frozen=True)
class Movement:
    """One line of a wallet's account; of ``debit`` and ``credit`` the other one is None."""

    sequence: int  # 1, 2, 3, … within the wallet
    entry_id: int
    uid: UUID  # of the journal entry
    type: str  # DEPOSIT, REVERSAL, PAYMENT, REFUND, TRANSFER_IN, TRANSFER_OUT, WITHDRAWAL
    debit: Decimal | None
    credit: Decimal | None
    balance_after: Decimal
    memo: str
    created_at: datetime


def wallet_history(
    wallet_id: UUID, *, before: int | None = None, limit: int = 50
) -> Sequence[Movement]:
    """
    Return up to ``limit`` movements, those with a sequence below ``before`` if it is given.

    One query along the index on (wallet, sequence): every page costs what the first one does.
    """
    postings = Posting.objects.filter(wallet_id=wallet_id).select_related("entry")
    if before is not None:
        postings = postings.filter(wallet_sequence__lt=before)
    return [_movement(posting) for posting in postings.order_by("-wallet_sequence")[:limit]]


def _movement(posting: Posting) -> Movement:
    entry = posting.entry
    is_debit = posting.side == Posting.Side.DEBIT
    return Movement(
        sequence=posting.wallet_sequence or 0,
        entry_id=entry.pk,
        uid=entry.uid,
        type=TRANSFER_TYPES.get((entry.kind, posting.side), str(entry.kind)),
        debit=posting.amount if is_debit else None,
        credit=None if is_debit else posting.amount,
        balance_after=posting.balance_after or Decimal("0.00"),
        memo=entry.memo,
        created_at=entry.posted_at,
    )
