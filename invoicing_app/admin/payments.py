"""Payments, and the items they settle."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.paginator import InfinitePaginator

from client_wallet.admin.entries import ENTRY, with_entry_links
from client_wallet.models import PaymentMethod
from client_wallet.receipt_links import HasReceipt
from client_wallet.receipt_prints import receipt_url
from hospital.core.admin import (
    MoneyRowAdmin,
    ReadOnlyAdmin,
    ReadOnlyInline,
    ReasonPage,
    change_url,
    may,
    money_cell,
    money_column,
    named_column,
)
from hospital.core.money import with_currency
from invoicing_app.admin.visits import TAKE_PAYMENT
from invoicing_app.forms import ALL_IN_WORDS, PaymentForm
from invoicing_app.models import BillItem, DepositReceiving, PaymentLine, PaymentTender
from invoicing_app.panels.links import add_url
from invoicing_app.panels.paying import payment_panel, settled_in_words
from invoicing_app.payment_services import PaymentProcessingService
from invoicing_app.services import void_item
from smcapp1.admin import patient_search
from smcapp1.models import Department

ASK_REFUND = "invoicing_app.ask_refund"


class PaymentLineInline(ReadOnlyInline):
    """The items that a payment settled."""

    model = PaymentLine
    fields = ("item", "department", "amount_paid")
    readonly_fields = fields
    verbose_name_plural = "items"

    def get_queryset(self, request: HttpRequest) -> QuerySet[PaymentLine]:
        lines: QuerySet[PaymentLine] = super().get_queryset(request)
        return lines.select_related("bill_item__department")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, "invoicing_app.view_depositreceiving")  # a payment shows its lines

    def item(self, line: PaymentLine) -> str:
        return str(line.bill_item)

    def department(self, line: PaymentLine) -> str:
        return str(line.bill_item.department)

    @display(description="amount")  # type: ignore[untyped-decorator] # unfold has no types
    def amount_paid(self, line: PaymentLine) -> str:
        return money_cell(line.amount)


class PaymentTenderInline(ReadOnlyInline):
    """What each method brought in."""

    model = PaymentTender
    fields = (
        "payment_method",
        money_column("tendered", "handed over"),
        money_column("change_given", "change"),
        money_column("amount", "kept"),
        "external_reference",
    )
    readonly_fields = fields
    verbose_name_plural = "tenders"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, "invoicing_app.view_depositreceiving")


@admin.register(DepositReceiving)
class DepositReceivingAdmin(HasReceipt, MoneyRowAdmin):
    """Takes payments; the page shows what is due before anything is pressed."""

    act_permission = TAKE_PAYMENT
    add_form = PaymentForm
    actions_detail = ("open_receipt", "refund")
    save_label = "Take payment"
    inlines = (PaymentTenderInline, PaymentLineInline)
    change_form_before_template = "invoicing_app/payment.html"
    change_form_after_template = "invoicing_app/payment_sum.html"
    list_display = (
        "receipt_number",
        "patient",
        "paid_for",
        "payment_method",
        money_column("total_due", "amount"),
        "created_at",
        "taken_by",
        "to_receipt",
    )
    list_filter = ("payment_method", "business_date")
    paginator = InfinitePaginator
    search_fields = ("receipt_number", *patient_search("consultation__patient"))
    search_help_text = "Receipt number, or patient's number, name or phone"
    add_fieldsets = (
        (
            None,
            {
                "fields": (
                    "department",
                    "payment_method",
                    "amount_paid",
                    "external_reference",
                )
            },
        ),
        (
            "A part of it by another method",
            {
                "fields": [
                    f"{name}_{number}"
                    for number in PaymentForm.further
                    for name in ("method", "amount", "reference")
                ],
            },
        ),
    )
    fields = (
        "receipt_number",
        "patient",
        "consultation",
        "paid_for",
        "payment_method",
        money_column("total_due", "total"),
        money_column("amount_paid", "handed over"),
        money_column("change_given", "change"),
        money_column("rounding", "rounding"),
        "wallet",
        "external_reference",
        named_column("taken_by", "taken by"),
        "created_at",
        ENTRY,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[DepositReceiving]:
        payments: QuerySet[DepositReceiving] = super().get_queryset(request)
        names = Department.objects.filter(code=OuterRef("department")).values("name")
        return payments.select_related("consultation__patient", "taken_by").annotate(
            department_name=Subquery(names)
        )

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer what can be handed over: several methods are several tenders."""
        return super().formfield_for_choice_field(
            db_field, request, **{**kwargs, "choices": PaymentMethod.choices}
        )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return with_entry_links(request, self.fields)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Sequence[type[ReadOnlyInline]]:
        return () if obj is None else self.inlines

    def page_context(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        context = super().page_context(request, object_id)
        if object_id is not None or not may(request, TAKE_PAYMENT):
            return context
        other_url = reverse("admin:invoicing_app_depositreceiving_add")
        return context | {"title": "Take payment", "other_url": other_url} | payment_panel(request)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], add: bool = False, **kwargs: Any
    ) -> HttpResponse:
        """Show the form of a payment, or the way to a visit on which there is something to pay."""
        bill = context.get("bill")
        if add and request.method == "GET" and bill and "consultation" not in request.GET:
            visit = {"consultation": bill.consultation_id}  # the only one that the patient owes for
            return HttpResponseRedirect(add_url("invoicing_app_depositreceiving", **visit))
        if add and (bill is None or (request.method == "GET" and not bill.unpaid)):
            return TemplateResponse(request, "invoicing_app/choose_visit.html", context)
        if add and bill is not None:
            context["adminform"].form.offer(bill)
        page: HttpResponse = super().render_change_form(request, context, add=add, **kwargs)
        return page

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        taken = PaymentProcessingService(actor=request.user).process_transaction(form.intent())
        self.saved(request, obj, taken.payment_id, taken)

    def saved_url(self, obj: DepositReceiving) -> str:
        return receipt_url(obj)

    def success_message(self, obj: DepositReceiving) -> str:
        return format_html(
            "{}: {} taken. {}", obj, with_currency(obj.total_due), settled_in_words(obj)
        )

    def replay_message(self, obj: DepositReceiving) -> str:
        return format_html(
            "{} was already taken by this form; nothing was taken again. {}",
            obj,
            settled_in_words(obj),
        )

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Refund", url_path="refund", permissions=(ASK_REFUND,), icon="undo"
    )
    def refund(self, request: HttpRequest, object_id: str) -> HttpResponse:
        payment: DepositReceiving = self.found(request, object_id)
        return HttpResponseRedirect(reverse("admin:invoicing_app_refund_ask", args=[payment.pk]))

    @display(description="department")  # type: ignore[untyped-decorator] # unfold has no types
    def paid_for(self, payment: Any) -> str:
        return payment.department_name or ALL_IN_WORDS

    def patient(self, payment: DepositReceiving) -> str:
        patient = payment.consultation.patient
        return format_html('<a class="text-link" href="{}">{}</a>', change_url(patient), patient)


