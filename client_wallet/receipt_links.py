"""The way from a deposit or payment at the desk to its receipt."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from unfold.decorators import action, display

from client_wallet.receipt_prints import Document, receipt_url


class HasReceipt:
    """Adds a button above a document's page, and a column to the list of documents."""

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Receipt", url_path="receipt", icon="receipt_long"
    )
    def open_receipt(self, request: HttpRequest, object_id: str) -> HttpResponse:
        desk: Any = self
        document = desk.found(request, object_id)
        if document.entry_id is None:
            messages.info(request, "Nobody paid anything here, so there is no receipt to print.")
        return HttpResponseRedirect(receipt_url(document))

    @display(description="receipt")  # type: ignore[untyped-decorator] # unfold has no types
    def to_receipt(self, document: Document) -> str:
        if document.entry_id is None:
            return ""
        return format_html('<a class="text-link" href="{}">Receipt</a>', receipt_url(document))
