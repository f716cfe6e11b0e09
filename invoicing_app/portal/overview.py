"""The patient's first page: what the wallet holds, what is due, what happened last."""

from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from client_wallet.history import Movement, wallet_history
from client_wallet.models import WalletAccount, Withdrawal
from client_wallet.wording import movement_name, state_name
from hospital.core.money import ZERO
from invoicing_app.models import NOT_WAIVED, BillItem
from invoicing_app.panels.bills import with_due
from invoicing_app.portal.own_receipts import receipts_of
from invoicing_app.running_bill import newest_running_bill
from smcapp1.models import Consultation, PatientProfile
from smcapp1.portal import PatientPage

SHOWN = 5  # of each kind; the whole list is a page of its own
Status = Withdrawal.Status
UNDER_WAY = (Status.SCHEDULED, Status.PROCESSING, Status.UNKNOWN, Status.NEEDS_REVIEW)


class OverviewPage(PatientPage):
    """A handful of each, whatever there is: the number of queries does not grow with the rows."""

    def get(self, request: HttpRequest) -> HttpResponse:
        wallet = WalletAccount.objects.filter(patient=self.patient).first()
        context = {
            "title": "Overview",
            "patient": self.patient,
            "wallet": wallet,
            "held": wallet.account_balance if wallet else ZERO,
            "is_barred": wallet is not None and wallet.status != WalletAccount.Status.ACTIVE,
            "total_due": _total_due(self.patient),
            "running": newest_running_bill(self.patient.pk),
            "owing": _owing(self.patient),
            "receipts": receipts_of(self.patient.pk, limit=SHOWN),
            "movements": _newest_movements(wallet) if wallet else [],
            "withdrawals": _under_way(wallet) if wallet else [],
        }
        return TemplateResponse(request, "invoicing_app/portal/overview.html", context)


def _total_due(patient: PatientProfile) -> Decimal:
    unpaid = BillItem.objects.unpaid().filter(consultation__patient=patient)
    return unpaid.aggregate(due=Sum(NOT_WAIVED))["due"] or ZERO


def _owing(patient: PatientProfile) -> Any:
    """Return the newest visits on which anything is due, each with ``due``."""
    visits: Any = with_due(Consultation.objects.filter(patient=patient))
    return visits.filter(due__gt=0).order_by("-pk")[:SHOWN]


def _newest_movements(wallet: WalletAccount) -> list[tuple[str, Movement]]:
    movements = wallet_history(wallet.pk, limit=SHOWN)
    return [(movement_name(movement.type), movement) for movement in movements]


def _under_way(wallet: WalletAccount) -> list[tuple[str, Withdrawal]]:
    """Return withdrawals that have not ended, the one that is due first in front."""
    withdrawals = Withdrawal.objects.filter(wallet=wallet, status__in=UNDER_WAY)
    first = withdrawals.order_by("scheduled_for", "pk")[:SHOWN]
    return [(state_name(withdrawal.status), withdrawal) for withdrawal in first]
