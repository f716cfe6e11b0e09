"""Shifts: one cashier's drawer from opening to count, what was counted, and the Z report."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from client_wallet.models.journal import JournalEntry, LedgerAccount
from hospital.core.money import ZERO, MoneyField


class Shift(models.Model):
    """
    One cashier's work at one drawer: every entry that moves takings at the desk is in one.

    What the drawer holds is the sum of the postings on ``drawer`` in the shift's entries.
    """

    class Status(models.TextChoices):
        OPEN = "OPEN", "Open"
        COUNTED = "COUNTED", "Waits for a supervisor"
        CLOSED = "CLOSED", "Closed"

    # The trigger ``shift_moves`` has the same table; a test compares the two.
    MOVES = {
        Status.OPEN: {Status.COUNTED, Status.CLOSED},
        Status.COUNTED: {Status.CLOSED},
    }

    cashier = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="shifts"
    )
    drawer = models.ForeignKey(
        LedgerAccount, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    status = models.CharField(max_length=7, choices=Status, default=Status.OPEN)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    opening_float = MoneyField(default=ZERO)
    counted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    acceptance_reason = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )

    class Meta:
        permissions = [
            ("open_shift", "Can open, count and close a shift of their own"),
            ("close_any_shift", "Can count and close the shift of somebody else"),
            ("accept_variance", "Can accept what a count differs by"),
        ]
        constraints = [
            UniqueConstraint(
                fields=["cashier"], condition=Q(status="OPEN"), name="one_open_shift_per_cashier"
            ),
            CheckConstraint(
                condition=Q(status__in=["OPEN", "COUNTED", "CLOSED"]), name="shift_status_is_known"
            ),
            CheckConstraint(condition=Q(opening_float__gte=0), name="shift_float_not_negative"),
            CheckConstraint(
                condition=Q(status="OPEN", counted_by=None)
                | ~Q(status="OPEN") & Q(counted_by__isnull=False),
                name="shift_is_counted_by_somebody",
            ),
            CheckConstraint(
                condition=Q(status="CLOSED", closed_at__isnull=False, closed_by__isnull=False)
                | ~Q(status="CLOSED") & Q(closed_at=None, closed_by=None),
                name="shift_close_is_whole",
            ),
            CheckConstraint(
                condition=Q(accepted_by=None, acceptance_reason="")
                | Q(accepted_by__isnull=False, status="CLOSED") & ~Q(acceptance_reason=""),
                name="shift_acceptance_is_whole",
            ),
            CheckConstraint(
                condition=Q(accepted_by=None)
                | ~Q(accepted_by=F("cashier")) & ~Q(accepted_by=F("counted_by")),
                name="shift_accepted_by_somebody_else",
            ),
        ]

    def __str__(self) -> str:
        return f"Shift {self.pk}"


class ShiftCount(models.Model):
    """
    A blind count of a shift's drawer, and what was expected at that moment. Never changed.

    The amounts of card and transfer are the terminal's and the bank's slips; None where there was
    none.
    """

    shift = models.ForeignKey(
        Shift, on_delete=models.PROTECT, related_name="counts", db_index=False
    )  # led by the constraint
    number = models.PositiveSmallIntegerField()  # 1, then recounts
    counted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    counted_at = models.DateTimeField()
    counted_amount = MoneyField()
    expected_amount = MoneyField()
    card_slip_amount = MoneyField(null=True, blank=True)
    card_expected_amount = MoneyField()
    transfer_slip_amount = MoneyField(null=True, blank=True)
    transfer_expected_amount = MoneyField()

    class Meta:
        verbose_name = "count of a shift"
        verbose_name_plural = "counts of shifts"
        default_permissions = ("view",)
        constraints = [
            UniqueConstraint(fields=["shift", "number"], name="shift_count_is_numbered_once"),
            CheckConstraint(condition=Q(number__gt=0), name="shift_count_number_above_zero"),
            CheckConstraint(condition=Q(counted_amount__gte=0), name="shift_count_not_negative"),
        ]

    def __str__(self) -> str:
        return f"Count {self.number}"


class ShiftCountLine(models.Model):
    """How many pieces of one denomination were counted. Never changed."""

    count = models.ForeignKey(
        ShiftCount, on_delete=models.PROTECT, related_name="lines", db_index=False
    )  # led by the constraint
    denomination = MoneyField()
    pieces = models.PositiveIntegerField()

    class Meta:
        default_permissions = ("view",)
        constraints = [
            UniqueConstraint(fields=["count", "denomination"], name="denomination_is_counted_once"),
            CheckConstraint(condition=Q(denomination__gt=0), name="denomination_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.pieces} × {self.denomination}"


class ShiftPosting(models.Model):
    """The entry that a shift's float, or the difference of its count, was posted by."""

    class Purpose(models.TextChoices):
        FLOAT = "FLOAT", "Opening float"
        VARIANCE = "VARIANCE", "Difference of the count"

    shift = models.ForeignKey(
        Shift, on_delete=models.PROTECT, related_name="own_postings", db_index=False
    )  # led by the constraint
    purpose = models.CharField(max_length=8, choices=Purpose)
    entry = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, related_name="shift_posting"
    )

    class Meta:
        default_permissions = ("view",)
        constraints = [
            UniqueConstraint(fields=["shift", "purpose"], name="shift_posts_each_purpose_once"),
            CheckConstraint(
                condition=Q(purpose__in=["FLOAT", "VARIANCE"]),
                name="shift_posting_purpose_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.get_purpose_display()


class HandOver(models.Model):
    """
    Cash given out of a drawer; in transit until somebody else has received or rejected it.
    """

    class Target(models.TextChoices):
        SAFE = "SAFE", "The safe"
        BANK = "BANK", "The bank"
        CASHIER = "CASHIER", "Another cashier"

    class Status(models.TextChoices):
        GIVEN = "GIVEN", "In transit"
        RECEIVED = "RECEIVED", "Received"
        REJECTED = "REJECTED", "Rejected"

    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="hand_overs")
    from_cashier = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )  # the shift's, so that the database sees who may not receive it
    target = models.CharField(max_length=7, choices=Target)
    to_cashier = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    amount = MoneyField()
    external_reference = models.CharField(max_length=100, blank=True)
    is_at_close = models.BooleanField(default=False)  # all that was counted, as the shift closed
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    given_at = models.DateTimeField()
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="hand_over")
    status = models.CharField(max_length=8, choices=Status, default=Status.GIVEN)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    rejection_reason = models.CharField(max_length=200, blank=True)
    end_entry = models.OneToOneField(
        JournalEntry,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="ended_hand_over",
    )

    class Meta:
        verbose_name = "hand-over of cash"
        verbose_name_plural = "hand-overs of cash"
        permissions = [
            ("give_cash", "Can hand over cash out of their own drawer"),
            ("receive_cash", "Can receive or reject cash for the safe and the bank"),
        ]
        constraints = [
            CheckConstraint(condition=Q(amount__gt=0), name="hand_over_above_zero"),
            CheckConstraint(
                condition=Q(target="CASHIER", to_cashier__isnull=False)
                | Q(target__in=["SAFE", "BANK"], to_cashier=None),
                name="hand_over_names_its_cashier",
            ),
            CheckConstraint(
                condition=Q(to_cashier=None) | ~Q(to_cashier=F("from_cashier")),
                name="hand_over_to_somebody_else",
            ),
            CheckConstraint(
                condition=Q(
                    status="GIVEN",
                    ended_by=None,
                    ended_at=None,
                    end_entry=None,
                    rejection_reason="",
                )
                | Q(ended_by__isnull=False, ended_at__isnull=False, end_entry__isnull=False)
                & (
                    Q(status="RECEIVED", rejection_reason="")
                    | Q(status="REJECTED") & ~Q(rejection_reason="")
                ),
                name="hand_over_end_is_whole",
            ),
            CheckConstraint(
                condition=Q(ended_by=None)
                | ~Q(ended_by=F("given_by")) & ~Q(ended_by=F("from_cashier")),
                name="hand_over_ended_by_somebody_else",
            ),
        ]

    def __str__(self) -> str:
        return f"Hand-over {self.pk}"


