"""Payers, whom they cover for what, and what they were asked for and paid."""

from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, ExpressionWrapper, F, Q, UniqueConstraint

from client_wallet.models import JournalEntry
from hospital.core.money import ZERO, MoneyField
from smcapp1.models import Consultation, Department, PatientProfile

_THE_DAY_BEFORE = ExpressionWrapper(F("valid_from") - 1, output_field=models.DateField())


class Payer(models.Model):
    """Who pays for others: an insurer, an HMO, a company. Owes what stands on its account."""

    class Kind(models.TextChoices):
        INSURER = "INSURER", "Insurer"
        HMO = "HMO", "HMO"
        COMPANY = "COMPANY", "Company"
        OTHER = "OTHER", "Other"

    code = models.CharField(
        max_length=20, unique=True, help_text="Short and for good: its account is named after it."
    )
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind)
    is_active = models.BooleanField(default=True, help_text="Off: pays for nothing new.")

    class Meta:
        default_permissions = ("view",)
        permissions = [("set_payer_terms", "Can add payers and set what they cover")]
        constraints = [
            CheckConstraint(
                condition=Q(code__regex=r"^[A-Z][A-Z0-9_]*$") & ~Q(name=""),
                name="payer_has_code_and_name",
            ),
            CheckConstraint(
                condition=Q(kind__in=["INSURER", "HMO", "COMPANY", "OTHER"]),
                name="payer_kind_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Cover(models.Model):
    """
    What a payer pays in one department: ``percent`` of each item, if need be up to a limit.

    The limit is of one visit, or of one calendar year, for each member.
    """

    class Limit(models.TextChoices):
        VISIT = "VISIT", "A visit"
        YEAR = "YEAR", "A calendar year"

    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="covers")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    limit_amount = MoneyField(null=True, blank=True, verbose_name="limit")
    limit_per = models.CharField(max_length=5, choices=Limit, blank=True, verbose_name="limit of")
    is_active = models.BooleanField(default=True, help_text="Off: covers nothing new.")

    class Meta:
        default_permissions = ("view",)
        constraints = [
            CheckConstraint(condition=Q(percent__gt=0, percent__lte=100), name="cover_percentage"),
            CheckConstraint(
                condition=Q(limit_amount=None, limit_per="")
                | Q(
                    limit_amount__isnull=False, limit_amount__gt=0, limit_per__in=["VISIT", "YEAR"]
                ),
                name="cover_limit_says_of_what",
            ),
            UniqueConstraint(fields=["payer", "department"], name="cover_is_one_per_department"),
        ]

    def __str__(self) -> str:
        return f"{self.payer}: {self.department}"


class PatientCoverQuerySet(models.QuerySet["PatientCover"]):
    def visible_to(self, user: Any) -> Self:
        """Every cover for staff who may see covers; the own ones for a patient."""
        if user.has_perm("invoicing_app.view_patientcover"):
            return self
        return self.filter(patient__user=user)


class PatientCover(models.Model):
    """
    A patient is a payer's member from one day to another, both included. One at a time.

    A cover that was recorded by mistake ends the day before it began: it holds on no day.
    """

    patient = models.ForeignKey(PatientProfile, on_delete=models.PROTECT, related_name="covers")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="members")
    member_number = models.CharField(max_length=50)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    recorded_at = models.DateTimeField(editable=False)

    objects = PatientCoverQuerySet.as_manager()

    class Meta:
        verbose_name = "patient's cover"
        verbose_name_plural = "patients' covers"
        default_permissions = ("view",)
        permissions = [("record_patientcover", "Can record and end patients' covers")]
        constraints = [
            CheckConstraint(
                condition=~Q(member_number=""), name="patient_cover_has_a_member_number"
            ),
            CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=_THE_DAY_BEFORE),
                name="patient_cover_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payer}, member {self.member_number}"

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


class ClaimBatch(models.Model):
    """Claims sent to a payer together: those of a period that were in no batch before."""

    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="batches")
    number = models.PositiveIntegerField()  # 1, 2, 3, … for each payer
    period_from = models.DateField()
    period_to = models.DateField()
    total_amount = MoneyField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "claim batches"
        default_permissions = ("view",)
        permissions = [("make_claimbatch", "Can put claims into a batch for their payer")]
        constraints = [
            CheckConstraint(
                condition=Q(period_to__gte=F("period_from")), name="claim_batch_is_of_a_period"
            ),
            CheckConstraint(
                condition=Q(number__gt=0, total_amount__gt=0), name="claim_batch_above_zero"
            ),
            UniqueConstraint(fields=["payer", "number"], name="claim_batch_is_numbered_once"),
        ]

    def __str__(self) -> str:
        return f"{self.payer.code}-{self.number:04d}"


class ClaimQuerySet(models.QuerySet["Claim"]):
    def unsettled(self) -> Self:
        return self.filter(settled_amount__lt=F("amount"))


