"""A wallet's transactions over REST, page by page."""

from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from client_wallet.models import WalletAccount
from client_wallet.serializers import (
    TransactionPageSerializer,
    TransactionQuery,
    TransactionSerializer,
)
from client_wallet.transaction_pages import Cursor, Page, transactions_page
from client_wallet.transactions import Wanted, find_transaction
from client_wallet.views.wallets import OWN, SEE_WALLETS, own_wallet, visible_wallet
from hospital.core.api import ActView
from hospital.core.pagination import NewestFirst

CURSOR = "cursor"
_PARAMETERS: list[Any] = [
    TransactionQuery,
    OpenApiParameter(CURSOR, str, description="From `next` or `previous` of another page."),
    OpenApiParameter("page_size", int, description="Up to 200; 50 if left out."),
]


class TransactionListView(ActView):
    """What moved a wallet's money, and the withdrawals asked for, the newest first."""

    required = {"GET": SEE_WALLETS}

    @extend_schema(
        operation_id="wallets_transactions_list",
        parameters=_PARAMETERS,
        responses=TransactionPageSerializer,
    )
    def get(self, request: Request, wallet_id: str) -> Response:
        return _page_response(request, visible_wallet(request.user, wallet_id))


class OwnTransactionListView(ActView):
    """The same of the wallet of whoever is signed in."""

    required = {"GET": OWN}

    @extend_schema(parameters=_PARAMETERS, responses=TransactionPageSerializer)
    def get(self, request: Request) -> Response:
        return _page_response(request, own_wallet(request.user))


class TransactionView(ActView):
    """One row of a wallet's transactions."""

    required = {"GET": SEE_WALLETS}

    @extend_schema(responses=TransactionSerializer)
    def get(self, request: Request, wallet_id: str, transaction_id: str) -> Response:
        wallet = visible_wallet(request.user, wallet_id)
        row = find_transaction(wallet.pk, UUID(transaction_id))
        if row is None:
            raise Http404
        return Response(TransactionSerializer(row).data)


def _page_response(request: Request, wallet: WalletAccount | None) -> Response:
    asked = {name: str(text) for name, text in request.query_params.items() if text}
    query = TransactionQuery(data=asked)
    query.is_valid(raise_exception=True)
    cursor = Cursor.read(asked[CURSOR]) if CURSOR in asked else None
    if wallet is None:
        page = Page([], None, None)
    else:
        limit = NewestFirst().get_page_size(request) or NewestFirst.page_size
        page = transactions_page(wallet.pk, _wanted(query), cursor=cursor, limit=limit)
    body = {
        "next": _link(request, page.older),
        "previous": _link(request, page.newer),
        "results": page.rows,
    }
    return Response(TransactionPageSerializer(body).data)


def _wanted(query: TransactionQuery) -> Wanted:
    asked: dict[str, Any] = query.validated_data
    return Wanted(asked.get("type"), asked.get("status"), asked.get("from"), asked.get("to"))


def _link(request: Request, cursor: Cursor | None) -> str | None:
    if cursor is None:
        return None
    url: str = replace_query_param(request.build_absolute_uri(), CURSOR, cursor.written())
    return url
