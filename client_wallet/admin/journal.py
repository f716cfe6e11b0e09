"""The journal at the desk: every entry with its lines, and the accounts."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from client_wallet.admin.entries import receipt_link
from client_wallet.models import JournalEntry, LedgerAccount, Posting
from hospital.core.admin import (
    ReadOnlyAdmin,
    ReadOnlyInline,
    money_cell,
    money_column,
    named_column,
)


class PostingInline(ReadOnlyInline):
    """The lines of an entry."""

    model = Posting
    fields = (
        "account",
        "wallet",
        "debit",
        "credit",
    )
    readonly_fields = ("debit", "credit")
    verbose_name_plural = "lines"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Posting]:
        postings: QuerySet[Posting] = super().get_queryset(request)
        return postings.select_related("account", "wallet__patient")

    def debit(self, posting: Posting) -> str:
        return money_cell(posting.amount if posting.side == Posting.Side.DEBIT else None)

    def credit(self, posting: Posting) -> str:
        return money_cell(posting.amount if posting.side == Posting.Side.CREDIT else None)


@admin.register(JournalEntry)
class JournalEntryAdmin(ReadOnlyAdmin):
    """The journal: every balanced event, with its lines."""

    inlines = (PostingInline,)
    list_display = (
        "number",
        "kind",
        money_column("amount", "amount"),
        "posted_at",
        "business_date",
        "receipt_number",
        "actor",
    )
    list_filter = ("kind", "business_date")
    list_select_related = ("actor",)
    paginator = InfinitePaginator
    search_fields = ("memo",)
    search_help_text = "Receipt number"
    fields = (
        "kind",
        "posted_at",
        "business_date",
        "receipt_number",
        named_column("actor", "actor"),
        "reverses",
        "uid",
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).with_amount()

    @display(description="receipt", ordering="memo")  # type: ignore[untyped-decorator] # no types
    def receipt_number(self, entry: JournalEntry) -> str:
        return receipt_link(entry.pk, entry.kind, entry.memo)

    @display(description="no.", ordering="pk")  # type: ignore[untyped-decorator] # no types
    def number(self, entry: JournalEntry) -> int:
        return entry.pk


@admin.register(LedgerAccount)
class LedgerAccountAdmin(ReadOnlyAdmin):
    """The accounts of the journal."""

    list_display = ("code", "name", "kind")
    list_filter = ("kind",)
    ordering = ("code",)
    search_fields = ("code", "name")
    fields = ("code", "name", "kind")
