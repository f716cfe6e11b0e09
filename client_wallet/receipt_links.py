"""The way from a deposit or payment at the desk to its receipt."""

from typing import Any

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
        return HttpResponseRedirect(receipt_url(desk.found(request, object_id)))

    @display(description="receipt")  # type: ignore[untyped-decorator] # unfold has no types
    def to_receipt(self, document: Document) -> str:
        return format_html('<a class="text-link" href="{}">Receipt</a>', receipt_url(document))
