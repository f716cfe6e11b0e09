"""Business days that were closed: the seal of each, and what it says of the day."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.formats import date_format

from client_wallet.models.journal import LedgerAccount


class BusinessDayClosure(models.Model):
    """
    A business day that was closed: nothing can be posted into it any more.

    Written by ``close_day`` alone; the database refuses any later change.
    """

    business_date = models.DateField(primary_key=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(auto_now_add=True)
    entry_count = models.PositiveBigIntegerField()
    entries_hash = models.CharField(max_length=64, blank=True)  # "" where it has no entries
    previous_seal = models.CharField(max_length=64, blank=True)  # "" for the first closed day
    # sha256, hex, over the day before's one, the day's entries and its totals
    seal = models.CharField(max_length=64)

    class Meta:
        verbose_name = "closed day"
        permissions = [("close_day", "Can close a business day")]
        constraints = [
            CheckConstraint(
                condition=Q(entry_count=0, entries_hash="")
                | Q(entry_count__gt=0) & ~Q(entries_hash=""),
                name="closed_day_hashes_its_entries",
            )
        ]

    def __str__(self) -> str:
        return f"{date_format(self.business_date, 'SHORT_DATE_FORMAT')} closed"


class BusinessDayTotal(models.Model):
    """
    What one person's entries of one kind came to on one account, on a day that was closed.

    The name is the person's as it was then, so that the day's report never changes.
    """

    closure = models.ForeignKey(
        BusinessDayClosure, on_delete=models.PROTECT, related_name="totals", db_index=False
    )  # led by the constraint
    kind = models.CharField(max_length=20)  # a JournalEntry.Kind
    account = models.ForeignKey(
        LedgerAccount, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    actor_name = models.CharField(max_length=150)
    # Sums of more lines than one column of money could hold.
    debits = models.DecimalField(max_digits=20, decimal_places=2)
    credits = models.DecimalField(max_digits=20, decimal_places=2)
    line_count = models.PositiveBigIntegerField()

    class Meta:
        verbose_name = "total of a closed day"
        verbose_name_plural = "totals of closed days"
        default_permissions = ("view",)
        constraints = [
            UniqueConstraint(
                fields=["closure", "kind", "account", "actor"], name="closed_day_sums_up_once"
            ),
            CheckConstraint(
                condition=Q(debits__gte=0, credits__gte=0, line_count__gt=0),
                name="closed_day_sums_up_lines",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.actor_name} on {self.account_id}"
