"""Printing receipts: the first print is the original, each later one a numbered duplicate."""

from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Protocol

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from client_wallet.models import JournalEntry, Receipt, ReceiptPrint
from hospital.core.acts import Act, Answer
from hospital.core.admin import change_url
from hospital.core.errors import NotFound
from hospital.core.idempotency import earlier_answer, keep_answer

TOKEN_BYTES = 16  # 128 bits: a token can be found on paper, and in no other way


class Document(Protocol):
    """
    A deposit or a payment: what has an entry of the journal, and so a receipt.

    A payment of which nobody paid anything has neither.
    """

    @property
    def entry_id(self) -> int | None: ...


def receipt_url(document: Document) -> str:
    """
    Return the address of a document's receipt at the desk, where it is seen and printed; that of
    the document's own page where there is none.
    """
    if document.entry_id is None:
        return change_url(document)
    return reverse("admin:receipt", args=[document.entry_id])


@dataclass(frozen=True)
class ReceiptPrinted(Answer):
    """A print: the entry whose receipt it is, and which copy (1 is the original)."""

    entry_id: int
    copy_number: int
    replayed: bool = False


@transaction.atomic
def print_receipt(*, entry_id: int, act: Act) -> ReceiptPrinted:
    """
    Log one more print of an entry's receipt, and number it.

    Opens the receipt at its first print, so that an act that is never printed pays nothing for it.
    Locks the receipt, and nothing else. Repeating a call with the same key returns the first answer
    and logs nothing.

    :raises NotFound: if there is no such entry
    :raises KeyReused: if the key was used for another receipt
    """
    facts = {"entry_id": entry_id}
    receipt = _lock_receipt(entry_id)
    if kept := earlier_answer(act, "print-receipt", facts):
        return ReceiptPrinted.again(kept)
    receipt.last_copy += 1
    receipt.save(update_fields=["last_copy"])
    printed = ReceiptPrint.objects.create(
        receipt=receipt,
        copy_number=receipt.last_copy,
        token=token_urlsafe(TOKEN_BYTES),
        printed_by=act.actor,
        printed_at=timezone.now(),
    )
    answer = ReceiptPrinted(entry_id, printed.copy_number)
    keep_answer(act, "print-receipt", facts, answer.facts())
    return answer


def _lock_receipt(entry_id: int) -> Receipt:
    if not JournalEntry.objects.filter(pk=entry_id).exists():
        raise NotFound("There is no receipt with this number.")
    # Insert-or-ignore, then lock: two first prints at once make one receipt.
    Receipt.objects.bulk_create([Receipt(entry_id=entry_id)], ignore_conflicts=True)
    locked = Receipt.objects.select_for_update(of=("self",), no_key=True)
    return locked.get(entry_id=entry_id)
