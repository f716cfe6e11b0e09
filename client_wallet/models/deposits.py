"""Money taken into wallets, and by which method money is taken at all."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from client_wallet.models.journal import JournalEntry
from client_wallet.models.wallets import WalletAccount
from hospital.core.money import MoneyField


class PaymentMethod(models.TextChoices):
    CASH = "CASH", "Cash"
    CARD = "CARD", "Card"
    TRANSFER = "TRANSFER", "Bank transfer"
    WALLET = "WALLET", "Wallet Account"


ONLINE = "ONLINE"  # through a payment gateway: no cashier takes such a deposit
COUNTER_METHODS = [choice for choice in PaymentMethod.choices if choice[0] != "WALLET"]


class WalletDeposit(models.Model):
    """Money taken into a wallet; reversible once, by a supervisor who did not take it."""

    wallet = models.ForeignKey(WalletAccount, on_delete=models.PROTECT, related_name="deposits")
    amount = MoneyField()
    payment_method = models.CharField(
        max_length=10,
        choices=[*COUNTER_METHODS, (ONLINE, "Online payment")],
        default=PaymentMethod.CASH,
    )
    external_reference = models.CharField(
        max_length=100, blank=True, help_text="The slip's number of a card or bank payment."
    )
    note = models.CharField(max_length=200, blank=True)
    receipt_number = models.CharField(max_length=30, editable=False)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField(editable=False)
    business_date = models.DateField(editable=False, db_index=True)
    entry = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, related_name="deposit", editable=False
    )
    balance_after = MoneyField(editable=False)
    reversed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        db_index=False,
    )
    reversed_at = models.DateTimeField(null=True, blank=True, editable=False)
    reversal_reason = models.CharField(max_length=200, blank=True, editable=False)
    reversal = models.OneToOneField(
        JournalEntry,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reversed_deposit",
        editable=False,
    )

    class Meta:
        verbose_name = "deposit"
        permissions = [
            ("take_deposit", "Can take a deposit"),
            ("reverse_deposit", "Can reverse a deposit taken by somebody else"),
        ]
        constraints = [
            CheckConstraint(condition=Q(amount__gt=0), name="deposit_above_zero"),
            CheckConstraint(
                condition=Q(payment_method__in=["CASH", "CARD", "TRANSFER", "ONLINE"]),
                name="deposit_method_is_known",
            ),
            CheckConstraint(
                condition=Q(reversed_by=None) | ~Q(reversed_by=F("taken_by")),
                name="deposit_reversed_by_somebody_else",
            ),
            CheckConstraint(
                condition=Q(reversed_by=None, reversed_at=None, reversal=None, reversal_reason="")
                | (
                    Q(reversed_by__isnull=False, reversed_at__isnull=False, reversal__isnull=False)
                    & ~Q(reversal_reason="")
                ),
                name="deposit_reversal_is_whole",
            ),
            UniqueConstraint(fields=["receipt_number"], name="deposit_receipt_is_numbered_once"),
        ]

    def __str__(self) -> str:
        return f"Deposit {self.receipt_number}"
