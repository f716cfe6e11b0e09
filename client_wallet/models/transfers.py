"""Money from one wallet to another, and who froze a wallet."""

from typing import Any, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from client_wallet.models.journal import JournalEntry
from client_wallet.models.wallets import WalletAccount
from hospital.core.money import MoneyField


class TransferQuerySet(models.QuerySet["Transfer"]):
    def visible_to(self, user: Any) -> Self:
        """Every transfer for staff who may see wallets; those of the own wallet for a patient."""
        if user.has_perm("client_wallet.view_walletaccount"):
            return self
        return self.filter(Q(from_wallet__patient__user=user) | Q(to_wallet__patient__user=user))


class Transfer(models.Model):
    """Money moved from one patient's wallet to another's. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    reference_id = models.CharField(max_length=100)  # the asker's own; one transfer for each
    from_wallet = models.ForeignKey(
        WalletAccount, on_delete=models.PROTECT, related_name="transfers_out"
    )
    to_wallet = models.ForeignKey(
        WalletAccount, on_delete=models.PROTECT, related_name="transfers_in"
    )
    amount = MoneyField()
    note = models.CharField(max_length=200, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )  # led by the constraint
    created_at = models.DateTimeField()
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="transfer")

    objects = TransferQuerySet.as_manager()

    class Meta:
        permissions = [("transfer_between_wallets", "Can transfer money between wallets")]
        constraints = [
            CheckConstraint(condition=Q(amount__gt=0), name="transfer_above_zero"),
            CheckConstraint(
                condition=~Q(from_wallet=F("to_wallet")), name="transfer_between_two_wallets"
            ),
            UniqueConstraint(
                fields=["requested_by", "reference_id"], name="transfer_reference_is_used_once"
            ),
        ]

    def __str__(self) -> str:
        return f"Transfer {self.reference_id}"


class WalletStatusChange(models.Model):
    """A wallet was frozen or unfrozen: by whom, when and why. Never changed."""

    wallet = models.ForeignKey(
        WalletAccount, on_delete=models.PROTECT, related_name="status_changes"
    )
    status = models.CharField(max_length=10, choices=WalletAccount.Status)  # from then on
    reason = models.CharField(max_length=200)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField()

    class Meta:
        permissions = [("freeze_wallet", "Can freeze and unfreeze a wallet")]
        constraints = [
            CheckConstraint(
                condition=Q(status__in=["ACTIVE", "FROZEN", "CLOSED"]),
                name="changed_wallet_status_is_known",
            ),
            CheckConstraint(condition=~Q(reason=""), name="wallet_status_changes_for_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()}: {self.reason}"
