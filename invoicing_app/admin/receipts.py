"""Receipts at the desk: seen by whoever may see their subject, printed, every print listed."""

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from client_wallet.models import ReceiptPrint, WalletDeposit, copy_name
from client_wallet.receipt_prints import print_receipt
from hospital.core.admin import ReadOnlyAdmin, change_url, may, named_column
from hospital.core.errors import DomainError
from hospital.core.forms import NO_KEY, OneTimeKeyForm
from hospital.core.locale_formats import local_moment
from hospital.core.transactions import retry_conflicts
from invoicing_app.paper_receipts.content import ReceiptContent, letterhead, receipt_of
from invoicing_app.paper_receipts.qr import check_url, qr_code

PRINT = "client_wallet.print_receipt"
SEE_DEPOSITS = "client_wallet.view_walletdeposit"
SEE_PAYMENTS = "invoicing_app.view_depositreceiving"
PAPER_LASTS = timedelta(minutes=2)  # so long a print can be reloaded by who made it
MOST_SHOWN = 50  # prints of one receipt


class CopyFilter(admin.SimpleListFilter):
    """Originals, or what came after them."""

    title = "copy"
    parameter_name = "copy"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("original", "Original"), ("duplicate", "Duplicate")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[ReceiptPrint]
    ) -> QuerySet[ReceiptPrint]:
        if self.value() == "original":
            return queryset.filter(copy_number=1)
        return queryset.filter(copy_number__gt=1) if self.value() == "duplicate" else queryset


@admin.register(ReceiptPrint)
class ReceiptPrintAdmin(ReadOnlyAdmin):
    """Who printed which receipt when; below it, the page of each receipt."""

    list_display = ("printed_at", "receipt_number", "kind", "copy_printed", "printed_by")
    list_filter = (CopyFilter, "printed_at")
    list_select_related = ("receipt__entry", "printed_by")
    paginator = InfinitePaginator
    search_fields = ("receipt__entry__memo", "printed_by__username")
    search_help_text = "Receipt number, or who printed it"
    fields = (
        "receipt_number",
        "kind",
        "copy_printed",
        named_column("printed_by", "printed by"),
        "printed_at",
    )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        urls: list[URLPattern] = super().get_urls()
        return [
            path("receipt/<int:entry_id>/", view(self.receipt_page), name="receipt"),
            path("receipt/<int:entry_id>/print/", view(self.print_page), name="receipt_print"),
            path(
                "receipt/<int:entry_id>/copy/<int:copy_number>/",
                view(self.paper_page),
                name="receipt_paper",
            ),
            *urls,
        ]

    def receipt_page(self, request: HttpRequest, entry_id: int) -> HttpResponse:
        """Show a receipt with its prints; looking at it is no print."""
        receipt = _visible_receipt(request, entry_id)
        prints = _prints_of(entry_id).order_by("-copy_number")[:MOST_SHOWN]
        context = {
            **self.admin_site.each_context(request),
            **_page(receipt, last_copy=prints[0].copy_number if prints else 0),
            "title": receipt.number,
            "subtitle": receipt.title,
            "opts": receipt.document._meta,  # the way back: payments, or deposits
            "document_url": change_url(receipt.document),
            "document_name": receipt.document._meta.verbose_name,
            "other_receipt": _other_receipt(receipt),
            "patient_url": _patient_url(request, receipt),
            "may_print": may(request, PRINT),
            "prints": _table(prints),
        }
        return TemplateResponse(request, "invoicing_app/receipt/desk.html", context)

    def print_page(self, request: HttpRequest, entry_id: int) -> HttpResponse:
        """Log a print, and lead to the page from which it goes to the printer."""
        if not may(request, PRINT):
            raise PermissionDenied
        _visible_receipt(request, entry_id)
        form = OneTimeKeyForm(request.POST)
        if request.method == "POST" and form.is_valid():
            try:
                printed = retry_conflicts(print_receipt)(
                    entry_id=entry_id, act=form.act(request.user)
                )
            except DomainError as refusal:
                messages.error(request, refusal.detail)
            else:
                return HttpResponseRedirect(_url("paper", entry_id, printed.copy_number))
        elif request.method == "POST":
            messages.error(request, NO_KEY)
        return HttpResponseRedirect(_url("", entry_id))

    def paper_page(self, request: HttpRequest, entry_id: int, copy_number: int) -> HttpResponse:
        """
        Show one print as it goes onto paper, to whoever made it and for a short while.

        Later, and to anybody else, there is no paper to be had without another print.
        """
        receipt = _visible_receipt(request, entry_id)
        prints = _prints_of(entry_id)
        printed = prints.filter(copy_number=copy_number).first()
        if printed is None:
            raise Http404
        if printed.printed_by != request.user or timezone.now() - printed.printed_at > PAPER_LASTS:
            messages.info(request, _was_printed(printed))
            return HttpResponseRedirect(_url("", entry_id))
        context = {
            **_page(receipt, last_copy=printed.receipt.last_copy),
            "printed": printed,
            "printed_by": _name(printed.printed_by),
            "qr": qr_code(check_url(request, printed)),
        }
        return TemplateResponse(request, "invoicing_app/receipt/printing.html", context)

    @display(description="receipt", ordering="receipt__entry__memo")  # type: ignore[untyped-decorator] # no types
    def receipt_number(self, printed: ReceiptPrint) -> str:
        entry = printed.receipt.entry
        return format_html(
            '<a class="text-link" href="{}">{}</a>', _url("", entry.pk), entry.memo or entry
        )

    @display(description="kind")  # type: ignore[untyped-decorator] # unfold has no types
    def kind(self, printed: ReceiptPrint) -> str:
        return printed.receipt.entry.get_kind_display()

    @display(description="copy", ordering="copy_number")  # type: ignore[untyped-decorator] # no types
    def copy_printed(self, printed: ReceiptPrint) -> str:
        return printed.copy


