"""Stock counts at the desk: begun, counted without knowing, explained, approved by another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from hospital.core.act_pages import ActPage, AsksBeforeActing
from hospital.core.acts import Act
from hospital.core.admin import MoneyRowAdmin, ReadOnlyInline, change_url, may, named_column
from hospital.core.forms import OneTimeKeyForm, ReasonForm
from smcapp1.admin.stock_count_forms import (
    OpenCountForm,
    by_batch,
    counting_form,
    explaining_form,
)
from smcapp1.models import StockCount, StockCountLine
from smcapp1.services import (
    Counted,
    approve_stock_count,
    explain_stock_count,
    open_stock_count,
    reject_stock_count,
    submit_stock_count,
)

COUNT = "smcapp1.count_stock"
APPROVE = "smcapp1.approve_stockcount"
Status = StockCount.Status
PAID_DRUGS = (
    "Count what can still be sold. Drugs that were paid and wait to be handed out are not on the"
    " shelf any more: leave them out."
)


@dataclass(frozen=True)
class ApprovalPage(ActPage):
    """The page on which a count is approved, with its differences."""

    lines: Sequence[StockCountLine] = ()


class CountLineInline(ReadOnlyInline):
    """The batches of a count; what should be there stands there once they were counted."""

    model = StockCountLine
    fields = ("drug", "batch_number", "counted", "expected", "difference", "reason")
    readonly_fields = fields
    verbose_name_plural = "batches"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("batch__service_item")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, "smcapp1.view_stockcount")

    def drug(self, line: StockCountLine) -> str:
        return line.batch.service_item.name

    def batch_number(self, line: StockCountLine) -> str:
        return line.batch.batch_number

    def difference(self, line: StockCountLine) -> str:
        if not line.variance:
            return "" if line.variance is None else "0"
        return format_html('<strong class="desk-warning">{}</strong>', f"{line.variance:+,}")


@admin.register(StockCount)
class StockCountAdmin(AsksBeforeActing, MoneyRowAdmin):
    """Adding begins a count; the rest is the acts' doing."""

    act_permission = COUNT
    add_form = OpenCountForm
    save_label = "Begin to count"
    list_display = ("number", "what", "status", "opened_at", "opened_by", "decided_by")
    list_display_links = ("number", "what")
    list_filter = ("status", "opened_at")
    list_select_related = ("department", "opened_by", "decided_by")
    add_fieldsets = ((None, {"fields": ("department", "batch_numbers")}),)
    fields = ("what", "status", named_column("opened_by", "begun by"), "opened_at")
    actions_detail = ("count", "explain", "approve", "reject")

    def get_fields(self, request: HttpRequest, obj: StockCount | None = None) -> Sequence[Any]:
        if obj is None:
            return self.fields
        counted = (named_column("counted_by", "counted by"), "counted_at")
        decided = (named_column("decided_by", "decided by"), "decided_at")
        return (
            *self.fields,
            *(counted if obj.counted_by_id else ()),
            *(decided if obj.decided_by_id else ()),
            *(("reject_reason",) if obj.reject_reason else ()),
        )

    def get_inlines(self, request: HttpRequest, obj: Any) -> tuple[type[CountLineInline], ...]:
        return () if obj is None else (CountLineInline,)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        wanted = form.cleaned_data
        department = wanted["department"]
        opened = open_stock_count(
            department=department.code if department else "",
            batch_ids=wanted["batch_numbers"],
            act=form.act(request.user),
        )
        self.saved(request, obj, opened.count.pk, opened)

    def success_message(self, obj: StockCount) -> str:
        return f"{obj} has begun. Count, and then say how many there are."

    @display(description="no.", ordering="pk")  # type: ignore[untyped-decorator] # no types
    def number(self, count: StockCount) -> int:
        return count.pk

    @display(description="what is counted")  # type: ignore[untyped-decorator] # no types
    def what(self, count: StockCount) -> str:
        return f"All of {count.department.name}" if count.department else "Chosen batches"

    @action(description="Say how many there are", url_path="count", icon="edit_note")  # type: ignore[untyped-decorator] # no types
    def count(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._page(request, object_id, COUNT, _count_page)

    @action(description="Say why", url_path="explain", icon="comment")  # type: ignore[untyped-decorator] # no types
    def explain(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._page(request, object_id, COUNT, _explain_page)

    @action(  # type: ignore[untyped-decorator] # no types
        description="Approve", url_path="approve", icon="check", variant=ActionVariant.PRIMARY
    )
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._page(request, object_id, APPROVE, _approve_page)

    @action(  # type: ignore[untyped-decorator] # no types
        description="Reject", url_path="reject", icon="close", variant=ActionVariant.DANGER
    )
    def reject(self, request: HttpRequest, object_id: str) -> HttpResponse:
        either = APPROVE if may(request, APPROVE) else COUNT
        return self._page(request, object_id, either, _reject_page)

    def _page(
        self, request: HttpRequest, object_id: str, permission: str, page: Any
    ) -> HttpResponse:
        if not may(request, permission):
            raise PermissionDenied
        count: StockCount = self.found(request, object_id)
        return self.act_page(request, count, page(count))

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        count = self.get_object(request, object_id)
        shown = _ways_on(request, count) if count else set()
        actions: list[Any] = super().get_actions_detail(request, object_id)
        return [one for one in actions if one.path in shown]


def _ways_on(request: HttpRequest, count: StockCount) -> set[str]:
    """Return the acts that the signed-in person can do to a count as it stands."""
    counts, approves = may(request, COUNT), may(request, APPROVE)
    ways = {
        "count": counts and count.status == Status.OPEN,
        "explain": counts
        and count.status == Status.COUNTED
        and count.counted_by_id == request.user.pk
        and count.lines.varying().exists(),
        "approve": approves and count.status == Status.COUNTED,
        "reject": (counts or approves) and count.status in (Status.OPEN, Status.COUNTED),
    }
    return {name for name, is_open in ways.items() if is_open}


def _lines(count: StockCount) -> list[StockCountLine]:
    lines = count.lines.select_related("batch__service_item")
    return list(lines.order_by("batch__service_item__name", "batch__batch_number", "pk"))


def _varying(count: StockCount) -> list[StockCountLine]:
    return [line for line in _lines(count) if line.variance]


def _count_page(count: StockCount) -> ActPage:
    def submit(typed: Mapping[str, Any], act: Act) -> Counted:
        return submit_stock_count(count_id=count.pk, counts=by_batch(typed), act=act)

    return ActPage(
        title="Say how many there are",
        button="That is what there is",
        form=counting_form(_lines(count)),
        call=submit,
        done=lambda typed: "Counted. What should be there is shown now.",
        land_on=change_url(count),
        close=change_url(count),
        explanation=f"{PAID_DRUGS} What you send cannot be changed.",
    )


def _explain_page(count: StockCount) -> ActPage:
    def explain(typed: Mapping[str, Any], act: Act) -> Counted:
        return explain_stock_count(count_id=count.pk, reasons=by_batch(typed), act=act)

    return ActPage(
        title="Say why there are more or fewer",
        button="Save the reasons",
        form=explaining_form(_varying(count)),
        call=explain,
        done=lambda typed: "The reasons were saved; somebody else approves the count.",
        land_on=change_url(count),
        close=change_url(count),
    )


def _approve_page(count: StockCount) -> ActPage:
    varying = _varying(count)
    moves = (
        "The stock will hold what was counted, more or less what was moved since."
        if varying
        else "All that should be there is there: no stock moves."
    )
    return ApprovalPage(
        title="Approve the count",
        button="Approve",
        form=OneTimeKeyForm,
        call=lambda typed, act: approve_stock_count(count_id=count.pk, act=act),
        done=lambda typed: f"{count} was approved.",
        land_on=change_url(count),
        close=change_url(count),
        explanation=moves,
        facts=(("Counted by", count.counted_by),),
        template="smcapp1/approve_count.html",
        lines=varying,
    )


def _reject_page(count: StockCount) -> ActPage:
    return ActPage(
        title="Reject the count",
        button="Reject",
        form=ReasonForm,
        call=lambda typed, act: reject_stock_count(
            count_id=count.pk, reason=typed["reason"], act=act
        ),
        done=lambda typed: f"{count} was rejected: {typed['reason'].strip()}",
        land_on=change_url(count),
        close=change_url(count),
        explanation="No stock moves, and the batches can be counted again.",
        is_final=True,
    )
