"""Receipt numbers, and the copies that were printed."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from client_wallet.models.journal import JournalEntry


class ReceiptCounter(models.Model):
    """The last receipt number of one cashier in one series; its row lock is the last of an act."""

    cashier = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    series = models.CharField(max_length=3)
    last_number = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["cashier", "series"], name="one_counter_per_cashier_and_series"
            )
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.cashier_id}: {self.last_number}"


class Receipt(models.Model):
    """
    The receipt of one entry, made at its first print; its row lock numbers the copies.
    """

    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="receipt")
    last_copy = models.PositiveIntegerField(default=0)  # 1 is the original

    class Meta:
        permissions = [("print_receipt", "Can print a receipt")]

    def __str__(self) -> str:
        return f"Receipt of {self.entry}"


def copy_name(copy_number: int) -> str:
    """Return ``"ORIGINAL"`` for 1, then ``"DUPLICATE 1"``, ``"DUPLICATE 2"``, …"""
    return "ORIGINAL" if copy_number == 1 else f"DUPLICATE {copy_number - 1}"


_128_BITS = r"^[A-Za-z0-9_-]{22}$"  # as secrets.token_urlsafe(16) writes them


class ReceiptPrint(models.Model):
    """One print of a receipt: which copy, by whom and when. Never changed."""

    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="prints")
    copy_number = models.PositiveIntegerField()
    token = models.CharField(max_length=22, unique=True)  # 128 random bits: who holds the paper
    printed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    printed_at = models.DateTimeField()

    class Meta:
        verbose_name = "printed receipt"
        constraints = [
            CheckConstraint(condition=Q(copy_number__gt=0), name="receipt_copy_above_zero"),
            CheckConstraint(condition=Q(token__regex=_128_BITS), name="receipt_token_is_whole"),
            UniqueConstraint(
                fields=["receipt", "copy_number"], name="receipt_copy_is_printed_once"
            ),
        ]

    def __str__(self) -> str:
        return self.copy

    @property
    def copy(self) -> str:
        """What stands on the paper."""
        return copy_name(self.copy_number)
