"""Drugs on the shelf by batch: received, near their expiry, written off; and every movement."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Count, F, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.paginator import InfinitePaginator

from hospital.core.act_pages import ActPage, AsksBeforeActing
from hospital.core.acts import Act
from hospital.core.admin import (
    MoneyRowAdmin,
    ReadOnlyAdmin,
    change_url,
    money_column,
    named_column,
)
from hospital.core.money import ZERO, with_currency
from hospital.core.named_lists import HasNamedLists, NamedList
from smcapp1.admin.columns import count_column
from smcapp1.forms import ReceiveStockForm, WriteOffForm
from smcapp1.models import StockBatch, StockMovement
from smcapp1.services import WrittenOff, receive_stock, write_off_stock

WRITE_OFF = "smcapp1.write_off_stock"
ON_HAND = count_column("quantity_on_hand", "on the shelf", ordering="quantity_on_hand")
VALUE = money_column("stock_value", "value")


def near_expiry_day() -> date:
    """Return the day by which what expires is shown as near its expiry."""
    return timezone.localdate() + timedelta(days=settings.NEAR_EXPIRY_DAYS)


@display(description="drug", ordering="service_item__name")  # type: ignore[untyped-decorator] # no types
def drug(batch: StockBatch) -> str:
    return str(batch.service_item)


@display(description="expiry", ordering="expires_on")  # type: ignore[untyped-decorator] # no types
def expiry(batch: StockBatch) -> str:
    days = (batch.expires_on - timezone.localdate()).days
    if days < 0:
        return format_html('<strong class="desk-warning">expired {} ago</strong>', _days(-days))
    return "today is the last day" if days == 0 else f"in {_days(days)}"


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days:,} days"


def _near_expiry(batches: Any) -> Any:
    return batches.expiring_by(near_expiry_day())


def _what_expires(batches: Any) -> str:
    has_expired = Q(expires_on__lt=timezone.localdate())
    value = Sum(F("quantity_on_hand") * F("unit_cost"), filter=has_expired)
    counted = batches.aggregate(
        expired=Count("pk", filter=has_expired), near=Count("pk", filter=~has_expired), value=value
    )
    day = date_format(near_expiry_day(), "DATE_FORMAT")
    return (
        f"Expired and still on the shelf: {_batches(counted['expired'])}, worth"
        f" {with_currency(counted['value'] or ZERO)}."
        f" Expiring by {day}: {_batches(counted['near'])}."
    )


def _batches(count: int) -> str:
    return "1 batch" if count == 1 else f"{count:,} batches"


class OnTheShelf(admin.SimpleListFilter):
    """Narrows stock by what is left of a batch, in time and in number."""

    title = "what is there"
    parameter_name = "shelf"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("there", "On the shelf"),
            ("expired", "Expired and still there"),
            ("empty", "Used up"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[StockBatch]) -> Any:
        today = timezone.localdate()
        there = Q(quantity_on_hand__gt=0)
        chosen = {"there": there, "expired": there & Q(expires_on__lt=today), "empty": ~there}
        wanted = chosen.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(wanted)


class StockBatchAdmin(HasNamedLists, AsksBeforeActing, MoneyRowAdmin):
    """Drugs on the shelf, by batch. Adding receives a delivery; the rest is the acts' doing."""

    act_permission = "smcapp1.add_stockbatch"
    add_form = ReceiveStockForm
    save_label = "Receive stock"
    list_display = (
        drug,
        "batch_number",
        "expires_on",
        expiry,
        ON_HAND,
        money_column("unit_cost", "unit cost"),
        VALUE,
    )
    list_filter = (OnTheShelf,)
    list_select_related = ("service_item",)
    list_before_template = "admin/list_said.html"
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
        drug,
        "batch_number",
        "expires_on",
        "quantity_on_hand",
        money_column("unit_cost", "unit cost"),
        VALUE,
        "movements",
    )
    actions_detail: tuple[str, ...] = ("write_off",)
    named_lists = (
        NamedList(
            slug="near-expiry",
            title="Near expiry",
            rows=_near_expiry,
            columns=(
                drug,
                "batch_number",
                "expires_on",
                expiry,
                ON_HAND,
                VALUE,
            ),
            ordering=("expires_on", "pk"),
            said=_what_expires,
            empty="Nothing on the shelf expires soon",
        ),
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

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Write off",
        url_path="write-off",
        permissions=(WRITE_OFF,),
        icon="delete_sweep",
        variant=ActionVariant.DANGER,
    )
    def write_off(self, request: HttpRequest, object_id: str) -> HttpResponse:
        batch: StockBatch = self.found(request, object_id)
        return self.act_page(request, batch, _write_off_page(batch))

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        batch = self.get_object(request, object_id)
        actions: list[Any] = super().get_actions_detail(request, object_id)
        if batch is None or not batch.quantity_on_hand:
            return [one for one in actions if one.path != "write-off"]
        return actions


def _write_off_page(batch: StockBatch) -> ActPage:
    def write_off(typed: Mapping[str, Any], act: Act) -> WrittenOff:
        return write_off_stock(
            batch_id=batch.pk, quantity=typed["quantity"], reason=typed["reason"], act=act
        )

    has_expired = batch.expires_on < timezone.localdate()
    return ActPage(
        title="Write off stock",
        button="Write off",
        form=WriteOffForm,
        call=write_off,
        done=lambda typed: f"{typed['quantity']} of {batch} written off: {typed['reason'].strip()}",
        land_on=change_url(batch),
        close=change_url(batch),
        facts=(
            ("Drug", batch.service_item),
            ("Batch", batch.batch_number),
            ("Expires on", date_format(batch.expires_on, "DATE_FORMAT")),
            ("On the shelf", f"{batch.quantity_on_hand:,}"),
        ),
        initial={
            "quantity": batch.quantity_on_hand if has_expired else None,
            "reason": "Expired" if has_expired else "",
        },
        is_final=True,
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
        "reason",
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
