"""Money the hospital holds for its patients."""

from typing import Any, Self
from uuid import uuid4

from django.db import models
from django.db.models import CheckConstraint, Q

from hospital.core.money import ZERO, MoneyField


class WalletQuerySet(models.QuerySet["WalletAccount"]):
    def visible_to(self, user: Any) -> Self:
        """Every wallet for staff who may see wallets; the own one for a patient."""
        if user.has_perm("client_wallet.view_walletaccount"):
            return self
        return self.filter(patient__user=user)

    def for_act(self, permission: str, user: Any) -> Self:
        """
        Every wallet for staff who hold the permission of an act; the own one for anybody else.

        Whoever may see all wallets may not therefore spend from them.
        """
        return self if user.has_perm(permission) else self.filter(patient__user=user)


class WalletAccount(models.Model):
    """
    Money the hospital holds for one patient: a liability.

    The balance and the head of the chain change only with a posting, under this row's lock.
    """

    class Status(models.TextChoices):
        ACTIVE = "ACTIVE", "Active"
        FROZEN = "FROZEN", "Frozen"
        CLOSED = "CLOSED", "Closed"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    patient = models.OneToOneField(
        "smcapp1.PatientProfile", on_delete=models.PROTECT, related_name="wallet"
    )
    account_balance = MoneyField(default=ZERO, editable=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE, editable=False)
    last_sequence = models.PositiveBigIntegerField(default=0, editable=False)
    chain_head = models.CharField(max_length=64, blank=True, editable=False)  # sha256, hex
    last_posted_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WalletQuerySet.as_manager()

    class Meta:
        verbose_name = "wallet"
        permissions = [
            ("open_wallet", "Can open a wallet for a patient"),
            ("spend_own_wallet", "Can transfer and withdraw from the own wallet"),
        ]
        constraints = [
            CheckConstraint(
                condition=Q(account_balance__gte=0), name="wallet_balance_not_negative"
            ),
            CheckConstraint(
                condition=Q(status__in=["ACTIVE", "FROZEN", "CLOSED"]),
                name="wallet_status_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"Wallet of {self.patient}"
