"""The way from a document to its journal entry, and from an entry to its receipt."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import display

from client_wallet.models import JournalEntry
from hospital.core.admin import change_url, may, named_column


def entry_link(field: str, description: str = "journal entry") -> Callable[[Any], str]:
    """Return a field that links to a document's journal entry."""

    @display(description=description)  # type: ignore[untyped-decorator] # unfold has no types
    def column(document: Any) -> str:
        entry = getattr(document, field)
        return format_html('<a class="text-link" href="{}">{}</a>', change_url(entry), entry)

    return column  # type: ignore[no-any-return] # the decorator returns the function


ENTRY = named_column("entry", "journal entry")
REVERSAL = named_column("reversal", "journal entry")
DEBIT = named_column("debit", "taken from the wallet by")
SETTLEMENT = named_column("settlement", "settled by")
REFUND = named_column("refund", "given back by")
_WITH_RECEIPT = {JournalEntry.Kind.DEPOSIT, JournalEntry.Kind.REVERSAL, JournalEntry.Kind.PAYMENT}
_LINKS = {
    ENTRY: entry_link("entry"),
    REVERSAL: entry_link("reversal"),
    DEBIT: entry_link("debit", "taken from the wallet by"),
    SETTLEMENT: entry_link("settlement", "settled by"),
    REFUND: entry_link("refund", "given back by"),
}


def with_entry_links(request: HttpRequest, fields: Sequence[Any]) -> list[Any]:
    """Return the fields with journal entries as links, for those who may follow them."""
    if not may(request, "client_wallet.view_journalentry"):
        return list(fields)
    return [_LINKS.get(field, field) for field in fields]


def receipt_link(entry_id: int, kind: str, receipt_number: str) -> str:
    """Return a receipt's number as the way to it; nothing for an entry without one."""
    if kind not in _WITH_RECEIPT or not receipt_number:
        return ""  # the memo of a withdrawal's entry is the bank's reference
    url = reverse("admin:receipt", args=[entry_id])  # invoicing_app shows every receipt
    return format_html('<a class="text-link nowrap" href="{}">{}</a>', url, receipt_number)
