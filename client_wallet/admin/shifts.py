"""Shifts at the desk: opened, counted blind, accepted by another, printed as X and Z reports."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.paginator import InfinitePaginator

from client_wallet.admin.shift_forms import OPEN_SHIFT, OpenShiftForm
from client_wallet.admin.shift_pages import acceptance_page, close_page, recount_page
from client_wallet.admin.shift_panel import counted_panel, hand_overs_of
from client_wallet.admin.shift_words import (
    SHIFT_STATES,
    outcome,
    person,
    shift_state,
    z_report,
)
from client_wallet.models import Shift
from client_wallet.shift_papers import ShiftPaper, people_of, x_paper, z_paper
from client_wallet.shift_visibility import CLOSE_ANY, seen_x_report, visible_shifts
from client_wallet.shifts import open_shift
from client_wallet.shifts import z_report as z_report_of
from hospital.core.act_pages import AsksBeforeActing
from hospital.core.admin import MoneyRowAdmin, change_url, may, money_column, named_column
from hospital.core.money import with_currency
from hospital.core.named_lists import HasNamedLists, NamedList

SEE = "client_wallet.view_shift"
ACCEPT = "client_wallet.accept_variance"
NARROW, WIDE = "80mm", "a4"
SOMEBODY_ELSE = "You counted this drawer, or it is yours: another supervisor accepts it."


def _cashier(shift: Shift) -> str:
    return person(shift.cashier)


def _number(shift: Shift) -> str:
    return str(shift)


_cashier.short_description = "cashier"  # type: ignore[attr-defined] # the heading
_number.short_description = "shift"  # type: ignore[attr-defined] # the heading
COLUMNS = (_number, _cashier, "opened_at", shift_state, outcome, z_report)


@admin.register(Shift)
class ShiftAdmin(HasNamedLists, AsksBeforeActing, MoneyRowAdmin):
    """Opens shifts, counts and closes them, and shows what they came to."""

    act_permission = OPEN_SHIFT
    add_form = OpenShiftForm
    save_label = "Open the shift"
    change_form_before_template = "client_wallet/shifts/shift.html"
    list_display = COLUMNS
    list_filter = ("status", "opened_at")
    paginator = InfinitePaginator
    search_fields = ("cashier__username", "cashier__last_name", "drawer__code")
    search_help_text = "Cashier's name, or the drawer's account"
    named_lists = (
        NamedList(
            slug="to-accept",
            title="Shifts to accept",
            rows=lambda shifts: shifts.filter(status=Shift.Status.COUNTED),
            columns=COLUMNS,
            ordering=("opened_at", "pk"),
            empty="No shift waits for a supervisor",
        ),
        NamedList(
            slug="z-reports",
            title="Z reports",
            rows=lambda shifts: shifts.filter(status=Shift.Status.CLOSED),
            columns=(z_report, _number, _cashier, "opened_at", "closed_at", outcome),
            ordering=("-z_report__number",),
            empty="No shift was closed yet",
            filters=("closed_at",),
        ),
    )
    add_fieldsets = ((None, {"fields": ("opening_float",)}),)
    actions_detail = ("hand_over", "x_report", "count", "accept", "recount", "z_report")

    class Media:
        css = {"all": ("core/withdrawals.css", "core/shifts.css")}  # noqa: RUF012 - Django reads it so

    def get_queryset(self, request: HttpRequest) -> QuerySet[Shift]:
        shifts = visible_shifts(request.user, super().get_queryset(request))
        return shifts.select_related("cashier", "z_report").prefetch_related("counts")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return self.add_fieldsets if obj is None else ((None, {"fields": _shown(obj)}),)

    def page_context(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        context = super().page_context(request, object_id)
        if object_id is None:
            return context | {"title": "Open a shift"}
        shift = self.get_object(request, object_id)
        if shift is None:
            return context
        return context | {
            "state": shift_state(shift),
            "meaning": SHIFT_STATES[shift.status].meaning,
            "why_not": SOMEBODY_ELSE if _is_barred(request, shift) else "",
            "hand_overs": hand_overs_of(shift),
            **counted_panel(shift),
        }

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        act = form.act(request.user)
        opened = open_shift(opening_float=form.cleaned_data["opening_float"], act=act)
        self.saved(request, obj, opened.shift_id, opened)

    def success_message(self, obj: Shift) -> str:
        return f"{obj} is open, with {with_currency(obj.opening_float)} in the drawer."

    def replay_message(self, obj: Shift) -> str:
        return f"{obj} was opened by this form before; nothing was done again."

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Hand over cash",
        url_path="hand-over",
        permissions=("client_wallet.give_cash",),
        icon="output",
    )
    def hand_over(self, request: HttpRequest, object_id: str) -> HttpResponse:
        self.found(request, object_id)
        return HttpResponseRedirect(reverse("admin:client_wallet_handover_add"))

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Count and close",
        url_path="count",
        permissions=(OPEN_SHIFT,),
        icon="point_of_sale",
        variant=ActionVariant.PRIMARY,
    )
    def count(self, request: HttpRequest, object_id: str) -> HttpResponse:
        shift = self._counted_by(request, object_id)
        if request.method != "POST" and shift.status != Shift.Status.OPEN:
            return HttpResponseRedirect(change_url(shift))
        return self.act_page(request, shift, close_page(shift))

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Count again", url_path="recount", permissions=(OPEN_SHIFT,), icon="replay"
    )
    def recount(self, request: HttpRequest, object_id: str) -> HttpResponse:
        shift = self._counted_by(request, object_id)
        if request.method != "POST" and shift.status != Shift.Status.COUNTED:
            return HttpResponseRedirect(change_url(shift))
        return self.act_page(request, shift, recount_page(shift))

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Accept the difference",
        url_path="accept",
        permissions=(ACCEPT,),
        icon="gavel",
        variant=ActionVariant.PRIMARY,
    )
    def accept(self, request: HttpRequest, object_id: str) -> HttpResponse:
        shift: Shift = self.found(request, object_id)
        if request.method != "POST" and shift.status != Shift.Status.COUNTED:
            return HttpResponseRedirect(change_url(shift))
        return self.act_page(request, shift, acceptance_page(shift))

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="X report", url_path="x-report", permissions=(SEE,), icon="receipt_long"
    )
    def x_report(self, request: HttpRequest, object_id: str) -> HttpResponse:
        shift: Shift = self.found(request, object_id)
        if shift.status == Shift.Status.CLOSED:
            return HttpResponseRedirect(change_url(shift))
        content = seen_x_report(request.user, shift)
        return _printing(request, shift, x_paper(content))

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Z report",
        url_path="z-report",
        permissions=(SEE,),
        icon="print",
        variant=ActionVariant.PRIMARY,
    )
    def z_report(self, request: HttpRequest, object_id: str) -> HttpResponse:
        shift: Shift = self.found(request, object_id)
        if shift.status != Shift.Status.CLOSED:
            return HttpResponseRedirect(change_url(shift))
        content = z_report_of(shift.pk)
        people = get_user_model().objects.in_bulk(people_of(content))
        names = {pk: person(user) for pk, user in people.items()}
        return _printing(request, shift, z_paper(content, names))

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        shift = self.get_object(request, object_id)
        if shift is None:
            return []
        is_open, waits = shift.status == Shift.Status.OPEN, shift.status == Shift.Status.COUNTED
        possible = {
            "hand-over": is_open and shift.cashier_id == request.user.pk,
            "x-report": is_open,
            "count": is_open and _may_count(request, shift),
            "accept": waits and not _is_barred(request, shift),
            "recount": waits and _may_count(request, shift),
            "z-report": shift.status == Shift.Status.CLOSED,
        }
        actions: list[Any] = super().get_actions_detail(request, object_id)
        return [one for one in actions if possible[one.path]]

    def _counted_by(self, request: HttpRequest, object_id: str) -> Shift:
        """Return the shift, to who may count it."""
        shift: Shift = self.found(request, object_id)
        if not _may_count(request, shift):
            raise Http404
        return shift


def _may_count(request: HttpRequest, shift: Shift) -> bool:
    return shift.cashier_id == request.user.pk or may(request, CLOSE_ANY)


def _is_barred(request: HttpRequest, shift: Shift) -> bool:
    """Whether this is a person who accepts differences, but not this one."""
    is_theirs = request.user.pk in {shift.cashier_id, shift.counted_by_id}
    return shift.status == Shift.Status.COUNTED and is_theirs and may(request, ACCEPT)


def _shown(shift: Shift) -> list[Any]:
    """Return the fields that have something to say."""
    fields: list[Any] = [
        _cashier,
        named_column("drawer_id", "drawer"),
        "opened_at",
        money_column("opening_float", "float"),
    ]
    if shift.accepted_by_id:
        fields += [named_column("accepted_by", "accepted by"), "acceptance_reason"]
    closed = ["closed_at", named_column("closed_by", "closed by")]
    return [*fields, *closed] if shift.closed_at else fields


def _printing(request: HttpRequest, shift: Shift, paper: ShiftPaper) -> HttpResponse:
    """Show a report as it goes onto paper."""
    context = {
        "paper": paper,
        "is_narrow": request.GET.get("paper", NARROW) != WIDE,
        "back_url": change_url(shift),
        "hospital": settings,
        "made_at": timezone.now(),
        "made_by": person(request.user),
    }
    return TemplateResponse(request, "client_wallet/shifts/printing.html", context)
