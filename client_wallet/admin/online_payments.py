"""Online payments at the desk, to read; a supervisor looks into what was not credited."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.paginator import InfinitePaginator
from unfold.widgets import UnfoldAdminTextareaWidget

from client_wallet.admin.entries import ENTRY, with_entry_links
from client_wallet.models import GatewayEvent, GatewayPayout, OnlinePayment
from client_wallet.online_payments import EventReviewed, review_gateway_event
from client_wallet.online_payments.reviewing import LONGEST_EVIDENCE
from hospital.core.act_pages import ActPage, AsksBeforeActing
from hospital.core.acts import Act
from hospital.core.admin import ReadOnlyAdmin, change_url, money_column, named_column
from hospital.core.forms import OneTimeKeyForm
from hospital.core.money import plain_amount
from hospital.core.named_lists import HasNamedLists, NamedList
from smcapp1.admin import patient_search

REVIEW = "client_wallet.review_gatewayevent"


@admin.register(OnlinePayment)
class OnlinePaymentAdmin(ReadOnlyAdmin):
    """What patients wanted to add through the gateway, and what became of it."""

    list_display = (
        "reference",
        "patient",
        money_column("amount", "amount"),
        "status",
        "created_at",
    )
    list_filter = ("status", "gateway")
    paginator = InfinitePaginator
    ordering = ("-created_at", "-pk")
    search_fields = ("reference", "gateway_reference", *patient_search("wallet__patient"))
    search_help_text = "Reference, or patient's number, name or phone"
    fields = (
        "reference",
        "patient",
        money_column("amount", "amount"),
        "currency",
        "status",
        "failure_code",
        "gateway",
        "gateway_reference",
        named_column("requested_by", "asked for by"),
        "created_at",
        "ended_at",
        "asks",
        "next_ask_at",
        "receipt",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[OnlinePayment]:
        payments: QuerySet[OnlinePayment] = super().get_queryset(request)
        return payments.select_related("wallet__patient", "requested_by", "deposit")

    @display(description="patient")  # type: ignore[untyped-decorator] # unfold has no types
    def patient(self, payment: OnlinePayment) -> str:
        patient = payment.wallet.patient
        return format_html('<a class="text-link" href="{}">{}</a>', change_url(patient), patient)

    @display(description="deposit")  # type: ignore[untyped-decorator] # unfold has no types
    def receipt(self, payment: OnlinePayment) -> str:
        deposit = payment.deposit
        if deposit is None:
            return ""
        link = '<a class="text-link" href="{}">{}</a>'
        return format_html(link, change_url(deposit), deposit.receipt_number)


class EvidenceForm(OneTimeKeyForm):
    """What was found out, and done."""

    evidence = forms.CharField(
        label="What you found, and what was done",
        max_length=LONGEST_EVIDENCE,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )


@display(description="what came of it", ordering="outcome")  # type: ignore[untyped-decorator] # unfold has no types
def outcome(event: GatewayEvent) -> str:
    return event.get_outcome_display()


@display(description="online payment")  # type: ignore[untyped-decorator] # unfold has no types
def online_payment(event: GatewayEvent) -> str:
    if event.payment is None:
        return "none of ours"
    link = '<a class="text-link" href="{}">{}</a>'
    return format_html(link, change_url(event.payment), event.payment.reference)


@display(description="the gateway says")  # type: ignore[untyped-decorator] # unfold has no types
def said_amount(event: GatewayEvent) -> str:
    return "" if event.amount is None else f"{event.currency} {plain_amount(event.amount)}"


@display(description="asked for")  # type: ignore[untyped-decorator] # unfold has no types
def asked_amount(event: GatewayEvent) -> str:
    payment = event.payment
    return "" if payment is None else f"{payment.currency} {plain_amount(payment.amount)}"


@display(description="looked into")  # type: ignore[untyped-decorator] # unfold has no types
def looked_into(event: GatewayEvent) -> str:
    review = getattr(event, "review", None)
    return "" if review is None else f"{review.evidence} ({review.decided_by})"


@admin.register(GatewayEvent)
class GatewayEventAdmin(HasNamedLists, AsksBeforeActing, ReadOnlyAdmin):
    """What gateways said. What was not credited waits for a supervisor."""

    list_display = (outcome, online_payment, said_amount, "state", "source", "received_at")
    list_filter = ("outcome", "source")
    paginator = InfinitePaginator
    ordering = ("-pk",)
    search_fields = ("reference", "gateway_reference", "payment_reference", "payment__reference")
    search_help_text = "A reference: ours, or the gateway's"
    named_lists = (
        NamedList(
            slug="review",
            title="Online payments to look into",
            rows=lambda events: events.to_review(),
            columns=(outcome, online_payment, asked_amount, said_amount, "received_at"),
            ordering=("pk",),
            empty="Nothing waits to be looked into",
        ),
    )
    fields = (
        outcome,
        online_payment,
        asked_amount,
        said_amount,
        "state",
        "source",
        "gateway",
        "reference",
        "gateway_reference",
        "payment_reference",
        "received_at",
        looked_into,
    )
    actions_detail = ("look_into",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[GatewayEvent]:
        events: QuerySet[GatewayEvent] = super().get_queryset(request)
        return events.select_related("payment", "review__decided_by")

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Write down what was found",
        url_path="look-into",
        permissions=(REVIEW,),
        icon="gavel",
        variant=ActionVariant.PRIMARY,
    )
    def look_into(self, request: HttpRequest, object_id: str) -> HttpResponse:
        event: GatewayEvent = self.found(request, object_id)
        if request.method != "POST" and not _waits(event):
            return HttpResponseRedirect(change_url(event))
        return self.act_page(request, event, _review_page(event))

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        event = self.get_object(request, object_id)
        actions: list[Any] = super().get_actions_detail(request, object_id)
        return actions if event is not None and _waits(event) else []


def _waits(event: GatewayEvent) -> bool:
    return GatewayEvent.objects.to_review().filter(pk=event.pk).exists()


def _review_page(event: GatewayEvent) -> ActPage:
    def review(typed: Mapping[str, Any], act: Act) -> EventReviewed:
        return review_gateway_event(event_id=event.pk, evidence=typed["evidence"], act=act)

    return ActPage(
        title="Look into an online payment",
        button="Write it down",
        form=EvidenceForm,
        call=review,
        done=lambda typed: f"Looked into: {typed['evidence']}",
        land_on=reverse("admin:client_wallet_gatewayevent_review"),
        close=change_url(event),
        explanation=(
            "What the gateway says and what stands here differ. Give back at the gateway what was "
            "not credited, or have it paid in another way; reverse the deposit of what was given "
            "back. Say so here. No money moves by it."
        ),
        facts=(
            ("What came of it", event.get_outcome_display()),
            ("Asked for", asked_amount(event)),
            ("The gateway says", said_amount(event)),
            ("Its references", f"{event.gateway_reference} {event.payment_reference}"),
        ),
    )


@admin.register(GatewayPayout)
class GatewayPayoutAdmin(ReadOnlyAdmin):
    """What gateways paid to the hospital's bank account, less their fees."""

    list_display = (
        "reference",
        "gateway",
        money_column("amount", "received at the bank"),
        money_column("fee_amount", "fee"),
        "recorded_at",
        named_column("recorded_by", "recorded by"),
    )
    paginator = InfinitePaginator
    ordering = ("-pk",)
    search_fields = ("reference",)
    fields = (*list_display, ENTRY)

    def get_queryset(self, request: HttpRequest) -> QuerySet[GatewayPayout]:
        payouts: QuerySet[GatewayPayout] = super().get_queryset(request)
        return payouts.select_related("recorded_by", "entry")

    def get_fields(self, request: HttpRequest, obj: GatewayPayout | None = None) -> list[object]:
        return with_entry_links(request, self.fields)
