"""The desk: patients with what they owe, consultations and their bills, payments."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.html import format_html
from unfold.admin import TabularInline
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.paginator import InfinitePaginator

from hospital.core.admin import (
    MoneyRowAdmin,
    PicksRows,
    ReadOnlyAdmin,
    ReadOnlyInline,
    ReasonPage,
    ServiceModelAdmin,
    change_url,
    may,
    money_cell,
    money_column,
    named_column,
    one_button,
)
from hospital.core.money import ZERO, with_currency
from invoicing_app.forms import (
    ConsultationForm,
    OpenConsultationForm,
    OrderForm,
    PaymentForm,
    consultation_label,
)
from invoicing_app.models import BillItem, DepositReceiving, PaymentLine
from invoicing_app.panels import add_url, bill_panel, visits_panel, wallet_panel, with_due
from invoicing_app.payment_services import PaymentProcessingService
from invoicing_app.services import Order, order_items, void_item
from smcapp1.admin import PatientProfileAdmin, patient_search
from smcapp1.models import Consultation, PatientProfile
from smcapp1.services import open_consultation

TAKE_PAYMENT = "invoicing_app.take_payment"


@admin.register(PatientProfile)
class PatientDeskAdmin(PatientProfileAdmin):
    """A patient with wallet, visits and what is due."""

    actions_detail = ("take_deposit", "open_visit")
    change_form_outer_after_template = "invoicing_app/patient.html"

    def page_context(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        context = super().page_context(request, object_id)
        patient = self.get_object(request, object_id) if object_id else None
        if patient is None:
            return context
        context |= wallet_panel(request, patient)
        if may(request, "smcapp1.view_consultation"):
            context |= visits_panel(request, patient)
        return context

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Take deposit",
        url_path="take-deposit",
        permissions=("client_wallet.take_deposit",),
        icon="add_card",
    )
    def take_deposit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return HttpResponseRedirect(add_url("client_wallet_walletdeposit", patient=object_id))

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Open consultation",
        url_path="open-consultation",
        permissions=("smcapp1.add_consultation",),
        icon="stethoscope",
    )
    def open_visit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return HttpResponseRedirect(add_url("smcapp1_consultation", patient=object_id))


class ConsultationChoices(AutocompleteJsonView):
    """Answers the search for a consultation with whose it is."""

    def get_queryset(self) -> QuerySet[Consultation]:
        found: QuerySet[Consultation] = super().get_queryset()
        return found.select_related("patient")

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        return {"id": str(obj.pk), "text": consultation_label(obj)}


class OrderInline(PicksRows, TabularInline):  # type: ignore[misc] # unfold has no types
    """Items to be ordered; what was ordered stands in the bill above."""

    model = BillItem
    form = OrderForm
    fields = ("service_item", "quantity")
    autocomplete_fields = ("service_item",)
    extra = 3
    can_delete = False
    verbose_name = "item to order"
    verbose_name_plural = "order items"

    def get_queryset(self, request: HttpRequest) -> QuerySet[BillItem]:
        return BillItem.objects.none()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return ConsultationAdmin.takes_orders(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Consultation)
class ConsultationAdmin(ServiceModelAdmin):
    """A visit with its bill: items are ordered here, and the way leads on to the payment."""

    form = ConsultationForm
    add_form = OpenConsultationForm
    land_on_saved = True
    list_display = ("number", "patient", "status", "opened_at", "amount_due")
    list_display_links = ("number", "patient")
    list_filter = ("status", "opened_at")
    list_select_related = ("patient",)
    search_fields = (*patient_search("patient"), "pk__exact")
    search_help_text = "Patient's number, name or phone; or the visit's number"
    autocomplete_fields = ("patient",)
    add_fieldsets = ((None, {"fields": ("patient",)}),)
    fields = ("patient", "status", "opened_at", named_column("opened_by", "opened by"))
    change_form_before_template = "invoicing_app/consultation.html"
    actions_detail = ("take_payment",)

    @staticmethod
    def takes_orders(request: HttpRequest, obj: Any) -> bool:
        is_open = obj is not None and obj.status == Consultation.Status.OPEN
        return is_open and may(request, "invoicing_app.order_items")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.takes_orders(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Consultation]:
        return with_due(super().get_queryset(request))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return () if obj is None else self.fields

    def get_inlines(self, request: HttpRequest, obj: Any) -> Sequence[type[OrderInline]]:
        return () if obj is None else (OrderInline,)

    def get_urls(self) -> list[URLPattern]:
        choices = ConsultationChoices.as_view(admin_site=self.admin_site)
        name = "smcapp1_consultation_choices"
        urls: list[URLPattern] = super().get_urls()
        return [path("choices/", self.admin_site.admin_view(choices), name=name), *urls]

    def page_context(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        context = super().page_context(request, object_id)
        if object_id is None:
            return context | one_button("Open consultation")
        context |= one_button("Order")
        consultation = self.get_object(request, object_id)
        if consultation is None or not may(request, "invoicing_app.view_billitem"):
            return context
        return context | bill_panel(request, consultation)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            return  # the items are ordered in save_formset
        patient = form.cleaned_data["patient"]
        opened = open_consultation(patient_id=patient.pk, act=form.act(request.user))
        self.saved(request, obj, opened.consultation.pk, opened)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        wanted = [line.cleaned_data for line in formset.extra_forms if line.has_changed()]
        ordered = order_items(
            consultation_id=form.instance.pk,
            orders=[Order(line["service_item"].pk, line["quantity"]) for line in wanted],
            act=form.act(request.user),
        )
        request.replayed = ordered.replayed  # type: ignore[attr-defined] # read by log_*, response_*
        formset.new_objects = list(ordered.items)
        formset.changed_objects = formset.deleted_objects = []

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        again = getattr(request, "replayed", False)
        said = (
            "These items were already ordered; nothing was ordered again." if again else "Ordered."
        )
        self.message_user(request, said)
        return HttpResponseRedirect(change_url(obj))

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Take payment",
        url_path="take-payment",
        permissions=(TAKE_PAYMENT,),
        icon="payments",
        variant=ActionVariant.PRIMARY,
    )
    def take_payment(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return HttpResponseRedirect(
            add_url("invoicing_app_depositreceiving", consultation=object_id)
        )

    @display(description="no.", ordering="pk")  # type: ignore[untyped-decorator] # no types
    def number(self, consultation: Consultation) -> int:
        return consultation.pk

    @display(description="due")  # type: ignore[untyped-decorator] # unfold has no types
    def amount_due(self, consultation: Any) -> str:
        return money_cell(consultation.due or ZERO)


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


@admin.register(DepositReceiving)
class DepositReceivingAdmin(MoneyRowAdmin):
    """Takes payments; the page shows what is due before anything is pressed."""

    act_permission = TAKE_PAYMENT
    add_form = PaymentForm
    save_label = "Take payment"
    inlines = (PaymentLineInline,)
    change_form_before_template = "invoicing_app/payment.html"
    list_display = (
        "receipt_number",
        "patient",
        "department",
        "payment_method",
        money_column("total_due", "amount"),
        "created_at",
        "taken_by",
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
                    "consultation",
                    "department",
                    "payment_method",
                    "amount_paid",
                    "external_reference",
                )
            },
        ),
    )
    fields = (
        "receipt_number",
        "patient",
        "consultation",
        "department",
        "payment_method",
        money_column("total_due", "total"),
        money_column("amount_paid", "handed over"),
        money_column("change_given", "change"),
        "wallet",
        "external_reference",
        named_column("taken_by", "taken by"),
        "created_at",
        named_column("entry", "journal entry"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[DepositReceiving]:
        payments: QuerySet[DepositReceiving] = super().get_queryset(request)
        return payments.select_related("consultation__patient", "taken_by")

    def get_inlines(self, request: HttpRequest, obj: Any) -> Sequence[type[ReadOnlyInline]]:
        return () if obj is None else self.inlines

    def page_context(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        context = super().page_context(request, object_id)
        asked = request.POST.get("consultation") or request.GET.get("consultation") or ""
        if object_id is not None or not asked.isdecimal() or not may(request, TAKE_PAYMENT):
            return context
        visits = Consultation.objects.select_related("patient")
        consultation = visits.filter(pk=asked[:18]).first()
        return context if consultation is None else context | bill_panel(request, consultation)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        taken = PaymentProcessingService(actor=request.user).process_transaction(form.intent())
        self.saved(request, obj, taken.payment_id, taken)

    def success_message(self, obj: DepositReceiving) -> str:
        said = f"{obj}: {with_currency(obj.total_due)} taken."
        if obj.change_given:
            said += f" Give {with_currency(obj.change_given)} change."
        return said

    def replay_message(self, obj: DepositReceiving) -> str:
        return f"{obj} was already taken by this form; nothing was taken again."

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
