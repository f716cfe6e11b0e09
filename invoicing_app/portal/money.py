"""Follow the money: from what came into the wallet to what it paid, and back."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from client_wallet.history import TRANSFER_TYPES
from client_wallet.models import JournalEntry, Posting, Withdrawal
from client_wallet.money_trail import trail_of
from client_wallet.wording import movement_name
from invoicing_app.portal.own_receipts import WITH_RECEIPT
from invoicing_app.portal.pages import ROWS
from smcapp1.models import PatientProfile
from smcapp1.portal import PatientPage

LAST_PAGE = 9_999


@dataclass(frozen=True)
class Move:
    """A movement of the wallet, and how much of it is meant."""

    posting: Posting
    amount: Decimal

    @property
    def entry(self) -> JournalEntry:
        return self.posting.entry

    @property
    def words(self) -> str:
        kind, side = self.entry.kind, self.posting.side
        return movement_name(TRANSFER_TYPES.get((kind, side), kind))

    @property
    def has_receipt(self) -> bool:
        return self.entry.kind in WITH_RECEIPT


class MoneyPage(PatientPage):
    """
    One movement of the own wallet, and the other ends of its money.

    The address names it as the history does: by its entry, or a withdrawal by its own id.
    """

    def get(self, request: HttpRequest, transaction_id: UUID) -> HttpResponse:
        posting = _own_posting(self.patient, transaction_id)
        if posting is None:
            raise Http404
        number = _page_number(request)
        trail = trail_of(posting, skip=(number - 1) * ROWS, limit=ROWS)
        context: dict[str, Any] = {
            "title": "Follow the money",
            "move": Move(posting, posting.amount),
            "came_in": posting.side == Posting.Side.CREDIT,
            "parts": [Move(part.posting, part.amount) for part in trail.parts],
            "left": trail.left,
            "later_page": number + 1 if trail.has_more else None,
            "earlier_page": number - 1,
        }
        return TemplateResponse(request, "invoicing_app/portal/money.html", context)


def _own_posting(patient: PatientProfile, transaction_id: UUID) -> Posting | None:
    own = Posting.objects.filter(wallet__patient=patient).select_related("entry")
    withdrawals = Withdrawal.objects.filter(pk=transaction_id, wallet__patient=patient)
    return (
        own.filter(entry__uid=transaction_id).first()
        or own.filter(entry__in=withdrawals.values("debit")).first()
    )


def _page_number(request: HttpRequest) -> int:
    asked = request.GET.get("page", "")
    is_number = asked.isascii() and asked.isdecimal() and 0 < int(asked[:5]) <= LAST_PAGE
    return int(asked[:5]) if is_number else 1