class ZReport(models.Model):
    """What a closed shift came to: text that stays as it is, numbered without a gap."""

    shift = models.OneToOneField(Shift, on_delete=models.PROTECT, related_name="z_report")
    number = models.PositiveBigIntegerField(unique=True)  # 1, 2, 3, … in the whole installation
    content = models.TextField()  # JSON, as it was written
    entry_count = models.PositiveBigIntegerField()
    entries_hash = models.CharField(max_length=64, blank=True)  # "" where it has no entries
    previous_seal = models.CharField(max_length=64, blank=True)  # "" for the first one
    # sha256, hex, over the Z report before, the hash of the shift's entries and the content
    seal = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "Z report"
        default_permissions = ("view",)
        constraints = [
            CheckConstraint(condition=Q(number__gt=0), name="z_number_above_zero"),
            CheckConstraint(
                condition=Q(entry_count=0, entries_hash="")
                | Q(entry_count__gt=0) & ~Q(entries_hash=""),
                name="z_report_hashes_its_entries",
            ),
        ]

    def __str__(self) -> str:
        return f"Z {self.number:06d}"


class SeriesCounter(models.Model):
    """The last number of a series of the whole installation; its row lock is an act's last."""

    series = models.CharField(max_length=3, primary_key=True)
    last_number = models.PositiveBigIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.series}: {self.last_number}"
