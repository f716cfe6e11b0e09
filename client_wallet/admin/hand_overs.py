"""Cash handed over at the desk: given out of the own drawer, received or rejected by another."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.paginator import InfinitePaginator

from client_wallet.admin.entries import with_entry_links
from client_wallet.admin.shift_forms import HandOverForm, ReceiveForm
from client_wallet.admin.shift_words import (
    HAND_OVER_STATES,
    destination,
    hand_over_state,
    person,
)
from client_wallet.models import HandOver
from client_wallet.shift_visibility import may_receive, may_reject, visible_hand_overs
from client_wallet.shifts import give_cash, receive_cash, reject_cash
from hospital.core.act_pages import ActPage, AsksBeforeActing
from hospital.core.acts import Act
from hospital.core.admin import (
    MoneyRowAdmin,
    ReasonPage,
    Repeatable,
    change_url,
    money_column,
    named_column,
)
from hospital.core.money import with_currency
from hospital.core.named_lists import HasNamedLists, NamedList

SEE = "client_wallet.view_handover"


def _from(given: HandOver) -> str:
    return person(given.from_cashier)


def _name(given: HandOver) -> str:
    return str(given)


_from.short_description = "from"  # type: ignore[attr-defined] # the heading
_name.short_description = "hand-over"  # type: ignore[attr-defined] # the heading
COLUMNS = (
    _name,
    _from,
    destination,
    money_column("amount", "amount"),
    "given_at",
    hand_over_state,
)


@admin.register(HandOver)
class HandOverAdmin(HasNamedLists, AsksBeforeActing, MoneyRowAdmin):
    """Gives cash out of the own drawer, and receives or rejects what others gave."""

    act_permission = "client_wallet.give_cash"
    add_form = HandOverForm
    save_label = "Hand over"
    change_form_before_template = "client_wallet/shifts/hand_over.html"
    change_form_after_template = "client_wallet/shifts/hand_over_script.html"
    list_display = COLUMNS
    list_filter = ("status", "target", "given_at")
    paginator = InfinitePaginator
    search_fields = ("from_cashier__username", "to_cashier__username", "external_reference")
    search_help_text = "Who gave or gets it, or the bank's slip"
    named_lists = (
        NamedList(
            slug="in-transit",
            title="Cash in transit",
            rows=lambda given: given.filter(status=HandOver.Status.GIVEN),
            columns=COLUMNS,
            ordering=("given_at", "pk"),
            empty="No cash is in transit",
        ),
    )
    add_fieldsets = ((None, {"fields": ("amount", "to", "cashier_id", "external_reference")}),)
    actions_detail = ("receive", "reject")

    class Media:
        css = {"all": ("core/withdrawals.css", "core/shifts.css")}  # noqa: RUF012 - Django reads it so

    def get_queryset(self, request: HttpRequest) -> QuerySet[HandOver]:
        given = visible_hand_overs(request.user, super().get_queryset(request))
        return given.select_related("from_cashier", "to_cashier", "ended_by", "shift")

    def get_fieldsets(self, request: HttpRequest, obj: HandOver | None = None) -> Sequence[Any]:
        if obj is None:
            return self.add_fieldsets
        return ((None, {"fields": with_entry_links(request, _shown(obj))}),)

    def page_context(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        context = super().page_context(request, object_id)
        if object_id is None:
            return context | {"title": "Hand over cash"}
        given = self.get_object(request, object_id)
        if given is None:
            return context
        return context | {
            "state": hand_over_state(given),
            "meaning": HAND_OVER_STATES[given.status].meaning,
        }

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        wanted = form.cleaned_data
        cashier = wanted["cashier_id"]
        given = give_cash(
            amount=wanted["amount"],
            to=wanted["to"],
            cashier_id=cashier.pk if cashier else None,
            external_reference=wanted["external_reference"],
            act=form.act(request.user),
        )
        self.saved(request, obj, given.hand_over_id, given)

    def success_message(self, obj: HandOver) -> str:
        money, to = with_currency(obj.amount), destination(obj)
        return f"{money} left your drawer for {to}, where somebody has to say that it arrived."

    def replay_message(self, obj: HandOver) -> str:
        return f"{obj} was already given by this form; nothing was done again."

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Receive",
        url_path="receive",
        permissions=(SEE,),
        icon="check",
        variant=ActionVariant.PRIMARY,
    )
    def receive(self, request: HttpRequest, object_id: str) -> HttpResponse:
        given: HandOver = self.found(request, object_id)
        if not may_receive(request.user, given):
            return HttpResponseRedirect(change_url(given))
        return self.act_page(request, given, _receipt_page(given))

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Reject",
        url_path="reject",
        permissions=(SEE,),
        icon="block",
        variant=ActionVariant.DANGER,
    )
    def reject(self, request: HttpRequest, object_id: str) -> HttpResponse:
        given: HandOver = self.found(request, object_id)
        if not may_reject(request.user, given):
            return HttpResponseRedirect(change_url(given))
        page = ReasonPage(
            title="Reject cash",
            button="Reject",
            explanation=(
                f"{with_currency(given.amount)} from {person(given.from_cashier)} was not taken, "
                "and goes back to where it came from."
            ),
            undo=lambda reason, act: reject_cash(hand_over_id=given.pk, reason=reason, act=act),
            done=f"{given} was rejected.",
            land_on=change_url(given),
        )
        return self.reason_page(request, given, page)

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        given = self.get_object(request, object_id)
        if given is None or given.status != HandOver.Status.GIVEN:
            return []
        possible = {
            "receive": may_receive(request.user, given),
            "reject": may_reject(request.user, given),
        }
        actions: list[Any] = super().get_actions_detail(request, object_id)
        return [one for one in actions if possible[one.path]]


def _receipt_page(given: HandOver) -> ActPage:
    def receive(typed: Mapping[str, Any], act: Act) -> Repeatable:
        return receive_cash(hand_over_id=given.pk, act=act)

    return ActPage(
        title="Receive cash",
        button="I counted it, and have it",
        form=ReceiveForm,
        call=receive,
        done=lambda typed: f"{with_currency(given.amount)} of {given} was received.",
        land_on=change_url(given),
        close=change_url(given),
        explanation="Count it first. If it is not that much, reject it and say why.",
        facts=(
            ("Amount", with_currency(given.amount)),
            ("From", person(given.from_cashier)),
            ("To", destination(given)),
            *(
                (("Slip of the bank", given.external_reference),)
                if given.external_reference
                else ()
            ),
        ),
    )


def _shown(given: HandOver) -> list[Any]:
    """Return the fields that have something to say."""
    fields = {
        "external_reference": "external_reference",
        "ended_at": "ended_at",
        "ended_by_id": named_column("ended_by", "received or rejected by"),
        "rejection_reason": "rejection_reason",
    }
    more = [shown for name, shown in fields.items() if getattr(given, name)]
    always = (_from, destination, money_column("amount", "amount"), "shift", "given_at")
    return [*always, *more]
