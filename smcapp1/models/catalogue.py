"""Who delivers what at which price, and the drugs on the shelf."""

from datetime import date
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, OuterRef, Q, Subquery, Sum, UniqueConstraint
from django.db.models.functions import Coalesce

from hospital.core.money import ZERO, MoneyField


class Department(models.Model):
    """Who delivers. ``kind`` decides what happens when an item of the department is paid."""

    class Kind(models.TextChoices):
        CONSULTATION = "CONSULTATION", "Consultation"
        PHARMACY = "PHARMACY", "Pharmacy"
        LABORATORY = "LABORATORY", "Laboratory"
        RADIOLOGY = "RADIOLOGY", "Radiology"
        PROCEDURE = "PROCEDURE", "Procedure"
        OTHER = "OTHER", "Other"

    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=20, choices=Kind)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(code__regex=r"^[A-Z][A-Z0-9_]*$") & ~Q(code="ALL"),
                name="department_code_is_upper_case_and_not_all",
            ),
            CheckConstraint(
                condition=Q(
                    kind__in=[
                        "CONSULTATION",
                        "PHARMACY",
                        "LABORATORY",
                        "RADIOLOGY",
                        "PROCEDURE",
                        "OTHER",
                    ]
                ),
                name="department_kind_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ServiceItemQuerySet(models.QuerySet["ServiceItem"]):
    def priced(self, on: date) -> Self:
        """Annotate ``unit_price``: the latest price in force on that business day, or None."""
        in_force = Price.objects.filter(
            service_item=OuterRef("pk"), effective_from__lte=on
        ).order_by("-effective_from")
        return self.annotate(unit_price=Subquery(in_force.values("unit_price")[:1]))

    def stocked(self, on: date) -> Self:
        """Annotate ``stock_available``: what unexpired batches hold on that business day."""
        held = (
            StockBatch.objects.filter(service_item=OuterRef("pk"), expires_on__gte=on)
            .values("service_item")
            .annotate(held=Sum("quantity_on_hand"))
        )
        return self.annotate(stock_available=Coalesce(Subquery(held.values("held")), 0))

    def shelved(self, on: date) -> Self:
        """Annotate, beside ``stock_available``, ``stock_expired`` and ``stock_value`` of it all."""
        batches = StockBatch.objects.filter(service_item=OuterRef("pk")).values("service_item")
        expired = batches.filter(expires_on__lt=on).annotate(held=Sum("quantity_on_hand"))
        value = batches.annotate(value=Sum(F("quantity_on_hand") * F("unit_cost")))
        return self.stocked(on).annotate(
            stock_expired=Coalesce(Subquery(expired.values("held")), 0),
            stock_value=Coalesce(Subquery(value.values("value")), ZERO, output_field=MoneyField()),
        )

    def low(self, on: date) -> Self:
        """Drugs that are watched, and of which unexpired batches hold no more than their level."""
        watched = self.filter(is_active=True, reorder_level__gt=0)
        return watched.stocked(on).filter(stock_available__lte=F("reorder_level"))


class ServiceItem(models.Model):
    """A catalogue entry: something a department delivers at a price."""

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=250)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="service_items"
    )
    is_active = models.BooleanField(default=True, help_text="Off: can no longer be ordered.")
    reorder_level = models.PositiveIntegerField(
        default=0,
        help_text="At so many unexpired ones in stock, or fewer, a drug is low. 0: not watched.",
    )

    unit_price: Decimal | None  # only from ``ServiceItem.objects.priced()``
    stock_available: int  # only from ``ServiceItem.objects.stocked()``
    stock_expired: int  # these two: only from ``ServiceItem.objects.shelved()``
    stock_value: Decimal

    objects = ServiceItemQuerySet.as_manager()

    class Meta:
        verbose_name = "catalogue item"
        permissions = [("set_reorder_level", "Can set at which stock a drug is low")]
        constraints = [
            CheckConstraint(
                condition=~Q(code="") & ~Q(name=""), name="service_item_has_code_and_name"
            )
        ]
        indexes = [models.Index(fields=["department", "name"], name="service_item_by_department")]

    def __str__(self) -> str:
        return self.name