@admin.register(BillItem)
class BillItemAdmin(ReadOnlyAdmin):
    """Everything that was ordered; an unpaid item can be voided, with a reason."""

    list_display = (
        "description",
        "patient",
        "department",
        "quantity",
        money_column("line_total", "total"),
        "status",
        "receipt_number",
    )
    list_filter = ("status", "department")
    list_select_related = ("consultation__patient", "department")
    paginator = InfinitePaginator
    search_fields = ("receipt_number", "description", *patient_search("consultation__patient"))
    search_help_text = "Receipt number, item, or patient's number, name or phone"
    fields = (
        "consultation",
        "department",
        "description",
        "quantity",
        money_column("unit_price", "unit price"),
        money_column("line_total", "total"),
        "status",
        "receipt_number",
        named_column("ordered_by", "ordered by"),
        "ordered_at",
        named_column("voided_by", "voided by"),
        "voided_at",
        "void_reason",
    )
    actions_detail = ("void",)

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Void this item",
        url_path="void",
        permissions=("invoicing_app.void_billitem",),
        icon="block",
        variant=ActionVariant.DANGER,
    )
    def void(self, request: HttpRequest, object_id: str) -> HttpResponse:
        item: BillItem = self.found(request, object_id)
        page = ReasonPage(
            title="Void an item",
            button="Void",
            explanation=(
                f"{item} ({with_currency(item.line_total)}) leaves the bill of "
                f"{item.consultation.patient}."
            ),
            undo=lambda reason, act: void_item(bill_item_id=item.pk, reason=reason, act=act),
            done=f"{item} was voided.",
            land_on=change_url(item.consultation),
        )
        return self.reason_page(request, item, page)

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        item = self.get_object(request, object_id)
        if item is None or item.status != BillItem.Status.UNPAID:
            return []
        actions: list[Any] = super().get_actions_detail(request, object_id)
        return actions

    def patient(self, item: BillItem) -> str:
        return str(item.consultation.patient)
