"""The pages of what moved a patient's wallet: a list to search, and statements of a period."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.timezone import localtime

from client_wallet.models import WalletAccount
from client_wallet.portal.forms import HistoryFilter, PeriodForm
from client_wallet.portal.own_wallet import OwnWalletPage, transactions_to_show
from client_wallet.statement_papers import statement_context, statement_rows
from client_wallet.statements import Statement, wallet_statement
from client_wallet.transaction_pages import transactions_page
from client_wallet.transactions import Transaction, Wanted
from client_wallet.wording import movement_name, state_name
from hospital.core.csv_writing import Cells, csv_response
from hospital.core.errors import InvalidRequest

PER_PAGE = 25
PER_READ = 500  # rows of a download


class HistoryPage(OwnWalletPage):
    """What moved the wallet's money and what was asked to move it, the newest first."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        form, wallet = HistoryFilter(request.GET), self.wallet
        context: dict[str, Any] = {"title": "History", "form": form, "wallet": wallet}
        if form.is_valid():
            context |= transactions_to_show(request, wallet, form.wanted(), limit=PER_PAGE)
            context["rows"] = [_in_words(row) for row in context["rows"]]
            context["narrowed_by"] = form.query()
        return TemplateResponse(request, "client_wallet/portal/history.html", context)


class HistoryFile(OwnWalletPage):
    """The same list as far as it goes, for spreadsheets."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        form, wallet = HistoryFilter(request.GET), self.wallet
        if not form.is_valid() or wallet is None:
            raise Http404
        return csv_response("history.csv", _cells(wallet, form.wanted()))


class StatementPage(OwnWalletPage):
    """The statement of a period, on a page that prints."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        today = timezone.localdate()
        asked = request.GET or {"first_day": today.replace(day=1), "last_day": today}
        form, wallet = PeriodForm(asked), self.wallet
        statement = _statement(wallet, form) if wallet is not None else None
        context: dict[str, Any] = {"title": "Statement", "form": form, "wallet": wallet}
        if statement is not None:
            context |= {**statement_context(statement), "period": urlencode(form.cleaned_data)}
        return TemplateResponse(request, "client_wallet/portal/statement.html", context)


class StatementFile(OwnWalletPage):
    """The same statement for spreadsheets."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        wallet = self.wallet
        statement = _statement(wallet, PeriodForm(request.GET)) if wallet is not None else None
        if statement is None:
            raise Http404
        name = f"statement-{statement.first_day}-{statement.last_day}.csv"
        return csv_response(name, statement_rows(statement))


def _in_words(row: Transaction) -> tuple[Transaction, str, str]:
    return row, movement_name(row.type), state_name(row.status)


def _statement(wallet: WalletAccount, form: PeriodForm) -> Statement | None:
    """Return the statement of the form's period; None if it is none, and the form says why."""
    if not form.is_valid():
        return None
    try:
        return wallet_statement(wallet, **form.cleaned_data)
    except InvalidRequest as refusal:
        form.show_refusal(refusal)
        return None


def _cells(wallet: WalletAccount, wanted: Wanted) -> Iterator[Cells]:
    yield ("When", "Movement", "State", "Receipt", "Note", "In", "Out", "Balance after")
    for row in _every(wallet, wanted):
        is_in = row.direction == "CREDIT"
        yield (
            f"{localtime(row.created_at):%Y-%m-%d %H:%M:%S}",
            movement_name(row.type),
            state_name(row.status),
            row.receipt_number,
            row.note,
            row.amount if is_in else None,
            None if is_in else row.amount,
            row.balance_after,
        )


def _every(wallet: WalletAccount, wanted: Wanted) -> Iterator[Transaction]:
    """Yield the rows page by page: a cursor is a cut, so that none is missed or given twice."""
    page = transactions_page(wallet.pk, wanted, limit=PER_READ)
    yield from page.rows
    while page.older is not None:
        page = transactions_page(wallet.pk, wanted, cursor=page.older, limit=PER_READ)
        yield from page.rows
