"""The records at the desk: patients, catalogue and prices, stock, lab results."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from hospital.core.acts import Act
from hospital.core.admin import (
    MoneyRowAdmin,
    ReadOnlyAdmin,
    ServiceModelAdmin,
    change_url,
    money_cell,
    money_column,
    named_column,
    one_button,
)
from hospital.core.forms import AMOUNTS
from smcapp1.forms import (
    DepartmentForm,
    LabResultForm,
    PriceForm,
    PriceFormSet,
    ReceiveStockForm,
    RegisterPatientForm,
)
from smcapp1.models import (
    Department,
    LabResult,
    PatientProfile,
    Price,
    ServiceItem,
    StockBatch,
    StockMovement,
)
from smcapp1.price_lists.page import ImportsPriceLists
from smcapp1.services import enter_result, receive_stock, register_patient, set_price

RESULTED_BY = named_column("resulted_by", "resulted by")
PATIENT_SEARCH = ("hospital_number", "first_name", "last_name", "phone")


def patient_search(path: str) -> list[str]:
    """Return the search fields of a list whose rows lead to a patient along ``path``."""
    return [f"{path}__{field}" for field in PATIENT_SEARCH]


class PatientProfileAdmin(ServiceModelAdmin):
    """
    Registers patients; later their names and phone can be changed.

    ``invoicing_app`` registers it, with what a patient owes.
    """

    add_form = RegisterPatientForm
    land_on_saved = True
    list_display = (
        "hospital_number",
        "last_name",
        "first_name",
        "date_of_birth",
        "sex",
        "phone",
    )
    list_display_links = ("hospital_number", "last_name", "first_name")
    search_fields = PATIENT_SEARCH
    search_help_text = "Hospital number, name or phone"
    add_fieldsets = (
        (None, {"fields": ("first_name", "last_name", "date_of_birth", "sex", "phone")}),
    )
    fields = (
        "hospital_number",
        "first_name",
        "last_name",
        "date_of_birth",
        "sex",
        "phone",
        "user",
        "registered_at",
    )
    autocomplete_fields = ("user",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[str]:
        if obj is None:
            return ()
        fixed = ("hospital_number", "date_of_birth", "sex", "registered_at")
        return fixed if request.user.is_superuser else (*fixed, "user")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            obj.save(update_fields=[name for name in form.changed_data if name in form.fields])
            return
        wanted = {name: form.cleaned_data[name] for name in self.add_fieldsets[0][1]["fields"]}
        registered = register_patient(**wanted, act=form.act(request.user))
        self.saved(request, obj, registered.patient.pk, registered)

    def page_context(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        return one_button("Save" if object_id else "Register patient")

    def response_change(self, request: HttpRequest, obj: PatientProfile) -> HttpResponse:
        self.message_user(request, f"{obj} was saved.")
        return HttpResponseRedirect(change_url(obj))

    def success_message(self, obj: PatientProfile) -> str:
        return f"{obj.full_name} was registered as {obj.hospital_number}."


@admin.register(Department)
class DepartmentAdmin(ServiceModelAdmin):
    """Departments. Code and kind stay: bills, accounts and the effects of paying hang on them."""

    form = DepartmentForm
    list_display = ("code", "name", "kind")
    ordering = ("code",)
    search_fields = ("code", "name")
    fields = ("code", "name", "kind")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[str]:
        return () if obj is None else ("code", "kind")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.save(update_fields=["name"] if change else None)


class PriceInline(TabularInline):  # type: ignore[misc] # unfold has no types
    """What the item costs, from which day on. Prices that stand are seen; new ones are added."""

    model = Price
    form = PriceForm
    formset = PriceFormSet
    formfield_overrides = AMOUNTS
    extra = 0
    can_delete = False
    hide_title = True
    fields = ("effective_from", "unit_price")
    ordering = ("-effective_from",)
    verbose_name_plural = "prices"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ServiceItem)
class ServiceItemAdmin(ImportsPriceLists, ServiceModelAdmin):
    """The catalogue. An item keeps its code and department; its price changes from a day on."""

    inlines = (PriceInline,)
    list_display = ("code", "name", "department", "price_today", "is_active")
    list_display_links = ("code", "name")
    list_filter = ("department", "is_active")
    list_select_related = ("department",)
    search_fields = ("code", "name")
    search_help_text = "Code or name"
    fields = ("code", "name", "department", "is_active")
    ordering = ("name", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServiceItem]:
        items: Any = super().get_queryset(request)
        priced: QuerySet[ServiceItem] = items.priced(timezone.localdate())
        return priced

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[str]:
        return () if obj is None else ("code", "department")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ServiceItem], search_term: str
    ) -> tuple[QuerySet[ServiceItem], bool]:
        found, doubled = super().get_search_results(request, queryset, search_term)
        if request.path == reverse("admin:autocomplete"):  # what can be ordered
            found = found.filter(is_active=True)
        return found, doubled

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        wanted = [line.cleaned_data for line in formset.extra_forms if line.has_changed()]
        formset.new_objects = [
            set_price(
                service_item_id=form.instance.pk,
                unit_price=price["unit_price"],
                effective_from=price["effective_from"],
                act=Act(request.user),
            )
            for price in wanted
        ]
        formset.changed_objects = formset.deleted_objects = []

    @display(description="price today")  # type: ignore[untyped-decorator] # unfold has no types
    def price_today(self, item: ServiceItem) -> str:
        return money_cell(item.unit_price)


@admin.register(StockBatch)
class StockBatchAdmin(MoneyRowAdmin):
    """Drugs on the shelf, by batch. Adding receives a delivery; the rest is the acts' doing."""

    act_permission = "smcapp1.add_stockbatch"
    add_form = ReceiveStockForm
    save_label = "Receive stock"
    list_display = (
        "service_item",
        "batch_number",
        "expires_on",
        "quantity_on_hand",
        money_column("unit_cost", "unit cost"),
    )
    list_filter = ("expires_on",)
    list_select_related = ("service_item",)
    search_fields = ("service_item__code", "service_item__name", "batch_number")
    search_help_text = "Drug or batch number"
    autocomplete_fields = ("service_item",)
    add_fieldsets = (
        (
            None,
            {"fields": ("service_item", "batch_number", "expires_on", "unit_cost", "quantity")},
        ),
    )
    fields = (
        "service_item",
        "batch_number",
        "expires_on",
        "unit_cost",
        "quantity_on_hand",
        "movements",
    )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        wanted = form.cleaned_data
        received = receive_stock(
            service_item_id=wanted["service_item"].pk,
            batch_number=wanted["batch_number"],
            expires_on=wanted["expires_on"],
            unit_cost=wanted["unit_cost"],
            quantity=wanted["quantity"],
            act=form.act(request.user),
        )
        self.saved(request, obj, received.movement.batch_id, received)

    def success_message(self, obj: StockBatch) -> str:
        return f"{obj} was received; {obj.quantity_on_hand} are on the shelf."

    def movements(self, batch: StockBatch) -> str:
        url = reverse("admin:smcapp1_stockmovement_changelist")
        return format_html(
            '<a class="text-link" href="{}?batch__id__exact={}">Show them</a>', url, batch.pk
        )


