"""What is forgiven of a bill, why it may be, and how much anybody may forgive in a day."""

from typing import Self

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from client_wallet.models import JournalEntry
from hospital.core.money import ZERO, MoneyField
from smcapp1.models import Consultation, Department


class WaiverReason(models.Model):
    """Why something may be waived; one that is used no more is switched off, not removed."""

    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=80)
    is_active = models.BooleanField(
        default=True, help_text="Whether it can be chosen for a new waiver."
    )

    class Meta:
        default_permissions = ("add", "change", "view")

    def __str__(self) -> str:
        return self.name


class WaiverLimit(models.Model):
    """
    What somebody of a role may waive in a business day without asking anybody.

    Who has several roles may waive what the highest allows; a role without a limit, nothing.
    """

    role = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="+")
    day_amount = MoneyField(help_text="In a business day, of all waivers together.")

    class Meta:
        default_permissions = ("add", "change", "view")
        constraints = [
            CheckConstraint(condition=Q(day_amount__gte=0), name="waiver_limit_not_negative")
        ]

    def __str__(self) -> str:
        return f"{self.role}"


class WaiverQuerySet(models.QuerySet["Waiver"]):
    def with_details(self) -> Self:
        """With what a waiver shows: its lines, and the names of what it points at."""
        lines = WaiverLine.objects.select_related("bill_item").order_by("pk")
        return self.select_related(
            "department", "reason", "requested_by", "decided_by"
        ).prefetch_related(models.Prefetch("lines", queryset=lines))


class Waiver(models.Model):
    """
    A part of a bill that is forgiven: of one item, or of a department's unpaid ones.

    What was asked never changes: ``request_hash`` is over it and its lines, and whoever agrees,
    agrees to that. It is granted at once by who asks, within the limit of the day, or by somebody
    else.
    """

    class Status(models.TextChoices):
        REQUESTED = "REQUESTED", "Asked for"
        GRANTED = "GRANTED", "Granted"
        REJECTED = "REJECTED", "Rejected"
        WITHDRAWN = "WITHDRAWN", "Withdrawn"
        TAKEN_BACK = "TAKEN_BACK", "Taken back"

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="waivers")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    bill_item = models.ForeignKey(  # None: of all that was unpaid in the department
        "invoicing_app.BillItem",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    asked_amount = MoneyField(null=True, blank=True)
    asked_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    amount = MoneyField()  # the sum of its lines
    reason = models.ForeignKey(WaiverReason, on_delete=models.PROTECT, related_name="waivers")
    note = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=Status)
    request_hash = models.CharField(max_length=64)  # sha256, hex
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField()
    day_limit = MoneyField(default=ZERO)  # what the asker could waive that day without asking
    day_used = MoneyField(default=ZERO)  # … and had waived of it before
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.CharField(max_length=200, blank=True)
    approved_hash = models.CharField(max_length=64, blank=True)
    entry = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="waiver"
    )
    business_date = models.DateField(null=True, blank=True, db_index=True)  # of the entry

    objects = WaiverQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        permissions = [
            ("grant_waiver", "Can waive within the limit, and ask for more"),
            ("approve_waiver", "Can decide on waivers that others asked for"),
            ("take_back_waiver", "Can take a waiver back before it is paid"),
        ]
        indexes = [
            models.Index(fields=["-id"], condition=Q(status="REQUESTED"), name="waiver_waiting")
        ]
        constraints = [
            CheckConstraint(condition=Q(amount__gt=0), name="waiver_above_zero"),
            CheckConstraint(condition=~Q(note=""), name="waiver_says_why"),
            CheckConstraint(
                condition=Q(asked_amount__isnull=False, asked_amount__gt=0, asked_percent=None)
                | Q(asked_amount=None, asked_percent__isnull=False)
                & Q(asked_percent__gt=0, asked_percent__lte=100),
                name="waiver_is_an_amount_or_a_percentage",
            ),
            CheckConstraint(
                condition=Q(status="REQUESTED", decided_by=None, decided_at=None)
                | Q(status__in=["GRANTED", "REJECTED", "WITHDRAWN", "TAKEN_BACK"])
                & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="waiver_is_decided_by_somebody",
            ),
            CheckConstraint(
                condition=Q(status__in=["REQUESTED", "REJECTED", "WITHDRAWN"])
                & Q(entry=None, business_date=None, approved_hash="")
                | Q(status__in=["GRANTED", "TAKEN_BACK"])
                & Q(entry__isnull=False, business_date__isnull=False)
                & Q(approved_hash=F("request_hash")),
                name="waiver_is_granted_as_it_was_asked_for",
            ),
            CheckConstraint(
                condition=Q(status="REQUESTED")
                | Q(status="WITHDRAWN", decided_by=F("requested_by"))
                | Q(status="REJECTED") & ~Q(decided_by=F("requested_by")) & ~Q(decision_note="")
                | Q(status__in=["GRANTED", "TAKEN_BACK"])
                & (
                    ~Q(decided_by=F("requested_by")) | Q(day_limit__gte=F("day_used") + F("amount"))
                ),
                name="waiver_above_the_limit_takes_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"Waiver {self.pk}"


class WaiverTakeBack(models.Model):
    """What was waived and is due again, by an entry of its own. Append-only."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="+")
    amount = MoneyField()  # the sum of its lines
    reason = models.CharField(max_length=200)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    taken_back_at = models.DateTimeField()
    business_date = models.DateField(db_index=True)
    entry = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, related_name="waiver_take_back"
    )

    class Meta:
        verbose_name = "waiver taken back"
        verbose_name_plural = "waivers taken back"
        default_permissions = ()
        constraints = [
            CheckConstraint(condition=Q(amount__gt=0), name="waiver_take_back_above_zero"),
            CheckConstraint(condition=~Q(reason=""), name="waiver_take_back_says_why"),
        ]

    def __str__(self) -> str:
        return f"Waiver taken back {self.pk}"


class WaiverLine(models.Model):
    """What a waiver forgives of one item; it is in force until it is taken back."""

    waiver = models.ForeignKey(Waiver, on_delete=models.PROTECT, related_name="lines")
    bill_item = models.ForeignKey(
        "invoicing_app.BillItem", on_delete=models.PROTECT, related_name="waiver_lines"
    )
    amount = MoneyField()
    taken_back = models.ForeignKey(
        WaiverTakeBack, on_delete=models.PROTECT, null=True, blank=True, related_name="lines"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            CheckConstraint(condition=Q(amount__gt=0), name="waiver_line_above_zero"),
            UniqueConstraint(
                fields=["waiver", "bill_item"], name="waiver_has_one_line_for_an_item"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"
