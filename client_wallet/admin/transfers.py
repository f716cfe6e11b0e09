"""Transfers at the desk, to read."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from client_wallet.admin.entries import ENTRY, with_entry_links
from client_wallet.models import Transfer, WalletAccount
from hospital.core.admin import ReadOnlyAdmin, change_url, money_column, named_column
from smcapp1.admin import patient_search


def _wallet(wallet: WalletAccount) -> str:
    return format_html('<a class="text-link" href="{}">{}</a>', change_url(wallet), wallet.patient)


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    """Money that went from one patient's wallet to another's."""

    list_display = (
        "reference",
        "sender",
        "recipient",
        money_column("amount", "amount"),
        "created_at",
        named_column("requested_by", "asked for by"),
    )
    paginator = InfinitePaginator
    ordering = ("-entry_id",)  # in the order in which they were posted, along an index
    search_fields = (
        "reference_id",
        *patient_search("from_wallet__patient"),
        *patient_search("to_wallet__patient"),
    )
    search_help_text = "Reference, or either patient's number, name or phone"
    fields = (
        "reference",
        "sender",
        "recipient",
        money_column("amount", "amount"),
        "note",
        named_column("requested_by", "asked for by"),
        "created_at",
        ENTRY,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transfer]:
        transfers: QuerySet[Transfer] = super().get_queryset(request)
        return transfers.select_related(
            "from_wallet__patient", "to_wallet__patient", "requested_by", "entry"
        )

    def get_fields(self, request: HttpRequest, obj: Transfer | None = None) -> list[object]:
        return with_entry_links(request, self.fields)

    @display(description="reference", ordering="reference_id")  # type: ignore[untyped-decorator] # no types
    def reference(self, transfer: Transfer) -> str:
        return transfer.reference_id

    @display(description="from")  # type: ignore[untyped-decorator] # unfold has no types
    def sender(self, transfer: Transfer) -> str:
        return _wallet(transfer.from_wallet)

    @display(description="to")  # type: ignore[untyped-decorator] # unfold has no types
    def recipient(self, transfer: Transfer) -> str:
        return _wallet(transfer.to_wallet)
