"""Withdrawals at the desk: asked for, followed, called off, and decided on by a supervisor."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.paginator import InfinitePaginator

from client_wallet.admin.entries import DEBIT, REFUND, SETTLEMENT, with_entry_links
from client_wallet.admin.withdrawal_forms import WithdrawalForm
from client_wallet.admin.withdrawal_pages import call_off_page, call_panel, decision_page
from client_wallet.admin.withdrawal_words import (
    STATES,
    account,
    asked_at,
    meaning_of,
    patient,
    reference,
    state,
    why,
)
from client_wallet.errors import NoDestination
from client_wallet.models import WalletAccount, Withdrawal
from client_wallet.withdrawals import schedule_withdrawal
from client_wallet.withdrawals.destinations import destination_for
from hospital.core.act_pages import AsksBeforeActing
from hospital.core.admin import MoneyRowAdmin, change_url, may, money_column, named_column
from hospital.core.forms import is_id
from hospital.core.money import ZERO, with_currency
from hospital.core.named_lists import HasNamedLists, NamedList
from smcapp1.admin import patient_search

REQUEST = "client_wallet.request_withdrawal"
REVIEW = "client_wallet.review_withdrawal"
ADD = "admin:client_wallet_withdrawal_add"
NO_WALLET = "This patient has no wallet, and so nothing that could be paid out."
YOURS = "You asked for this withdrawal yourself: another supervisor decides on it."


class StateFilter(admin.SimpleListFilter):
    """By state, in the words of the list."""

    title = "state"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(status), said.name) for status, said in STATES.items()]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Withdrawal]
    ) -> QuerySet[Withdrawal]:
        return queryset.filter(status=self.value()) if self.value() else queryset


def _how_many_wait(withdrawals: Any) -> str:
    found = withdrawals.aggregate(count=Count("pk"), total=Sum("amount"))
    total = with_currency(found["total"] or ZERO)
    return f"Waiting for a decision: {found['count']:,}. In transit because of it: {total}."


@admin.register(Withdrawal)
class WithdrawalAdmin(HasNamedLists, AsksBeforeActing, MoneyRowAdmin):
    """Asks for withdrawals, shows what became of them, and lets a supervisor decide."""

    act_permission = REQUEST
    add_form = WithdrawalForm
    save_label = "Ask for the withdrawal"
    change_form_before_template = "client_wallet/withdrawal.html"
    change_form_outer_after_template = "client_wallet/bank_calls.html"
    list_before_template = "admin/list_said.html"
    list_display = (
        reference,
        patient,
        money_column("amount", "amount"),
        "scheduled_for",
        "next_attempt_at",
        state,
    )
    list_filter = (StateFilter, "scheduled_for")
    paginator = InfinitePaginator
    ordering = ("-created_at", "-pk")
    search_fields = ("bank_reference", *patient_search("wallet__patient"))
    search_help_text = "Reference, or patient's number, name or phone"
    named_lists = (
        NamedList(
            slug="review",
            title="Withdrawals to review",
            rows=lambda withdrawals: withdrawals.filter(status=Withdrawal.Status.NEEDS_REVIEW),
            columns=(
                reference,
                patient,
                money_column("amount", "amount"),
                "scheduled_for",
                why,
                named_column("requested_by", "asked for by"),
            ),
            ordering=("created_at", "pk"),
            said=_how_many_wait,
            empty="No withdrawal waits for a decision",
        ),
    )
    add_fieldsets = (
        (None, {"fields": ("amount", "scheduled_for")}),
        (
            "To which account",
            {
                "fields": ("bank_code", "account_number", "account_name"),
                "description": "An account saved with the wallet stands here already. "
                "Another one is used this once.",
            },
        ),
    )
    asked = (
        account,
        "bank_reference",
        "scheduled_for",
        named_column("requested_by", "asked for by"),
        asked_at,
    )
    actions_detail = ("decide", "call_off")

    class Media:
        css = {"all": ("core/withdrawals.css",)}  # noqa: RUF012 - Django reads it so

    def get_queryset(self, request: HttpRequest) -> QuerySet[Withdrawal]:
        withdrawals: QuerySet[Withdrawal] = super().get_queryset(request)
        return withdrawals.select_related("wallet__patient", "requested_by", "ended_by")

    def get_fieldsets(self, request: HttpRequest, obj: Withdrawal | None = None) -> Sequence[Any]:
        if obj is None:
            return self.add_fieldsets
        became = with_entry_links(request, _became(obj))
        asked = (None, {"fields": self.asked})
        return (asked, ("What became of it", {"fields": became})) if became else (asked,)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        given: dict[str, Any] = super().get_changeform_initial_data(request)
        wallet = _asked_wallet(request)
        return given | (_saved_account(wallet) if wallet else {})

    def page_context(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        context = super().page_context(request, object_id)
        if object_id is None:
            context |= {"title": "Ask for a withdrawal", "other_url": reverse(ADD)}
            wallet = _asked_wallet(request)
            if wallet is None:
                return context | _no_wallet(request)
            return context | _holder(request, wallet) | _waiting(wallet)
        withdrawal = self.get_object(request, object_id)
        if withdrawal is None:
            return context
        context |= _holder(request, withdrawal.wallet) | call_panel(request, withdrawal)
        is_own = withdrawal.requested_by_id == request.user.pk
        return context | {
            "state": state(withdrawal),
            "meaning": meaning_of(withdrawal),
            "why_not": YOURS if is_own and _may_be_decided(request, withdrawal) else "",
        }

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], add: bool = False, **kwargs: Any
    ) -> HttpResponse:
        """Show the form, or the way to a patient who has a wallet."""
        if add and "wallet" not in context:
            return TemplateResponse(request, "client_wallet/choose_patient.html", context)
        page: HttpResponse = super().render_change_form(request, context, add=add, **kwargs)
        return page

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        wanted = form.cleaned_data
        asked = schedule_withdrawal(
            wallet_id=wanted["patient"].wallet.pk,
            amount=wanted["amount"],
            scheduled_for=wanted["scheduled_for"],
            destination=form.destination(),
            act=form.act(request.user),
        )
        self.saved(request, obj, asked.id, asked)

    def success_message(self, obj: Withdrawal) -> str:
        when = date_format(timezone.localtime(obj.scheduled_for), "SHORT_DATETIME_FORMAT")
        return f"{with_currency(obj.amount)} to {account(obj)}: asked for, due {when}."

    def replay_message(self, obj: Withdrawal) -> str:
        return f"{obj} was already asked for by this form; nothing was done again."

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Decide",
        url_path="decide",
        permissions=(REVIEW,),
        icon="gavel",
        variant=ActionVariant.PRIMARY,
    )
    def decide(self, request: HttpRequest, object_id: str) -> HttpResponse:
        withdrawal: Withdrawal = self.found(request, object_id)
        if request.method != "POST" and withdrawal.status != Withdrawal.Status.NEEDS_REVIEW:
            return HttpResponseRedirect(change_url(withdrawal))
        return self.act_page(request, withdrawal, decision_page(withdrawal))

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Call off",
        url_path="call-off",
        permissions=(REQUEST,),
        icon="event_busy",
        variant=ActionVariant.DANGER,
    )
    def call_off(self, request: HttpRequest, object_id: str) -> HttpResponse:
        withdrawal: Withdrawal = self.found(request, object_id)
        if request.method != "POST" and withdrawal.status != Withdrawal.Status.SCHEDULED:
            return HttpResponseRedirect(change_url(withdrawal))
        return self.act_page(request, withdrawal, call_off_page(withdrawal))

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        withdrawal = self.get_object(request, object_id)
        if withdrawal is None:
            return []
        is_own = withdrawal.requested_by_id == request.user.pk
        open_now = {
            "call-off": withdrawal.status == Withdrawal.Status.SCHEDULED,
            "decide": _may_be_decided(request, withdrawal) and not is_own,
        }
        actions: list[Any] = super().get_actions_detail(request, object_id)
        return [one for one in actions if open_now[one.path]]


def _may_be_decided(request: HttpRequest, withdrawal: Withdrawal) -> bool:
    """Whether it is under review, and this is a person who decides on such ones."""
    return withdrawal.status == Withdrawal.Status.NEEDS_REVIEW and may(request, REVIEW)


def _became(withdrawal: Withdrawal) -> list[Any]:
    """Return the fields that have something to say."""
    fields: dict[str, Any] = {
        "next_attempt_at": "next_attempt_at",
        "attempts": "attempts",
        "ended_at": "ended_at",
        "ended_by": named_column("ended_by", "ended by"),
        "evidence": "evidence",
        "debit_id": DEBIT,
        "settlement_id": SETTLEMENT,
        "refund_id": REFUND,
    }
    return [shown for name, shown in fields.items() if getattr(withdrawal, name)]


def _asked_wallet(request: HttpRequest) -> WalletAccount | None:
    """Return the wallet of the patient whom the address or the form names."""
    asked = request.POST.get("patient") or request.GET.get("patient") or ""
    wallets = WalletAccount.objects.select_related("patient")
    return wallets.filter(patient=int(asked)).first() if is_id(asked) else None


def _no_wallet(request: HttpRequest) -> dict[str, Any]:
    """Return what the page shows to whoever has named no patient, or one without a wallet."""
    named = is_id(request.GET.get("patient", ""))
    return {"find_act": "withdrawal", "why_not": NO_WALLET if named else ""}


def _holder(request: HttpRequest, wallet: WalletAccount) -> dict[str, Any]:
    sees_wallets = may(request, "client_wallet.view_walletaccount")
    return {
        "patient": wallet.patient,
        "patient_url": change_url(wallet.patient),
        "wallet": wallet,
        "wallet_url": change_url(wallet) if sees_wallets else None,
    }


def _waiting(wallet: WalletAccount) -> dict[str, Any]:
    """Return what was asked for before and is still to be taken, and what bars the wallet."""
    scheduled = wallet.withdrawals.filter(status=Withdrawal.Status.SCHEDULED)
    is_active = wallet.status == WalletAccount.Status.ACTIVE
    name = wallet.get_status_display().lower()
    barred = f"This wallet is {name}: what is due while it is so is not paid."
    return {
        "waiting": scheduled.aggregate(total=Sum("amount"))["total"],
        "barred": "" if is_active else barred,
    }


def _saved_account(wallet: WalletAccount) -> dict[str, Any]:
    try:
        return dict(vars(destination_for(wallet, None)))
    except NoDestination:
        return {}