class Price(models.Model):
    """
    What an item costs from a day on, until the next price begins. Past prices stay as they are.
    """

    service_item = models.ForeignKey(ServiceItem, on_delete=models.PROTECT, related_name="prices")
    unit_price = MoneyField()
    effective_from = models.DateField()
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,  # of prices from before this was kept, and of imported bills
        blank=True,
        related_name="+",
        editable=False,
    )
    set_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(unit_price__gt=0), name="price_above_zero"),
            CheckConstraint(
                condition=Q(set_by=None, set_at=None)
                | Q(set_by__isnull=False, set_at__isnull=False),
                name="price_has_author_and_time_or_neither",
            ),
            UniqueConstraint(
                fields=["service_item", "effective_from"], name="one_price_per_item_and_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_price} from {self.effective_from}"


class StockBatchQuerySet(models.QuerySet["StockBatch"]):
    def expiring_by(self, day: date) -> Self:
        """Batches with something on the shelf that may not be handed out after ``day``."""
        return self.filter(quantity_on_hand__gt=0, expires_on__lte=day)


class StockBatch(models.Model):
    """
    Drugs on the shelf of one batch. ``quantity_on_hand`` changes only with a movement, under lock.
    """

    service_item = models.ForeignKey(
        ServiceItem, on_delete=models.PROTECT, related_name="batches", db_index=False
    )  # led by the constraint
    batch_number = models.CharField(max_length=60)
    expires_on = models.DateField(help_text="The last day on which it may be handed out.")
    unit_cost = MoneyField(default=Decimal("0.00"))
    quantity_on_hand = models.PositiveIntegerField(default=0)

    objects = StockBatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "stock batches"
        permissions = [("write_off_stock", "Can write off stock")]
        constraints = [
            CheckConstraint(condition=Q(quantity_on_hand__gte=0), name="stock_not_negative"),
            CheckConstraint(condition=Q(unit_cost__gte=0), name="stock_cost_not_negative"),
            UniqueConstraint(
                fields=["service_item", "batch_number", "expires_on"], name="one_row_per_batch"
            ),
        ]
        indexes = [
            models.Index(fields=["service_item", "expires_on"], name="stock_first_expiring"),
            models.Index(fields=["expires_on"], name="stock_by_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.service_item} {self.batch_number}"

    @property
    def stock_value(self) -> Decimal:
        """What is on the shelf, at what it cost."""
        value: Decimal = self.unit_cost * self.quantity_on_hand
        return value


class StockMovement(models.Model):
    """One change of a batch. Append-only: the database refuses updates and deletes."""

    class Kind(models.TextChoices):
        RECEIVED = "RECEIVED", "Received"
        DISPENSED = "DISPENSED", "Dispensed"
        RETURNED = "RETURNED", "Returned"
        WRITTEN_OFF = "WRITTEN_OFF", "Written off"
        FOUND = "FOUND", "Found at a count"
        MISSING = "MISSING", "Missing at a count"

    INTO_STOCK = (Kind.RECEIVED, Kind.RETURNED, Kind.FOUND)

    batch = models.ForeignKey(
        StockBatch, on_delete=models.PROTECT, related_name="movements", db_index=False
    )  # led by the index below
    kind = models.CharField(max_length=12, choices=Kind)
    quantity = models.PositiveIntegerField(help_text="Above zero; the kind tells the direction.")
    quantity_after = models.PositiveIntegerField()
    reason = models.CharField(max_length=200, blank=True)
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    moved_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(quantity__gt=0), name="movement_above_zero"),
            CheckConstraint(
                condition=Q(
                    kind__in=[
                        "RECEIVED",
                        "DISPENSED",
                        "RETURNED",
                        "WRITTEN_OFF",
                        "FOUND",
                        "MISSING",
                    ]
                ),
                name="movement_kind_is_known",
            ),
            CheckConstraint(
                condition=Q(kind__in=["DISPENSED", "WRITTEN_OFF", "MISSING"])
                | Q(quantity_after__gte=F("quantity")),
                name="movement_into_stock_leaves_at_least_itself",
            ),
            CheckConstraint(
                condition=~Q(kind="WRITTEN_OFF") | ~Q(reason=""), name="write_off_has_a_reason"
            ),
            CheckConstraint(
                condition=~Q(kind__in=["FOUND", "MISSING"]) | ~Q(reason=""),
                name="counted_difference_has_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["batch", "id"], name="movement_by_batch")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.quantity}"
