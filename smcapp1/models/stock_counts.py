"""Stock that is counted on the shelf, and what somebody else says to the difference."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from smcapp1.models.catalogue import Department, StockBatch, StockMovement


class StockCount(models.Model):
    """
    One count of some batches. Whoever counts is not told what should be there before they have
    said what is; the differences move no stock before somebody else approves them.
    """

    class Status(models.TextChoices):
        OPEN = "OPEN", "Being counted"
        COUNTED = "COUNTED", "Waiting for approval"
        APPROVED = "APPROVED", "Approved"
        REJECTED = "REJECTED", "Rejected"

    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # whose whole shelf is counted; of none: batches were chosen
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    opened_at = models.DateTimeField()
    counted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    counted_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reject_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "stock count"
        default_permissions = ("view",)
        permissions = [
            ("count_stock", "Can count stock"),
            ("approve_stockcount", "Can approve a stock count"),
        ]
        constraints = [
            CheckConstraint(
                condition=Q(status="OPEN", counted_by=None, counted_at=None)
                | Q(status="REJECTED", counted_by=None, counted_at=None)
                | Q(status__in=["COUNTED", "APPROVED", "REJECTED"])
                & Q(counted_by__isnull=False, counted_at__isnull=False),
                name="stock_count_is_counted_by_somebody",
            ),
            CheckConstraint(
                condition=Q(status__in=["OPEN", "COUNTED"], decided_by=None, decided_at=None)
                | Q(status__in=["APPROVED", "REJECTED"])
                & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="stock_count_is_decided_by_somebody",
            ),
            CheckConstraint(
                condition=~Q(status="APPROVED")
                | ~Q(decided_by=F("counted_by")) & ~Q(decided_by=F("opened_by")),
                name="stock_count_approved_by_somebody_else",
            ),
            CheckConstraint(
                condition=Q(status="REJECTED") & ~Q(reject_reason="")
                | ~Q(status="REJECTED") & Q(reject_reason=""),
                name="stock_count_rejected_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"Stock count {self.pk}"


class StockCountLineQuerySet(models.QuerySet["StockCountLine"]):
    def varying(self) -> Self:
        """Lines on which not as many were counted as there should have been."""
        return self.exclude(counted=F("expected")).filter(counted__isnull=False)


class StockCountLine(models.Model):
    """
    How many of one batch were counted, and how many should have been there at that moment.

    Once both are written they stay. A batch is in one count at a time that nobody has decided on.
    """

    count = models.ForeignKey(
        StockCount, on_delete=models.PROTECT, related_name="lines", db_index=False
    )  # led by the constraint
    batch = models.ForeignKey(StockBatch, on_delete=models.PROTECT, related_name="count_lines")
    counted = models.PositiveIntegerField(null=True, blank=True)
    expected = models.PositiveIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    is_decided = models.BooleanField(default=False)
    movement = models.OneToOneField(
        StockMovement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="count_line",
    )

    objects = StockCountLineQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            UniqueConstraint(fields=["count", "batch"], name="stock_count_has_a_batch_once"),
            UniqueConstraint(
                fields=["batch"],
                condition=Q(is_decided=False),
                name="batch_is_in_one_count_at_a_time",
            ),
            CheckConstraint(
                condition=Q(counted=None, expected=None)
                | Q(counted__isnull=False, expected__isnull=False),
                name="stock_count_line_is_whole",
            ),
            CheckConstraint(
                condition=Q(movement=None)
                | Q(is_decided=True) & ~Q(counted=F("expected")) & ~Q(reason=""),
                name="stock_count_moves_a_difference_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch}"

    @property
    def variance(self) -> int | None:
        """How many more were counted than there should have been; below zero: fewer."""
        if self.counted is None or self.expected is None:
            return None
        return self.counted - self.expected
