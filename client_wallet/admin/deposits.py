"""Deposits at the desk: taken, and reversed by somebody else."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.paginator import InfinitePaginator

from client_wallet.admin.entries import ENTRY, REVERSAL, with_entry_links
from client_wallet.forms import DepositForm
from client_wallet.models import WalletDeposit
from client_wallet.models.deposits import COUNTER_METHODS
from client_wallet.receipt_links import HasReceipt
from client_wallet.receipt_prints import receipt_url
from client_wallet.services import deposit_to_wallet, reverse_deposit
from hospital.core.admin import (
    MoneyRowAdmin,
    ReasonPage,
    change_url,
    may,
    money_column,
    named_column,
)
from hospital.core.forms import is_id
from hospital.core.money import ZERO, with_currency
from smcapp1.admin import patient_search
from smcapp1.models import PatientProfile

REVERSE = "client_wallet.reverse_deposit"


@admin.register(WalletDeposit)
class WalletDepositAdmin(HasReceipt, MoneyRowAdmin):
    """Takes deposits, and reverses those that somebody else took."""

    act_permission = "client_wallet.take_deposit"
    add_form = DepositForm
    save_label = "Take deposit"
    change_form_before_template = "client_wallet/deposit.html"
    change_form_after_template = "client_wallet/deposit_sum.html"
    list_display = (
        "receipt_number",
        "patient",
        money_column("amount", "amount"),
        "payment_method",
        "created_at",
        "taken_by",
        "state",
        "to_receipt",
    )
    list_filter = ("payment_method", "business_date")
    paginator = InfinitePaginator
    search_fields = ("receipt_number", *patient_search("wallet__patient"))
    search_help_text = "Receipt number, or patient's number, name or phone"
    add_fieldsets = (
        (
            None,
            {"fields": ("amount", "payment_method", "external_reference", "note")},
        ),
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "receipt_number",
                    "patient",
                    money_column("amount", "amount"),
                    "payment_method",
                    "external_reference",
                    "note",
                    money_column("balance_after", "wallet after it"),
                    named_column("taken_by", "taken by"),
                    "created_at",
                    ENTRY,
                )
            },
        ),
    )
    reversal_fieldset = (
        "Reversal",
        {
            "fields": (
                named_column("reversed_by", "reversed by"),
                "reversed_at",
                "reversal_reason",
                REVERSAL,
            )
        },
    )
    actions_detail = ("open_receipt", "reverse")

    def get_queryset(self, request: HttpRequest) -> QuerySet[WalletDeposit]:
        deposits: QuerySet[WalletDeposit] = super().get_queryset(request)
        return deposits.select_related("wallet__patient", "taken_by")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        fieldsets: Sequence[Any] = super().get_fieldsets(request, obj)
        if obj is None:
            return fieldsets
        if obj.reversed_by_id is not None:
            fieldsets = (*fieldsets, self.reversal_fieldset)
        return [
            (name, {"fields": with_entry_links(request, options["fields"])})
            for name, options in fieldsets
        ]

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the methods of the counter: nobody at it takes an online payment."""
        return super().formfield_for_choice_field(
            db_field, request, **{**kwargs, "choices": COUNTER_METHODS}
        )

    def page_context(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        context = super().page_context(request, object_id)
        if object_id is not None:
            return context | self._why_not_reversed(request, object_id)
        if not self.has_add_permission(request):
            return context
        asked = request.POST.get("patient") or request.GET.get("patient") or ""
        context |= {
            "title": "Take deposit",
            "other_url": reverse("admin:client_wallet_walletdeposit_add"),
        }
        patients = PatientProfile.objects.select_related("wallet")
        patient = patients.filter(pk=asked).first() if is_id(asked) else None
        return context if patient is None else context | _wallet_of(patient)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], add: bool = False, **kwargs: Any
    ) -> HttpResponse:
        """Show the form of a deposit, or the way to the patient whose it is."""
        if add and "patient" not in context:
            return TemplateResponse(request, "client_wallet/choose_patient.html", context)
        page: HttpResponse = super().render_change_form(request, context, add=add, **kwargs)
        return page

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        wanted = form.cleaned_data
        taken = deposit_to_wallet(
            patient_id=wanted["patient"].pk,
            amount=wanted["amount"],
            payment_method=wanted["payment_method"],
            external_reference=wanted["external_reference"],
            note=wanted["note"],
            act=form.act(request.user),
        )
        self.saved(request, obj, taken.deposit_id, taken)

    def saved_url(self, obj: WalletDeposit) -> str:
        return receipt_url(obj)

    def success_message(self, obj: WalletDeposit) -> str:
        balance = with_currency(obj.balance_after)
        return f"{obj}: {with_currency(obj.amount)} taken. The wallet holds {balance}."

    def replay_message(self, obj: WalletDeposit) -> str:
        balance = with_currency(obj.balance_after)
        return (
            f"{obj} was already taken by this form; nothing was taken again. "
            f"The wallet held {balance} after it."
        )

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Reverse this deposit",
        url_path="reverse",
        permissions=(REVERSE,),
        icon="undo",
        variant=ActionVariant.DANGER,
    )
    def reverse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        deposit: WalletDeposit = self.found(request, object_id)
        page = ReasonPage(
            title="Reverse a deposit",
            button="Reverse",
            explanation=(
                f"{with_currency(deposit.amount)} ({deposit.receipt_number}) leave the wallet of "
                f"{deposit.wallet.patient} again by a new entry; both stay in the books. "
                "It works if the wallet still holds the money."
            ),
            undo=lambda reason, act: reverse_deposit(deposit_id=deposit.pk, reason=reason, act=act),
            done=f"{deposit} was reversed.",
            land_on=change_url(deposit),
        )
        return self.reason_page(request, deposit, page)

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        actions: list[Any] = super().get_actions_detail(request, object_id)
        deposit = self.get_object(request, object_id)
        if deposit is None or deposit.taken_by_id == request.user.pk or deposit.reversed_by_id:
            # Done already, or for somebody else to do.
            return [one for one in actions if one.path != "reverse"]
        return actions

    def _why_not_reversed(self, request: HttpRequest, object_id: str) -> dict[str, Any]:
        """Say to whoever reverses deposits why this one is not theirs to reverse."""
        deposit = self.get_object(request, object_id)
        is_own = deposit is not None and deposit.taken_by_id == request.user.pk
        if is_own and deposit.reversed_by_id is None and may(request, REVERSE):
            return {"why_not": "You took this deposit yourself: another supervisor reverses it."}
        return {}

    def patient(self, deposit: WalletDeposit) -> str:
        patient = deposit.wallet.patient
        return format_html('<a class="text-link" href="{}">{}</a>', change_url(patient), patient)

    @display(description="state")  # type: ignore[untyped-decorator] # unfold has no types
    def state(self, deposit: WalletDeposit) -> str:
        return "Reversed" if deposit.reversed_by_id else ""


def _wallet_of(patient: PatientProfile) -> dict[str, Any]:
    wallet = getattr(patient, "wallet", None)
    return {
        "patient": patient,
        "patient_url": change_url(patient),
        "wallet": wallet,
        "wallet_held": wallet.account_balance if wallet else ZERO,
        "currency": settings.CURRENCY,
    }