class Claim(models.Model):
    """
    The payer's share of one paid item. ``settled_amount`` is the sum of its settlements.

    It is changed only with them, under the row's lock, and is never more than ``amount``.
    ``claimed_amount`` is what was open when the claim was put into its batch.
    """

    payment_line = models.OneToOneField(
        "invoicing_app.PaymentLine", on_delete=models.PROTECT, related_name="claim"
    )
    cover = models.ForeignKey(PatientCover, on_delete=models.PROTECT, related_name="claims")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="claims")
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="claims")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    amount = MoneyField()
    settled_amount = MoneyField(default=ZERO)
    business_date = models.DateField()  # when the patient paid the rest
    batch = models.ForeignKey(
        ClaimBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="claims"
    )
    claimed_amount = MoneyField(null=True, blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        permissions = [
            ("bill_patient_for_claim", "Can bill the patient for what a payer did not pay"),
            ("ask_write_off", "Can ask for a claim to be written off"),
            ("approve_write_off", "Can approve that a claim is written off"),
        ]
        constraints = [
            CheckConstraint(condition=Q(amount__gt=0), name="claim_above_zero"),
            CheckConstraint(
                condition=Q(settled_amount__gte=0, settled_amount__lte=F("amount")),
                name="claim_is_never_settled_for_more",
            ),
            CheckConstraint(
                condition=Q(batch=None, claimed_amount=None)
                | Q(batch__isnull=False, claimed_amount__isnull=False)
                & Q(claimed_amount__gt=0, claimed_amount__lte=F("amount")),
                name="claim_of_a_batch_says_how_much",
            ),
        ]
        indexes = [
            models.Index(
                fields=["payer", "business_date"],
                condition=Q(batch=None),
                name="claim_not_in_a_batch",
            ),
            models.Index(
                fields=["payer", "business_date", "id"],
                condition=Q(settled_amount__lt=F("amount")),
                name="claim_not_settled",
            ),
        ]

    def __str__(self) -> str:
        return f"Claim {self.pk}"

    @property
    def open_amount(self) -> Decimal:
        """What nobody has paid, taken back or written off yet."""
        left: Decimal = self.amount - self.settled_amount
        return left


class Remittance(models.Model):
    """Money that a payer sent to the hospital's bank account for claims. Never changed."""

    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="remittances")
    reference = models.CharField(max_length=100, help_text="As the bank's statement shows it.")
    amount = MoneyField()
    received_on = models.DateField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="remittance")

    class Meta:
        default_permissions = ("view",)
        permissions = [("record_remittance", "Can record what a payer paid")]
        constraints = [
            CheckConstraint(
                condition=Q(amount__gt=0) & ~Q(reference=""), name="remittance_above_zero"
            ),
            UniqueConstraint(fields=["payer", "reference"], name="remittance_is_recorded_once"),
        ]

    def __str__(self) -> str:
        return f"{self.payer.code} {self.reference}"


class ShortPayment(models.Model):
    """
    What a payer left unpaid of a claim, and what is done about it.

    The patient is billed for it at once; a write-off is asked for by one person and decided on by
    another, once. What was asked for never changes.
    """

    class Outcome(models.TextChoices):
        BILL_PATIENT = "BILL_PATIENT", "Patient is billed"
        WRITE_OFF = "WRITE_OFF", "Written off"

    class Status(models.TextChoices):
        REQUESTED = "REQUESTED", "Asked for"
        APPROVED = "APPROVED", "Done"
        REJECTED = "REJECTED", "Rejected"

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="short_payments")
    outcome = models.CharField(max_length=12, choices=Outcome)
    amount = MoneyField()
    reason = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=Status)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.CharField(max_length=200, blank=True)  # of a rejection
    bill_item = models.OneToOneField(
        "invoicing_app.BillItem",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="short_payment",
    )

    class Meta:
        default_permissions = ("view",)
        constraints = [
            CheckConstraint(
                condition=Q(amount__gt=0) & ~Q(reason=""),
                name="short_payment_has_amount_and_reason",
            ),
            CheckConstraint(
                condition=Q(
                    outcome="BILL_PATIENT",
                    status="APPROVED",
                    decided_by=None,
                    decided_at=None,
                    decision_reason="",
                    bill_item__isnull=False,
                )
                | Q(outcome="WRITE_OFF", bill_item=None),
                name="short_payment_billed_has_its_item",
            ),
            CheckConstraint(
                condition=Q(outcome="BILL_PATIENT")
                | Q(status="REQUESTED", decided_by=None, decided_at=None, decision_reason="")
                | Q(status="APPROVED", decided_by__isnull=False, decided_at__isnull=False)
                & Q(decision_reason="")
                | Q(status="REJECTED", decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(decision_reason=""),
                name="write_off_is_decided_by_somebody",
            ),
            CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("requested_by")),
                name="write_off_is_decided_by_another",
            ),
            UniqueConstraint(
                fields=["claim"],
                condition=Q(status="REQUESTED"),
                name="write_off_is_asked_for_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}: {self.amount}"


class ClaimSettlement(models.Model):
    """Less is owed on a claim: what it was lessened by, and the entry of it. Append-only."""

    class Kind(models.TextChoices):
        REMITTED = "REMITTED", "Paid by the payer"
        BILLED_BACK = "BILLED_BACK", "Billed to the patient"
        WRITTEN_OFF = "WRITTEN_OFF", "Written off"
        REFUNDED = "REFUNDED", "Taken back with a refund"

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="settlements")
    kind = models.CharField(max_length=11, choices=Kind)
    amount = MoneyField()
    entry = models.ForeignKey(
        JournalEntry, on_delete=models.PROTECT, related_name="claim_settlements"
    )
    remittance = models.ForeignKey(
        Remittance, on_delete=models.PROTECT, null=True, blank=True, related_name="allocations"
    )
    short_payment = models.OneToOneField(
        ShortPayment, on_delete=models.PROTECT, null=True, blank=True, related_name="settlement"
    )

    class Meta:
        default_permissions = ("view",)
        constraints = [
            CheckConstraint(condition=Q(amount__gt=0), name="claim_settlement_above_zero"),
            CheckConstraint(
                condition=Q(kind="REMITTED", remittance__isnull=False, short_payment=None)
                | Q(
                    kind__in=["BILLED_BACK", "WRITTEN_OFF"],
                    remittance=None,
                    short_payment__isnull=False,
                )
                | Q(kind="REFUNDED", remittance=None, short_payment=None),
                name="claim_settlement_names_its_cause",
            ),
            UniqueConstraint(
                fields=["remittance", "claim"], name="claim_is_allocated_once_per_remittance"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.amount}"
