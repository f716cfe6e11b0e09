"""Waivers at the desk: given, asked for, decided on, taken back; reasons, and limits of a day."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.paginator import InfinitePaginator

from client_wallet.admin.entries import ENTRY, with_entry_links
from hospital.core.act_pages import AsksBeforeActing
from hospital.core.admin import (
    MoneyRowAdmin,
    ReadOnlyInline,
    ReasonPage,
    ServiceModelAdmin,
    change_url,
    may,
    money_cell,
    money_column,
    named_column,
)
from hospital.core.money import ZERO, with_currency
from hospital.core.named_lists import HasNamedLists, NamedList
from invoicing_app.admin.waiver_pages import (
    approval_page,
    how_much,
    of_what,
    rejection_page,
    take_back_page,
    withdrawal_page,
)
from invoicing_app.models import BillItem
from invoicing_app.panels.waivers import waiver_panel
from invoicing_app.waivers.forms import WaiverForm
from invoicing_app.waivers.models import Waiver, WaiverLimit, WaiverLine, WaiverReason
from invoicing_app.waivers.requesting import request_waiver
from smcapp1.admin import patient_search

GRANT = "invoicing_app.grant_waiver"
APPROVE = "invoicing_app.approve_waiver"
TAKE_BACK = "invoicing_app.take_back_waiver"
OPEN_A_VISIT = "Open the visit of the patient: what can be waived stands on its bill."
YOURS = "You asked for this waiver yourself: somebody else decides on it."


class WaiverLineInline(ReadOnlyInline):
    """What a waiver forgives of each item."""

    model = WaiverLine
    fields = ("item", "waived", "became")
    readonly_fields = fields
    verbose_name_plural = "items"

    def get_queryset(self, request: HttpRequest) -> QuerySet[WaiverLine]:
        lines: QuerySet[WaiverLine] = super().get_queryset(request)
        return lines.select_related("bill_item", "taken_back__taken_back_by")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, "invoicing_app.view_waiver")  # a waiver shows its lines

    def item(self, line: WaiverLine) -> str:
        return str(line.bill_item)

    @display(description="waived")  # type: ignore[untyped-decorator] # unfold has no types
    def waived(self, line: WaiverLine) -> str:
        return money_cell(line.amount)

    @display(description="taken back")  # type: ignore[untyped-decorator] # unfold has no types
    def became(self, line: WaiverLine) -> str:
        back = line.taken_back
        return f"by {back.taken_back_by}: {back.reason}" if back else ""


@display(description="of what")  # type: ignore[untyped-decorator] # unfold has no types
def about(waiver: Waiver) -> str:
    return of_what(waiver)


@display(description="how much")  # type: ignore[untyped-decorator] # unfold has no types
def comes_to(waiver: Waiver) -> str:
    return how_much(waiver)


@display(description="patient")  # type: ignore[untyped-decorator] # unfold has no types
def patient(waiver: Waiver) -> str:
    person = waiver.consultation.patient
    return format_html('<a class="text-link" href="{}">{}</a>', change_url(person), person)


@display(description="waiver", ordering="pk")  # type: ignore[untyped-decorator] # no types
def number(waiver: Waiver) -> str:
    return str(waiver)


AMOUNT = money_column("amount", "amount")


def _how_many_wait(waivers: Any) -> str:
    found = waivers.aggregate(count=Count("pk"), total=Sum("amount"))
    total = with_currency(found["total"] or ZERO)
    return f"Waiting for a decision: {found['count']:,}, of {total} together."


@admin.register(Waiver)
class WaiverAdmin(HasNamedLists, AsksBeforeActing, MoneyRowAdmin):
    """Waives within the limit, asks for more, and lets somebody else decide."""

    act_permission = GRANT
    add_form = WaiverForm
    save_label = "Waive"
    inlines = (WaiverLineInline,)
    change_form_before_template = "invoicing_app/waiver.html"
    list_before_template = "admin/list_said.html"
    list_display = (
        number,
        patient,
        about,
        AMOUNT,
        "reason",
        "status",
        "requested_by",
        "decided_by",
    )
    list_display_links = (number,)
    list_filter = ("status", "reason", "business_date")
    paginator = InfinitePaginator
    search_fields = patient_search("consultation__patient")
    search_help_text = "Patient's number, name or phone"
    named_lists = (
        NamedList(
            slug="waiting",
            title="Waivers to decide on",
            rows=lambda waivers: waivers.filter(status=Waiver.Status.REQUESTED),
            columns=(number, patient, about, AMOUNT, "reason", "requested_by", "requested_at"),
            ordering=("pk",),
            said=_how_many_wait,
            empty="No waiver waits for a decision",
        ),
    )
    add_fieldsets = ((None, {"fields": ("about", "kind", "how_much", "reason", "note")}),)
    fields = (
        "status",
        patient,
        "consultation",
        about,
        comes_to,
        "reason",
        "note",
        named_column("requested_by", "asked for by"),
        "requested_at",
    )
    decision = (named_column("decided_by", "decided by"), "decided_at", "decision_note", ENTRY)
    actions_detail = ("approve", "reject", "withdraw", "take_back")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Waiver]:
        waivers: QuerySet[Waiver] = super().get_queryset(request)
        return waivers.select_related(
            "consultation__patient",
            "department",
            "bill_item",
            "reason",
            "requested_by",
            "decided_by",
        )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        is_decided = obj is not None and obj.decided_by_id is not None
        shown = (*self.fields, *self.decision) if is_decided else self.fields
        return with_entry_links(request, shown)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Sequence[type[ReadOnlyInline]]:
        return () if obj is None else self.inlines

    def page_context(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        context = super().page_context(request, object_id)
        if object_id is None:
            return context | {"title": "Waive a part of a bill"} | waiver_panel(request)
        waiver = self.get_object(request, object_id)
        waits = waiver is not None and waiver.status == Waiver.Status.REQUESTED
        is_own = waits and waiver.requested_by_id == request.user.pk
        return context | {"why_not": YOURS if is_own and may(request, APPROVE) else ""}

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], add: bool = False, **kwargs: Any
    ) -> HttpResponse:
        """Show the form, or the way to the visits where none is named."""
        if add and "bill" not in context:
            self.message_user(request, OPEN_A_VISIT, messages.INFO)
            return HttpResponseRedirect(reverse("admin:smcapp1_consultation_changelist"))
        if add:
            context["adminform"].form.offer(context["bill"])
        page: HttpResponse = super().render_change_form(request, context, add=add, **kwargs)
        return page

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        waiver = request_waiver(intent=form.intent(), actor=request.user)
        self.saved(request, obj, waiver.id, waiver)

    def saved_url(self, obj: Waiver) -> str:
        return change_url(obj.consultation)

    def success_message(self, obj: Waiver) -> str:
        if obj.status == Waiver.Status.GRANTED:
            return f"{obj}: {with_currency(obj.amount)} waived."
        return (
            f"{obj}: {with_currency(obj.amount)} is above what is left of your limit today. "
            "It was asked for, and waits for somebody else’s approval."
        )

    def replay_message(self, obj: Waiver) -> str:
        return f"{obj} was already saved by this form; nothing was waived again."

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Approve",
        url_path="approve",
        permissions=(APPROVE,),
        icon="check",
        variant=ActionVariant.PRIMARY,
    )
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        waiver: Waiver = self.found(request, object_id)
        if _is_late(request, waiver, Waiver.Status.REQUESTED):
            return HttpResponseRedirect(change_url(waiver))
        return self.act_page(request, waiver, approval_page(waiver))

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Reject",
        url_path="reject",
        permissions=(APPROVE,),
        icon="block",
        variant=ActionVariant.DANGER,
    )
    def reject(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._undoing(request, object_id, Waiver.Status.REQUESTED, rejection_page)

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Withdraw",
        url_path="withdraw",
        permissions=(GRANT,),
        icon="event_busy",
        variant=ActionVariant.DANGER,
    )
    def withdraw(self, request: HttpRequest, object_id: str) -> HttpResponse:
        waiver: Waiver = self.found(request, object_id)
        if _is_late(request, waiver, Waiver.Status.REQUESTED):
            return HttpResponseRedirect(change_url(waiver))
        return self.act_page(request, waiver, withdrawal_page(waiver))

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Take back",
        url_path="take-back",
        permissions=(TAKE_BACK,),
        icon="undo",
        variant=ActionVariant.DANGER,
    )
    def take_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._undoing(request, object_id, Waiver.Status.GRANTED, take_back_page)

    def _undoing(
        self,
        request: HttpRequest,
        object_id: str,
        status: Waiver.Status,
        page_of: Callable[[Waiver], ReasonPage],
    ) -> HttpResponse:
        waiver: Waiver = self.found(request, object_id)
        if _is_late(request, waiver, status):
            return HttpResponseRedirect(change_url(waiver))
        return self.reason_page(request, waiver, page_of(waiver))

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        waiver = self.get_object(request, object_id)
        if waiver is None:
            return []
        waits = waiver.status == Waiver.Status.REQUESTED
        is_own = waiver.requested_by_id == request.user.pk
        open_now = {
            "approve": waits and not is_own,
            "reject": waits and not is_own,
            "withdraw": waits and is_own,
            "take-back": waiver.status == Waiver.Status.GRANTED and _is_unpaid(waiver),
        }
        actions: list[Any] = super().get_actions_detail(request, object_id)
        return [one for one in actions if open_now[one.path]]


def _is_late(request: HttpRequest, waiver: Waiver, status: Waiver.Status) -> bool:
    """Whether the page of an act was opened when there is nothing left to do."""
    return request.method != "POST" and waiver.status != status


def _is_unpaid(waiver: Waiver) -> bool:
    lines = waiver.lines.filter(taken_back=None)
    return not lines.exclude(bill_item__status=BillItem.Status.UNPAID).exists()


@admin.register(WaiverReason)
class WaiverReasonAdmin(ServiceModelAdmin):
    """Why something may be waived. A code stays: programs name reasons by it."""

    list_display = ("name", "code", "is_active")
    ordering = ("name",)
    search_fields = ("name", "code")
    fields = ("code", "name", "is_active")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[str]:
        return () if obj is None else ("code",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.save(update_fields=["name", "is_active"] if change else None)


@admin.register(WaiverLimit)
class WaiverLimitAdmin(ServiceModelAdmin):
    """What a role may waive in a business day without asking anybody."""

    list_display = ("role", money_column("day_amount", "in a business day"))
    list_select_related = ("role",)
    ordering = ("role__name",)
    search_fields = ("role__name",)
    readonly_fields = ("of_role",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[str]:
        return ("role" if obj is None else "of_role", "day_amount")

    @display(description="role")  # type: ignore[untyped-decorator] # unfold has no types
    def of_role(self, limit: WaiverLimit) -> str:
        return str(limit.role)  # no link: few may open a role

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.save(update_fields=["day_amount"] if change else None)