def _visible_receipt(request: HttpRequest, entry_id: int) -> ReceiptContent:
    """Return the receipt of an entry, to whoever may see what it is about."""
    if not (may(request, SEE_DEPOSITS) or may(request, SEE_PAYMENTS)):
        raise PermissionDenied
    receipt = receipt_of(entry_id)
    if receipt is None:
        raise Http404
    is_deposit = isinstance(receipt.document, WalletDeposit)
    if not may(request, SEE_DEPOSITS if is_deposit else SEE_PAYMENTS):
        raise PermissionDenied
    return receipt


def _page(receipt: ReceiptContent, *, last_copy: int) -> dict[str, Any]:
    """Return what both pages of a receipt show."""
    return {
        "receipt": receipt,
        "letterhead": letterhead(),
        "next_copy": copy_name(last_copy + 1),
        "form": OneTimeKeyForm(),
        "receipt_url": _url("", receipt.entry_id),
        "print_url": _url("print", receipt.entry_id),
    }


def _patient_url(request: HttpRequest, receipt: ReceiptContent) -> str:
    if not may(request, "smcapp1.view_patientprofile"):
        return ""
    return reverse("admin:smcapp1_patientprofile_change", args=[receipt.patient_id])


def _other_receipt(receipt: ReceiptContent) -> dict[str, str] | None:
    """Return the way from a reversed deposit's receipt to its reversal's, and back."""
    deposit = receipt.document
    if not isinstance(deposit, WalletDeposit) or deposit.reversal_id is None:
        return None
    if receipt.entry_id == deposit.entry_id:
        return {"title": "Receipt of the reversal", "url": _url("", deposit.reversal_id)}
    return {"title": "Receipt of the deposit", "url": _url("", deposit.entry_id)}


def _prints_of(entry_id: int) -> QuerySet[ReceiptPrint]:
    prints = ReceiptPrint.objects.select_related("receipt", "printed_by")
    return prints.filter(receipt__entry_id=entry_id)


def _table(prints: QuerySet[ReceiptPrint]) -> dict[str, Any]:
    return {
        "headers": ["copy", "printed by", "when"],
        "rows": [
            [printed.copy, _name(printed.printed_by), local_moment(printed.printed_at)]
            for printed in prints
        ],
    }


def _was_printed(printed: ReceiptPrint) -> str:
    when, who = local_moment(printed.printed_at), _name(printed.printed_by)
    return f"{printed.copy} was printed by {who}, {when}. Print again for a further copy."


def _name(user: Any) -> str:
    return str(user.get_full_name() or user.get_username())


def _url(page: str, *arguments: int) -> str:
    return reverse(f"admin:receipt_{page}" if page else "admin:receipt", args=arguments)