@admin.register(StockMovement)
class StockMovementAdmin(ReadOnlyAdmin):
    """Every change of a batch."""

    list_display = (
        "moved_at",
        "drug",
        "batch_number",
        "kind",
        "quantity",
        "quantity_after",
        "moved_by",
    )
    list_filter = ("kind",)
    list_select_related = ("batch__service_item", "moved_by")
    paginator = InfinitePaginator
    search_fields = ("batch__service_item__name", "batch__batch_number")
    search_help_text = "Drug or batch number"
    fields = (
        "batch",
        "kind",
        "quantity",
        "quantity_after",
        "reason",
        named_column("moved_by", "moved by"),
        "moved_at",
    )

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        return lookup == "batch__id__exact" or super().lookup_allowed(lookup, value, request)

    def drug(self, movement: StockMovement) -> str:
        return str(movement.batch.service_item)

    def batch_number(self, movement: StockMovement) -> str:
        return movement.batch.batch_number


@admin.register(LabResult)
class LabResultAdmin(ReadOnlyAdmin):
    """Tests that were ordered and paid for; the laboratory writes their results."""

    form = LabResultForm
    save_label = "Save result"
    list_display = ("number", "test", "patient", "status", "requested_at", "resulted_at")
    list_filter = ("status",)
    list_select_related = ("test", "consultation__patient")
    search_fields = (*patient_search("consultation__patient"), "test__name")
    search_help_text = "Patient's number, name or phone; or test"
    fields = (
        "test",
        "patient",
        "consultation",
        "status",
        "result",
        "requested_at",
        RESULTED_BY,
        "resulted_at",
    )
    readonly_fields = (
        "test",
        "patient",
        "consultation",
        "status",
        "requested_at",
        RESULTED_BY,
        "resulted_at",
    )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_released = obj is not None and obj.status == LabResult.Status.RELEASED
        return not is_released and request.user.has_perm("smcapp1.change_labresult")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        act = Act(request.user)
        enter_result(lab_result_id=obj.pk, result=form.cleaned_data["result"], act=act)
        obj.refresh_from_db()

    @display(description="no.", ordering="pk")  # type: ignore[untyped-decorator] # no types
    def number(self, lab_result: LabResult) -> int:
        return lab_result.pk

    def patient(self, lab_result: LabResult) -> str:
        return str(lab_result.consultation.patient)
