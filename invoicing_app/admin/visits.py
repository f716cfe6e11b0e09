"""Consultations and their bills."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from unfold.admin import TabularInline
from unfold.decorators import display

from hospital.core.admin import (
    PicksRows,
    ServiceModelAdmin,
    change_url,
    may,
    money_cell,
    one_button,
)
from hospital.core.money import ZERO
from invoicing_app.forms import ConsultationForm, OpenConsultationForm, OrderForm
from invoicing_app.models import BillItem
from invoicing_app.panels.bill_paper import bill_paper
from invoicing_app.panels.bills import BILL_PAPER, bill_panel, with_due
from invoicing_app.services import Order, order_items
from smcapp1.admin import patient_search
from smcapp1.models import Consultation
from smcapp1.services import open_consultation

TAKE_PAYMENT = "invoicing_app.take_payment"
SEE_BILLS = "invoicing_app.view_billitem"


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
    change_form_outer_before_template = "invoicing_app/consultation.html"

    @staticmethod
    def takes_orders(request: HttpRequest, obj: Any) -> bool:
        is_open = obj is not None and obj.status == Consultation.Status.OPEN
        return is_open and may(request, "invoicing_app.order_items")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.takes_orders(request, obj)

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.paper)
        urls: list[URLPattern] = super().get_urls()
        return [path("<int:visit_id>/bill/", page, name=BILL_PAPER.removeprefix("admin:")), *urls]

    def paper(self, request: HttpRequest, visit_id: int) -> HttpResponse:
        """Show a visit's bill as it goes onto paper."""
        if not may(request, SEE_BILLS):
            raise PermissionDenied
        visit = self.found(request, str(visit_id))
        return TemplateResponse(
            request, "invoicing_app/bill_paper.html", bill_paper(request, visit)
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Consultation]:
        return with_due(super().get_queryset(request))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return self.add_fieldsets if obj is None else ()  # all that is known stands above the form

    def get_inlines(self, request: HttpRequest, obj: Any) -> Sequence[type[OrderInline]]:
        return () if obj is None else (OrderInline,)

    def page_context(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        context = super().page_context(request, object_id)
        if object_id is None:
            return context | one_button("Open consultation")
        context |= one_button("Order")
        consultation = self.get_object(request, object_id)
        if consultation is None or not may(request, SEE_BILLS):
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

    @display(description="no.", ordering="pk")  # type: ignore[untyped-decorator] # no types
    def number(self, consultation: Consultation) -> int:
        return consultation.pk

    @display(description="due")  # type: ignore[untyped-decorator] # unfold has no types
    def amount_due(self, consultation: Any) -> str:
        return money_cell(consultation.due or ZERO)
