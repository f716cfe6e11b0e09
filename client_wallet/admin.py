"""Wallets and the journal at the desk: deposits, their reversal, and everything else to read."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.paginator import InfinitePaginator

from client_wallet.forms import DepositForm
from client_wallet.history import Movement, wallet_history
from client_wallet.models import (
    JournalEntry,
    LedgerAccount,
    Posting,
    WalletAccount,
    WalletDeposit,
)
from client_wallet.services import deposit_to_wallet, reverse_deposit
from hospital.core.admin import (
    MoneyRowAdmin,
    ReadOnlyAdmin,
    ReadOnlyInline,
    ReasonPage,
    change_url,
    money_cell,
    money_column,
    named_column,
)
from hospital.core.forms import is_id
from hospital.core.money import ZERO, with_currency
from smcapp1.admin import patient_search
from smcapp1.models import PatientProfile

MOVEMENTS_PER_PAGE = 25


@admin.register(WalletDeposit)
class WalletDepositAdmin(MoneyRowAdmin):
    """Takes deposits, and reverses those that somebody else took."""

    act_permission = "client_wallet.take_deposit"
    add_form = DepositForm
    save_label = "Take deposit"
    change_form_before_template = "client_wallet/deposit.html"
    change_form_after_template = "client_wallet/deposit_sum.html"
    list_display = (
        "receipt_number",
        "patient",
        money_column("amount", "amount"),
        "payment_method",
        "created_at",
        "taken_by",
        "is_reversed",
    )
    list_filter = ("payment_method", "business_date")
    paginator = InfinitePaginator
    search_fields = ("receipt_number", *patient_search("wallet__patient"))
    search_help_text = "Receipt number, or patient's number, name or phone"
    add_fieldsets = (
        (
            None,
            {"fields": ("amount", "payment_method", "external_reference", "note")},
        ),
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "receipt_number",
                    "patient",
                    money_column("amount", "amount"),
                    "payment_method",
                    "external_reference",
                    "note",
                    money_column("balance_after", "wallet after it"),
                    named_column("taken_by", "taken by"),
                    "created_at",
                    named_column("entry", "journal entry"),
                )
            },
        ),
    )
    reversal_fieldset = (
        "Reversal",
        {
            "fields": (
                named_column("reversed_by", "reversed by"),
                "reversed_at",
                "reversal_reason",
                named_column("reversal", "journal entry"),
            )
        },
    )
    actions_detail = ("reverse",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[WalletDeposit]:
        deposits: QuerySet[WalletDeposit] = super().get_queryset(request)
        return deposits.select_related("wallet__patient", "taken_by")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        fieldsets: Sequence[Any] = super().get_fieldsets(request, obj)
        was_reversed = obj is not None and obj.reversed_by_id is not None
        return (*fieldsets, self.reversal_fieldset) if was_reversed else fieldsets

    def page_context(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        context = super().page_context(request, object_id)
        if object_id is not None or not self.has_add_permission(request):
            return context
        asked = request.POST.get("patient") or request.GET.get("patient") or ""
        context |= {
            "title": "Take deposit",
            "other_url": reverse("admin:client_wallet_walletdeposit_add"),
        }
        patients = PatientProfile.objects.select_related("wallet")
        patient = patients.filter(pk=asked).first() if is_id(asked) else None
        return context if patient is None else context | _wallet_of(patient)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], add: bool = False, **kwargs: Any
    ) -> HttpResponse:
        """Show the form of a deposit, or the way to the patient whose it is."""
        if add and "patient" not in context:
            return TemplateResponse(request, "client_wallet/choose_patient.html", context)
        page: HttpResponse = super().render_change_form(request, context, add=add, **kwargs)
        return page

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        wanted = form.cleaned_data
        taken = deposit_to_wallet(
            patient_id=wanted["patient"].pk,
            amount=wanted["amount"],
            payment_method=wanted["payment_method"],
            external_reference=wanted["external_reference"],
            note=wanted["note"],
            act=form.act(request.user),
        )
        self.saved(request, obj, taken.deposit_id, taken)

    def saved_url(self, obj: WalletDeposit) -> str:
        return reverse("admin:receipt", args=[obj.entry_id])  # invoicing_app shows every receipt

    def success_message(self, obj: WalletDeposit) -> str:
        balance = with_currency(obj.balance_after)
        return f"{obj}: {with_currency(obj.amount)} taken. The wallet holds {balance}."

    def replay_message(self, obj: WalletDeposit) -> str:
        balance = with_currency(obj.balance_after)
        return (
            f"{obj} was already taken by this form; nothing was taken again. "
            f"The wallet held {balance} after it."
        )

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Reverse this deposit",
        url_path="reverse",
        permissions=("client_wallet.reverse_deposit",),
        icon="undo",
        variant=ActionVariant.DANGER,
    )
    def reverse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        deposit: WalletDeposit = self.found(request, object_id)
        page = ReasonPage(
            title="Reverse a deposit",
            button="Reverse",
            explanation=(
                f"{with_currency(deposit.amount)} ({deposit.receipt_number}) leave the wallet of "
                f"{deposit.wallet.patient} again by a new entry; both stay in the books. "
                "It works if the wallet still holds the money."
            ),
            undo=lambda reason, act: reverse_deposit(deposit_id=deposit.pk, reason=reason, act=act),
            done=f"{deposit} was reversed.",
            land_on=change_url(deposit),
        )
        return self.reason_page(request, deposit, page)

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        deposit = self.get_object(request, object_id)
        if deposit is None or deposit.taken_by_id == request.user.pk or deposit.reversed_by_id:
            return []  # done already, or for somebody else to do
        actions: list[Any] = super().get_actions_detail(request, object_id)
        return actions

    def patient(self, deposit: WalletDeposit) -> str:
        patient = deposit.wallet.patient
        return format_html('<a class="text-link" href="{}">{}</a>', change_url(patient), patient)

    @display(description="reversed", boolean=True)  # type: ignore[untyped-decorator] # no types
    def is_reversed(self, deposit: WalletDeposit) -> bool:
        return deposit.reversed_by_id is not None


def _wallet_of(patient: PatientProfile) -> dict[str, Any]:
    wallet = getattr(patient, "wallet", None)
    return {
        "patient": patient,
        "patient_url": change_url(patient),
        "wallet": wallet,
        "wallet_held": wallet.account_balance if wallet else ZERO,
        "currency": settings.CURRENCY,
    }


@admin.register(WalletAccount)
class WalletAccountAdmin(ReadOnlyAdmin):
    """A patient's wallet with its movements, the newest first."""

    list_display = ("patient", money_column("account_balance", "balance"), "status")
    list_filter = ("status",)
    list_select_related = ("patient",)
    ordering = ("-patient_id",)
    search_fields = patient_search("patient")
    search_help_text = "Patient's number, name or phone"
    fields = (
        "patient",
        money_column("account_balance", "balance"),
        "status",
        "last_posted_at",
        "created_at",
    )
    change_form_outer_after_template = "client_wallet/movements.html"

    def page_context(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        wallet = self.get_object(request, object_id)
        if wallet is None:
            return {}
        written = request.GET.get("before", "")
        before = int(written) if written.isdecimal() and len(written) < 19 else None
        movements = wallet_history(wallet.pk, before=before, limit=MOVEMENTS_PER_PAGE)
        has_older = bool(movements) and movements[-1].sequence > 1
        return {
            "movements": _table(movements),
            "newest_url": request.path if before else None,
            "older_url": f"{request.path}?before={movements[-1].sequence}" if has_older else None,
        }


def _table(movements: Sequence[Movement]) -> dict[str, Any]:
    return {
        "headers": ["no.", "when", "what", "receipt", "debit", "credit", "balance"],
        "rows": [
            [
                movement.sequence,
                date_format(localtime(movement.created_at), "SHORT_DATETIME_FORMAT"),
                movement.type.replace("_", " ").capitalize(),
                movement.memo,
                money_cell(movement.debit),
                money_cell(movement.credit),
                money_cell(movement.balance_after),
            ]
            for movement in movements
        ],
    }


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
        "memo",
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
        "memo",
        named_column("actor", "actor"),
        "reverses",
        "uid",
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).with_amount()

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
