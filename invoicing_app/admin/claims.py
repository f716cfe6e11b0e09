"""Claims on payers, the batches they are sent in, and what payers paid."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.paginator import InfinitePaginator

from client_wallet.admin.entries import ENTRY, with_entry_links
from hospital.core.act_pages import AsksBeforeActing
from hospital.core.admin import (
    MoneyRowAdmin,
    ReadOnlyAdmin,
    ReadOnlyInline,
    change_url,
    may,
    money_cell,
    money_column,
    named_column,
)
from hospital.core.csv_writing import csv_response
from hospital.core.money import with_currency
from hospital.core.named_lists import HasNamedLists, NamedList
from invoicing_app.admin.claim_forms import (
    BatchForm,
    approval_page,
    bill_patient_page,
    rejection_page,
    remittance_page,
    write_off_page,
)
from invoicing_app.payers.batches import batch_rows, claims_of, make_claim_batch
from invoicing_app.payers.models import (
    Claim,
    ClaimBatch,
    ClaimSettlement,
    Remittance,
    ShortPayment,
)
from smcapp1.admin import patient_search

BILL_PATIENT = "invoicing_app.bill_patient_for_claim"
ASK_WRITE_OFF = "invoicing_app.ask_write_off"
APPROVE = "invoicing_app.approve_write_off"
MAKE_BATCH = "invoicing_app.make_claimbatch"
SEE_BATCHES = "invoicing_app.view_claimbatch"
RECORD = "invoicing_app.record_remittance"


class ClaimState(admin.SimpleListFilter):
    """How far a claim has come."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("waiting", "Not sent"), ("open", "Sent, open"), ("settled", "Settled")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Claim]) -> QuerySet[Claim]:
        states: dict[str, dict[str, Any]] = {
            "waiting": {"batch": None, "settled_amount__lt": F("amount")},
            "open": {"batch__isnull": False, "settled_amount__lt": F("amount")},
            "settled": {"settled_amount": F("amount")},
        }
        return queryset.filter(**states.get(self.value() or "", {}))


@display(description="open")  # type: ignore[untyped-decorator] # unfold has no types
def open_amount(claim: Claim) -> str:
    return money_cell(claim.open_amount)


open_amount.__name__ = "money_open_amount"  # the heading's class: desk.css moves it to the right


class SettlementInline(ReadOnlyInline):
    """What a claim was lessened by."""

    model = ClaimSettlement
    fields = ("kind", money_column("amount", "amount"), "day")
    readonly_fields = fields
    verbose_name_plural = "settlements"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ClaimSettlement]:
        parts: QuerySet[ClaimSettlement] = super().get_queryset(request)
        return parts.select_related("entry")

    def day(self, part: ClaimSettlement) -> str:
        return date_format(part.entry.business_date, "SHORT_DATE_FORMAT")


class ShortPaymentInline(ReadOnlyInline):
    """What was done about what the payer left unpaid."""

    model = ShortPayment
    fields = (
        "outcome",
        money_column("amount", "amount"),
        "reason",
        "status",
        named_column("requested_by", "asked for by"),
        named_column("decided_by", "decided by"),
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[ShortPayment]:
        short: QuerySet[ShortPayment] = super().get_queryset(request)
        return short.select_related("requested_by", "decided_by")


@admin.register(Claim)
class ClaimAdmin(AsksBeforeActing, ReadOnlyAdmin):
    """What payers owe of items, and what became of it."""

    list_display = (
        "number",
        "patient",
        named_column("payer", "payer"),
        named_column("department", "department"),
        "business_date",
        money_column("amount", "amount"),
        open_amount,
        named_column("batch", "batch"),
    )
    list_filter = (ClaimState, "payer", "business_date")
    paginator = InfinitePaginator
    search_fields = ("cover__member_number", *patient_search("cover__patient"))
    search_help_text = "Member number, or patient's number, name or phone"
    fields = (
        named_column("payer", "payer"),
        "patient",
        "member",
        "consultation",
        "item",
        "receipt",
        "business_date",
        money_column("amount", "payer's share"),
        money_column("settled_amount", "settled"),
        open_amount,
        named_column("batch", "batch"),
    )
    inlines = (SettlementInline, ShortPaymentInline)
    actions_detail = ("bill_patient", "ask_write_off")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Claim]:
        claims: QuerySet[Claim] = super().get_queryset(request)
        return claims.select_related(
            "payer",
            "department",
            "cover__patient",
            "batch__payer",
            "payment_line__payment",
            "payment_line__bill_item",
        )

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Bill the patient",
        url_path="bill-patient",
        permissions=(BILL_PATIENT,),
        icon="receipt_long",
        variant=ActionVariant.PRIMARY,
    )
    def bill_patient(self, request: HttpRequest, object_id: str) -> HttpResponse:
        claim: Claim = self.found(request, object_id)
        return self.act_page(request, claim, bill_patient_page(claim))

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Ask for a write-off",
        url_path="ask-write-off",
        permissions=(ASK_WRITE_OFF,),
        icon="money_off",
        variant=ActionVariant.DANGER,
    )
    def ask_write_off(self, request: HttpRequest, object_id: str) -> HttpResponse:
        claim: Claim = self.found(request, object_id)
        return self.act_page(request, claim, write_off_page(claim))

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        claim = self.get_object(request, object_id)
        if claim is None or claim.batch_id is None or not claim.open_amount:
            return []
        actions: list[Any] = super().get_actions_detail(request, object_id)
        return actions

    @display(description="claim", ordering="pk")  # type: ignore[untyped-decorator] # unfold has no types
    def number(self, claim: Claim) -> int:
        return claim.pk

    def patient(self, claim: Claim) -> str:
        return str(claim.cover.patient)

    @display(description="member number")  # type: ignore[untyped-decorator] # unfold has no types
    def member(self, claim: Claim) -> str:
        return claim.cover.member_number

    def item(self, claim: Claim) -> str:
        return str(claim.payment_line.bill_item)

    def receipt(self, claim: Claim) -> str:
        payment = claim.payment_line.payment
        link = '<a class="text-link" href="{}">{}</a>'
        return format_html(link, change_url(payment), payment.receipt_number)


