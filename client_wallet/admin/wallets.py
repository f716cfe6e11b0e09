"""Wallets at the desk, each with its movements."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from client_wallet.admin.entries import receipt_link
from client_wallet.admin.transfer_pages import transfer_page
from client_wallet.admin.wallet_pages import (
    StatusChangeInline,
    freezing_page,
    payout_page,
    unfreezing_page,
)
from client_wallet.history import TRANSFER_TYPES, Movement, wallet_history
from client_wallet.models import WalletAccount
from hospital.core.act_pages import AsksBeforeActing
from hospital.core.admin import ReadOnlyAdmin, may, money_cell, money_column
from smcapp1.admin import patient_search

MOVEMENTS_PER_PAGE = 25
FREEZE = "client_wallet.freeze_wallet"
ACTIVE, FROZEN = WalletAccount.Status.ACTIVE, WalletAccount.Status.FROZEN


@display(description="pays out to")  # type: ignore[untyped-decorator] # unfold has no types
def _pays_out_to(wallet: WalletAccount) -> str:
    return str(getattr(wallet, "payout_account", "no account is saved"))


@admin.register(WalletAccount)
class WalletAccountAdmin(AsksBeforeActing, ReadOnlyAdmin):
    """A patient's wallet with its movements, the newest first; where it is frozen and unfrozen."""

    list_display = ("patient", money_column("account_balance", "balance"), "status")
    list_filter = ("status",)
    list_select_related = ("patient",)
    ordering = ("-patient_id",)
    search_fields = patient_search("patient")
    search_help_text = "Patient's number, name or phone"
    fields = (
        "patient",
        money_column("account_balance", "balance"),
        "status",
        "last_posted_at",
        "created_at",
    )
    change_form_outer_after_template = "client_wallet/movements.html"
    inlines = (StatusChangeInline,)
    actions_detail = ("withdraw", "transfer", "save_payout_account", "freeze", "unfreeze")

    def get_fields(self, request: HttpRequest, obj: WalletAccount | None = None) -> Sequence[Any]:
        if not may(request, "client_wallet.view_payoutaccount"):
            return self.fields
        return (*self.fields, _pays_out_to)

    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        if obj is None or not obj.status_changes.exists():
            return []
        inlines: list[Any] = super().get_inline_instances(request, obj)
        return inlines

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        actions: list[Any] = super().get_actions_detail(request, object_id)
        wallet = self.get_object(request, object_id)
        status = wallet.status if wallet else None
        possible = {
            "withdraw": status == ACTIVE,
            "transfer": status == ACTIVE,
            "freeze": status == ACTIVE,
            "unfreeze": status == FROZEN,
        }
        return [one for one in actions if possible.get(one.path, True)]

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Withdraw to a bank",
        url_path="withdraw",
        permissions=("client_wallet.request_withdrawal",),
        icon="output",
    )
    def withdraw(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Lead to the form that asks for a withdrawal from this wallet."""
        wallet: WalletAccount = self.found(request, object_id)
        asked = urlencode({"patient": wallet.patient_id})
        return HttpResponseRedirect(f"{reverse('admin:client_wallet_withdrawal_add')}?{asked}")

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Transfer",
        url_path="transfer",
        permissions=("client_wallet.transfer_between_wallets",),
        icon="sync_alt",
    )
    def transfer(self, request: HttpRequest, object_id: str) -> HttpResponse:
        wallet = self.found(request, object_id)
        return self.act_page(request, wallet, transfer_page(wallet))

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Payout account",
        url_path="payout-account",
        permissions=("client_wallet.change_payoutaccount",),
        icon="account_balance",
    )
    def save_payout_account(self, request: HttpRequest, object_id: str) -> HttpResponse:
        wallet = self.found(request, object_id)
        return self.act_page(request, wallet, payout_page(wallet))

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Freeze",
        url_path="freeze",
        permissions=(FREEZE,),
        icon="ac_unit",
        variant=ActionVariant.DANGER,
    )
    def freeze(self, request: HttpRequest, object_id: str) -> HttpResponse:
        wallet = self.found(request, object_id)
        return self.reason_page(request, wallet, freezing_page(wallet))

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Unfreeze",
        url_path="unfreeze",
        permissions=(FREEZE,),
        icon="lock_open",
    )
    def unfreeze(self, request: HttpRequest, object_id: str) -> HttpResponse:
        wallet = self.found(request, object_id)
        return self.reason_page(request, wallet, unfreezing_page(wallet))

    def page_context(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        wallet = self.get_object(request, object_id)
        if wallet is None:
            return {}
        written = request.GET.get("before", "")
        before = int(written) if written.isdecimal() and len(written) < 19 else None
        movements = wallet_history(wallet.pk, before=before, limit=MOVEMENTS_PER_PAGE)
        has_older = bool(movements) and movements[-1].sequence > 1
        return {
            "movements": _table(
                movements, may_see_transfers=may(request, "client_wallet.view_transfer")
            ),
            "newest_url": request.path if before else None,
            "older_url": f"{request.path}?before={movements[-1].sequence}" if has_older else None,
        }


def _words(movement: Movement) -> str:
    return movement.type.replace("_", " ").capitalize()


def _what(movement: Movement) -> str:
    """Return what moved the money; of a transfer as the way to it, which has its entry's uid."""
    if movement.type not in TRANSFER_TYPES.values():
        return _words(movement)
    url = reverse("admin:client_wallet_transfer_change", args=[movement.uid])
    return format_html('<a class="text-link nowrap" href="{}">{}</a>', url, _words(movement))


def _table(movements: Sequence[Movement], *, may_see_transfers: bool) -> dict[str, Any]:
    return {
        "headers": ["no.", "when", "what", "receipt", "debit", "credit", "balance"],
        "rows": [
            [
                movement.sequence,
                date_format(localtime(movement.created_at), "SHORT_DATETIME_FORMAT"),
                _what(movement) if may_see_transfers else _words(movement),
                receipt_link(movement.entry_id, movement.type, movement.memo),
                money_cell(movement.debit),
                money_cell(movement.credit),
                money_cell(movement.balance_after),
            ]
            for movement in movements
        ],
    }
