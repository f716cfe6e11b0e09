"""What the pages of the own wallet share."""

from typing import Any

from django.http import Http404, HttpRequest

from client_wallet.errors import InsufficientFunds
from client_wallet.models import WalletAccount
from client_wallet.transaction_pages import Cursor, Page, transactions_page
from client_wallet.transactions import Wanted
from hospital.core.errors import DomainError, InvalidRequest
from hospital.core.portal import PortalForm
from smcapp1.portal import PatientPage

CURSOR = "cursor"


class OwnWalletPage(PatientPage):
    """A page about the patient's own wallet; put it before the other bases of a view."""

    @property
    def wallet(self) -> WalletAccount | None:
        """The wallet as it is now; None for a patient who has none yet, which is an empty one."""
        return WalletAccount.objects.filter(patient=self.patient).first()


class SpendsFromWallet(OwnWalletPage):
    """A page on which money of the own wallet is spent."""

    permission = "client_wallet.spend_own_wallet"


class AmountRefused(PortalForm):
    """A form that shows beside its amount that the wallet holds too little."""

    def show_refusal(self, refusal: DomainError) -> None:
        if isinstance(refusal, InsufficientFunds):
            refusal = InvalidRequest("amount", refusal.detail)
        super().show_refusal(refusal)


def transactions_to_show(
    request: HttpRequest, wallet: WalletAccount | None, wanted: Wanted, *, limit: int
) -> dict[str, Any]:
    """
    Return ``rows``, and the addresses of the pages with older and newer ones.

    :raises Http404: if the address asks for a page that no link leads to
    """
    try:
        cursor = Cursor.read(request.GET[CURSOR]) if CURSOR in request.GET else None
    except InvalidRequest:
        raise Http404 from None
    page = Page([], None, None)
    if wallet is not None:
        page = transactions_page(wallet.pk, wanted, cursor=cursor, limit=limit)
    return {
        "rows": page.rows,
        "older_url": _link(request, page.older),
        "newer_url": _link(request, page.newer),
    }


def _link(request: HttpRequest, cursor: Cursor | None) -> str | None:
    if cursor is None:
        return None
    asked = request.GET.copy()
    asked[CURSOR] = cursor.written()
    return f"?{asked.urlencode()}"