@admin.register(ClaimBatch)
class ClaimBatchAdmin(AsksBeforeActing, MoneyRowAdmin):
    """Claims as they are sent: made for a payer and period, printed, exported, and paid."""

    act_permission = MAKE_BATCH
    add_form = BatchForm
    save_label = "Make the batch"
    list_display = (
        "number_shown",
        named_column("payer", "payer"),
        "period_from",
        "period_to",
        money_column("total_amount", "claimed"),
        "made_at",
    )
    list_filter = ("payer",)
    paginator = InfinitePaginator
    add_fieldsets = ((None, {"fields": ("payer", "period_from", "period_to")}),)
    fields = (
        "number_shown",
        named_column("payer", "payer"),
        "period_from",
        "period_to",
        money_column("total_amount", "claimed"),
        "open_now",
        "its_claims",
        named_column("made_by", "made by"),
        "made_at",
    )
    actions_detail = ("print_batch", "download_batch", "record_remittance")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ClaimBatch]:
        batches: QuerySet[ClaimBatch] = super().get_queryset(request)
        return batches.select_related("payer", "made_by")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        urls: list[URLPattern] = super().get_urls()
        return [
            path("<int:batch_id>/paper/", view(self.paper), name="invoicing_app_claimbatch_paper"),
            path("<int:batch_id>/csv/", view(self.file), name="invoicing_app_claimbatch_csv"),
            *urls,
        ]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        typed = form.cleaned_data
        made = make_claim_batch(
            payer_id=typed["payer"].pk,
            period_from=typed["period_from"],
            period_to=typed["period_to"],
            act=form.act(request.user),
        )
        self.saved(request, obj, made.id, made)

    def success_message(self, obj: ClaimBatch) -> str:
        return f"{obj}: {with_currency(obj.total_amount)} is claimed."

    def paper(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        """Show a batch as it goes onto paper."""
        batch = self._visible(request, batch_id)
        claims = claims_of(batch)
        context = {
            "batch": batch,
            "hospital": settings,
            "claims": claims,
            "back_url": change_url(batch),
            "file_url": reverse("admin:invoicing_app_claimbatch_csv", args=[batch.pk]),
            "made_at": timezone.now(),
            "made_by": _name(request.user),
        }
        return TemplateResponse(request, "invoicing_app/claim_batch.html", context)

    def file(self, request: HttpRequest, batch_id: int) -> HttpResponseBase:
        batch = self._visible(request, batch_id)
        return csv_response(f"claims-{batch}.csv", batch_rows(batch))

    def _visible(self, request: HttpRequest, batch_id: int) -> ClaimBatch:
        if not may(request, SEE_BATCHES):
            raise PermissionDenied
        batch: ClaimBatch = self.found(request, str(batch_id))
        return batch

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Print", url_path="print", permissions=(SEE_BATCHES,), icon="print"
    )
    def print_batch(self, request: HttpRequest, object_id: str) -> HttpResponse:
        batch = self.found(request, object_id)
        return HttpResponseRedirect(
            reverse("admin:invoicing_app_claimbatch_paper", args=[batch.pk])
        )

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="CSV", url_path="download", permissions=(SEE_BATCHES,), icon="download"
    )
    def download_batch(self, request: HttpRequest, object_id: str) -> HttpResponse:
        batch = self.found(request, object_id)
        return HttpResponseRedirect(reverse("admin:invoicing_app_claimbatch_csv", args=[batch.pk]))

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Record what was paid",
        url_path="record-remittance",
        permissions=(RECORD,),
        icon="account_balance",
        variant=ActionVariant.PRIMARY,
    )
    def record_remittance(self, request: HttpRequest, object_id: str) -> HttpResponse:
        batch: ClaimBatch = self.found(request, object_id)
        return self.act_page(request, batch, remittance_page(batch))

    @display(description="number", ordering="number")  # type: ignore[untyped-decorator] # no types
    def number_shown(self, batch: ClaimBatch) -> str:
        return str(batch)

    @display(description="open now")  # type: ignore[untyped-decorator] # unfold has no types
    def open_now(self, batch: ClaimBatch) -> str:
        return money_cell(sum(claim.open_amount for claim in batch.claims.all()))

    @display(description="claims")  # type: ignore[untyped-decorator] # unfold has no types
    def its_claims(self, batch: ClaimBatch) -> str:
        url = reverse("admin:invoicing_app_claim_changelist")
        link = '<a class="text-link" href="{}?batch__id__exact={}">{}</a>'
        return format_html(link, url, batch.pk, f"{batch.claims.count():,} claims")


