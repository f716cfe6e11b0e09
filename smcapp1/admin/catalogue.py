"""The catalogue: departments, items, what they cost from which day on, and which drugs are low."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from unfold.decorators import display

from hospital.core.acts import Act
from hospital.core.admin import (
    ServiceModelAdmin,
    change_url,
    may,
    money_cell,
    money_column,
    one_button,
)
from hospital.core.money import with_currency
from hospital.core.named_lists import HasNamedLists, NamedList
from smcapp1.admin.columns import count_column
from smcapp1.forms import DepartmentForm, ServiceItemForm
from smcapp1.models import Department, Price, ServiceItem
from smcapp1.price_history import price_history
from smcapp1.price_lists.page import ImportsPriceLists
from smcapp1.services import set_price

IN_STOCK = count_column("stock_available", "in stock")
EXPIRED = count_column("stock_expired", "expired")
LOW_AT = count_column("reorder_level", "reorder level", ordering="reorder_level")
STOCK_VALUE = money_column("stock_value", "value")
NEW_PRICE = ("unit_price", "effective_from")


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


@display(description="price today")  # type: ignore[untyped-decorator] # unfold has no types
def price_today(item: ServiceItem) -> str:
    return money_cell(item.unit_price)


def _drugs_by_name(items: Any) -> Any:
    drugs = items.filter(department__kind=Department.Kind.PHARMACY)
    return drugs.shelved(timezone.localdate())


def _low(items: Any) -> Any:
    return items.low(timezone.localdate())


def _how_many_are_low(items: Any) -> str:
    watched = ServiceItem.objects.filter(is_active=True, reorder_level__gt=0).count()
    return (
        f"{items.count():,} of {watched:,} watched drugs are at or below their reorder level."
        " It is set on a drug's own page; a drug without one is not watched."
    )


@admin.register(ServiceItem)
class ServiceItemAdmin(HasNamedLists, ImportsPriceLists, ServiceModelAdmin):
    """
    The catalogue. An item keeps its code and department; its price changes from a day on.

    The accountant keeps all of it, the pharmacist says at which stock a drug is low.
    """

    form = ServiceItemForm
    list_display = ("code", "name", "department", price_today, "is_active")
    list_display_links = ("code", "name")
    list_filter = ("department", "is_active")
    list_select_related = ("department",)
    list_before_template = "admin/list_said.html"
    search_fields = ("code", "name")
    search_help_text = "Code or name"
    ordering = ("name", "pk")
    change_form_outer_after_template = "smcapp1/prices.html"
    named_lists = (
        NamedList(
            slug="stock",
            title="Stock by drug",
            rows=_drugs_by_name,
            columns=(
                "name",
                "code",
                IN_STOCK,
                EXPIRED,
                LOW_AT,
                STOCK_VALUE,
            ),
            ordering=("name", "pk"),
            empty="There are no drugs in the catalogue yet",
        ),
        NamedList(
            slug="low-stock",
            title="Low stock",
            rows=_low,
            columns=("name", "code", IN_STOCK, LOW_AT),
            ordering=("name", "pk"),
            said=_how_many_are_low,
            empty="No watched drug is low",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServiceItem]:
        items: Any = super().get_queryset(request)
        priced: QuerySet[ServiceItem] = items.priced(timezone.localdate())
        return priced

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = ["code", "name", "department", "is_active"]
        if obj is None or _is_drug(obj):
            fields.append("reorder_level")
        item = (None, {"fields": fields})
        if not self._may_set_prices(request):
            return [item]
        return [item, ("New price", {"fields": NEW_PRICE})]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if may(request, "smcapp1.change_serviceitem"):
            return True
        is_drug = obj is None or _is_drug(obj)
        return is_drug and may(request, "smcapp1.set_reorder_level")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[str]:
        if obj is None:
            return ()
        if may(request, "smcapp1.change_serviceitem"):
            return ("code", "department")
        return ("code", "name", "department", "is_active")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ServiceItem], search_term: str
    ) -> tuple[QuerySet[ServiceItem], bool]:
        found, doubled = super().get_search_results(request, queryset, search_term)
        if request.path == reverse("admin:autocomplete"):  # what can be ordered
            found = found.filter(is_active=True)
        return found, doubled

    def page_context(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        context = super().page_context(request, object_id) | one_button("Save")
        item = self.get_object(request, object_id) if object_id else None
        if item is None or not may(request, "smcapp1.view_price"):
            return context
        return context | {"prices": price_history(item)}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        kept = [name for name in form.changed_data if name not in NEW_PRICE]
        if kept or not change:
            obj.save(update_fields=kept if change else None)
        new_price = form.cleaned_data.get("unit_price")
        if new_price is None or not self._may_set_prices(request):
            return
        request.new_price = set_price(  # type: ignore[attr-defined] # read by response_change
            service_item_id=obj.pk,
            unit_price=new_price,
            effective_from=form.cleaned_data["effective_from"],
            act=Act(request.user),
        )

    def response_change(self, request: HttpRequest, obj: ServiceItem) -> HttpResponse:
        self.message_user(request, f"{obj} was saved.{_said_of(request)}")
        return HttpResponseRedirect(change_url(obj))

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        said = _said_of(request)
        return super().log_change(request, obj, f"Saved.{said}" if said else message)

    def _may_set_prices(self, request: HttpRequest) -> bool:
        return may(request, "smcapp1.add_price")


def _is_drug(item: ServiceItem) -> bool:
    return item.department.kind == Department.Kind.PHARMACY


def _said_of(request: HttpRequest) -> str:
    price: Price | None = getattr(request, "new_price", None)
    if price is None:
        return ""
    day = f"{price.effective_from:%-d %b %Y}"
    return f" It costs {with_currency(price.unit_price)} from {day}."
