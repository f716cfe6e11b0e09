"""Tests that were ordered and paid for, and their results."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q

from smcapp1.models.catalogue import ServiceItem
from smcapp1.models.patients import Consultation


class LabResultQuerySet(models.QuerySet["LabResult"]):
    def in_progress(self) -> Self:
        """Paid tests whose result is not released yet, but those that were cancelled."""
        status = LabResult.Status
        return self.exclude(status=status.RELEASED).exclude(status=status.CANCELLED)


class LabResult(models.Model):
    """
    A test that was ordered and paid for, waiting for or holding its result. A released or cancelled
    one is final: the database refuses to change it.
    """

    class Status(models.TextChoices):
        PENDING = "PENDING", "Pending"
        RESULTED = "RESULTED", "Result entered"
        RELEASED = "RELEASED", "Released"
        CANCELLED = "CANCELLED", "Cancelled"  # refunded before anything was done

    consultation = models.ForeignKey(
        Consultation, on_delete=models.PROTECT, related_name="lab_results", db_index=False
    )  # led by an index below
    test = models.ForeignKey(
        ServiceItem, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    result = models.TextField(blank=True)
    requested_at = models.DateTimeField(auto_now_add=True)
    resulted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        db_index=False,
    )
    resulted_at = models.DateTimeField(null=True, blank=True, editable=False)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        db_index=False,
    )
    released_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = LabResultQuerySet.as_manager()

    class Meta:
        permissions = [("release_labresult", "Can release a result")]
        constraints = [
            CheckConstraint(
                condition=Q(status__in=["PENDING", "CANCELLED"], result="")
                & Q(resulted_by=None, resulted_at=None)
                | (
                    Q(status__in=["RESULTED", "RELEASED"], resulted_by__isnull=False)
                    & Q(resulted_at__isnull=False)
                    & ~Q(result="")
                ),
                name="a_result_has_text_author_and_time",
            ),
            CheckConstraint(
                condition=Q(status="RELEASED", released_by__isnull=False, released_at__isnull=False)
                | ~Q(status="RELEASED") & Q(released_by=None, released_at=None),
                name="a_released_result_has_releaser_and_time",
            ),
        ]
        indexes = [
            models.Index(fields=["consultation", "-id"], name="lab_result_by_consultation"),
            models.Index(
                fields=["id"], condition=~Q(status="RELEASED"), name="lab_result_in_progress"
            ),
        ]

    def __str__(self) -> str:
        return f"Lab result {self.pk}"