def _name(user: Any) -> str:
    return str(user.get_full_name() or user.get_username())


class AllocationInline(ReadOnlyInline):
    """Which claims a remittance was for."""

    model = ClaimSettlement
    fields = ("claim", money_column("amount", "amount"))
    readonly_fields = fields
    verbose_name_plural = "allocated to"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ClaimSettlement]:
        parts: QuerySet[ClaimSettlement] = super().get_queryset(request)
        return parts.select_related("claim")


@admin.register(Remittance)
class RemittanceAdmin(ReadOnlyAdmin):
    """What payers paid; it is recorded on the page of a batch."""

    list_display = (
        "reference",
        named_column("payer", "payer"),
        money_column("amount", "amount"),
        "received_on",
        named_column("recorded_by", "recorded by"),
    )
    list_filter = ("payer", "received_on")
    paginator = InfinitePaginator
    search_fields = ("reference",)
    fields = (*list_display, "recorded_at", ENTRY)
    inlines = (AllocationInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Remittance]:
        remittances: QuerySet[Remittance] = super().get_queryset(request)
        return remittances.select_related("payer", "recorded_by", "entry")

    def get_fields(self, request: HttpRequest, obj: Remittance | None = None) -> list[object]:
        return with_entry_links(request, self.fields)


@admin.register(ShortPayment)
class ShortPaymentAdmin(HasNamedLists, AsksBeforeActing, ReadOnlyAdmin):
    """What payers left unpaid and what was done; a supervisor decides on write-offs."""

    list_display = (
        "outcome",
        "claim_link",
        "payer",
        money_column("amount", "amount"),
        "reason",
        "status",
        named_column("requested_by", "asked for by"),
        "requested_at",
    )
    list_display_links = ("outcome",)
    list_filter = ("outcome", "status")
    paginator = InfinitePaginator
    named_lists = (
        NamedList(
            slug="write-offs",
            title="Write-offs to decide on",
            rows=lambda short: short.filter(status=ShortPayment.Status.REQUESTED),
            columns=(
                "outcome",
                "claim_link",
                "payer",
                money_column("amount", "amount"),
                "reason",
                named_column("requested_by", "asked for by"),
            ),
            ordering=("pk",),
            empty="No write-off waits for a decision",
        ),
    )
    fields = (
        "outcome",
        "claim_link",
        "payer",
        money_column("amount", "amount"),
        "reason",
        "status",
        named_column("requested_by", "asked for by"),
        "requested_at",
        named_column("decided_by", "decided by"),
        "decided_at",
        "decision_reason",
        named_column("bill_item", "billed as"),
    )
    actions_detail = ("approve", "reject")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ShortPayment]:
        short: QuerySet[ShortPayment] = super().get_queryset(request)
        return short.select_related("claim__payer", "requested_by", "decided_by", "bill_item")

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Approve",
        url_path="approve",
        permissions=(APPROVE,),
        icon="gavel",
        variant=ActionVariant.PRIMARY,
    )
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        short: ShortPayment = self.found(request, object_id)
        return self.act_page(request, short, approval_page(short))

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Reject",
        url_path="reject",
        permissions=(APPROVE,),
        icon="block",
        variant=ActionVariant.DANGER,
    )
    def reject(self, request: HttpRequest, object_id: str) -> HttpResponse:
        short: ShortPayment = self.found(request, object_id)
        return self.act_page(request, short, rejection_page(short))

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        short = self.get_object(request, object_id)
        if short is None or short.status != ShortPayment.Status.REQUESTED:
            return []
        if short.requested_by_id == request.user.pk or not may(request, APPROVE):
            return []
        actions: list[Any] = super().get_actions_detail(request, object_id)
        return actions

    @display(description="claim", ordering="claim")  # type: ignore[untyped-decorator] # unfold has no types
    def claim_link(self, short: ShortPayment) -> str:
        link = '<a class="text-link" href="{}">{}</a>'
        return format_html(link, change_url(short.claim), short.claim)

    def payer(self, short: ShortPayment) -> str:
        return str(short.claim.payer)
