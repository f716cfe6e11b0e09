"""What an open visit has run up, against what the patient's wallet holds: enough, low or short."""

from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db import models

from client_wallet.models import WalletAccount
from hospital.core.money import ZERO
from invoicing_app.bills import Bill, PaymentCalculationService
from smcapp1.models import Consultation


class TopUp(models.TextChoices):
    """Whether somebody should add money to the wallet."""

    NONE = "NONE", "The wallet is enough"
    LOW = "LOW", "The wallet is nearly used up"
    SHORT = "SHORT", "The wallet is not enough"


@dataclass(frozen=True)
class RunningBill:
    """
    The patient's part of what is unpaid on a visit, and the wallet it could be paid from.

    ``spendable`` is what the wallet would pay: nothing while it is frozen or closed.
    """

    consultation: Consultation
    total_due: Decimal
    payer: str | None
    payer_total: Decimal
    wallet_balance: Decimal
    wallet_status: str | None
    margin: Decimal

    @property
    def spendable(self) -> Decimal:
        is_active = self.wallet_status == WalletAccount.Status.ACTIVE
        return self.wallet_balance if is_active else ZERO

    @property
    def short_by(self) -> Decimal:
        """What has to be added to the wallet, or paid otherwise, to settle the bill."""
        return max(self.total_due - self.spendable, ZERO)

    @property
    def warning(self) -> TopUp:
        """Say it before the wallet is short: when less than the margin would be left."""
        if self.short_by:
            return TopUp.SHORT
        is_open = self.consultation.status == Consultation.Status.OPEN
        if is_open and self.spendable - self.total_due < self.margin:
            return TopUp.LOW
        return TopUp.NONE


def running_bill(consultation: Consultation, bill: Bill | None = None) -> RunningBill:
    """Return how a visit's bill (read, where ``bill`` is left out) stands against the wallet."""
    bill = bill or PaymentCalculationService.bill(consultation.pk)
    wallet = WalletAccount.objects.filter(patient=consultation.patient_id).first()
    return RunningBill(
        consultation=consultation,
        total_due=bill.total_due,
        payer=bill.payer,
        payer_total=bill.payer_total,
        wallet_balance=wallet.account_balance if wallet else ZERO,
        wallet_status=wallet.status if wallet else None,
        margin=settings.TOP_UP_MARGIN,
    )


def newest_running_bill(patient_id: int) -> RunningBill | None:
    """Return how the patient's newest open visit stands, or None where none is open."""
    visits = Consultation.objects.filter(patient=patient_id, status=Consultation.Status.OPEN)
    newest = visits.order_by("-pk").first()
    return running_bill(newest) if newest else None
