"""Closed days at the desk: which are closed, what each came to, and closing those that are over."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from unfold.decorators import display

from client_wallet.closing import close_days, next_day_to_close
from client_wallet.day_totals import DayTotals, totals_of_day
from client_wallet.forms import CloseDaysForm
from client_wallet.models import BusinessDayClosure, JournalEntry, LedgerAccount
from hospital.core.admin import MoneyRowAdmin, may, named_column

SEE_TOTALS = "client_wallet.view_businessdaytotal"


@admin.register(BusinessDayClosure)
class BusinessDayClosureAdmin(MoneyRowAdmin):
    """Closes days that are over, and shows what the closed ones came to."""

    act_permission = "client_wallet.close_day"
    add_form = CloseDaysForm
    save_label = "Close these days"
    list_before_template = "client_wallet/open_days.html"
    change_form_before_template = "client_wallet/close_days.html"
    change_form_outer_after_template = "client_wallet/day_totals.html"
    list_display = (
        "day",
        "entries",
        named_column("closed_by", "closed by"),
        "closed_at",
        "seal_begins",
    )
    list_filter = ("business_date",)
    list_select_related = ("closed_by",)
    add_fieldsets = ((None, {"fields": ("business_date",)}),)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "entries",
                    named_column("closed_by", "closed by"),
                    "closed_at",
                    "seal",
                    "previous_seal",
                )
            },
        ),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return self.add_fieldsets if obj is None else self.fieldsets

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        given: dict[str, Any] = super().get_changeform_initial_data(request)
        return {"business_date": _yesterday()} | given

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        add_url = reverse("admin:client_wallet_businessdayclosure_add")
        told = {
            "open_days": _open_days(),
            "close_url": add_url if self.has_add_permission(request) else None,
        }
        page: HttpResponse = super().changelist_view(request, told | (extra_context or {}))
        return page

    def page_context(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        context = super().page_context(request, object_id)
        if object_id is None:
            return context | {"title": "Close days", "open_days": _open_days()}
        closure = self.get_object(request, object_id)
        if closure is None or not may(request, SEE_TOTALS):
            return context
        return context | _told(totals_of_day(closure.business_date))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        through = form.cleaned_data["business_date"]
        act = form.act(request.user)
        answer = close_days(through=through, today=timezone.localdate(), act=act)
        self.saved(request, obj, through, answer)

    def success_message(self, obj: BusinessDayClosure) -> str:
        return f"{_said(obj)} is closed, and so is every day before it."

    def replay_message(self, obj: BusinessDayClosure) -> str:
        return f"{_said(obj)} was closed before, by {obj.closed_by}; nothing was done again."

    @display(description="day", ordering="business_date")  # type: ignore[untyped-decorator] # no types
    def day(self, closure: BusinessDayClosure) -> str:
        return format_html('<span class="nowrap">{}</span>', _said(closure))

    @display(description="entries", ordering="entry_count")  # type: ignore[untyped-decorator] # no types
    def entries(self, closure: BusinessDayClosure) -> str:
        return f"{closure.entry_count:,}"

    @display(description="seal begins")  # type: ignore[untyped-decorator] # no types
    def seal_begins(self, closure: BusinessDayClosure) -> str:
        return closure.seal[:16]


def _told(day: DayTotals) -> dict[str, Any]:
    """Return the totals of a day: by kind and account, and by person."""
    names = dict(LedgerAccount.objects.values_list("code", "name"))
    return {
        "day": day,
        "by_account": [
            (JournalEntry.Kind(kind).label, names[account], sums)
            for (kind, account), sums in day.by("kind", "account").items()
        ],
        "by_person": [
            (person, JournalEntry.Kind(kind).label, sums)
            for (person, kind), sums in day.by("actor_name", "kind").items()
        ],
    }


def _open_days() -> dict[str, Any] | None:
    """Return the days that are over and not closed: the first, the last, how many; None if none."""
    first, last = next_day_to_close(), _yesterday()
    if first is None or first > last:
        return None
    entries = JournalEntry.objects.filter(business_date__range=(first, last))
    return {
        "first": first,
        "last": last,
        "count": (last - first).days + 1,
        "entries": entries.count(),
    }


def _yesterday() -> date:
    return timezone.localdate() - timedelta(days=1)


def _said(closure: BusinessDayClosure) -> str:
    return date_format(closure.business_date, "SHORT_DATE_FORMAT")
