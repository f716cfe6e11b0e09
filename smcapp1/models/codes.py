"""One-time codes that the desk prints for patients."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q

from smcapp1.models.patients import PatientProfile


class PatientCode(models.Model):
    """
    A code that opens one patient's online account, or sets a new password for it, once.

    Only its hash is kept. Of a patient's codes for one purpose the newest alone counts.
    """

    class Purpose(models.TextChoices):
        CLAIM = "CLAIM", "Open an online account"
        RESET = "RESET", "Set a new password"

    patient = models.ForeignKey(
        PatientProfile, on_delete=models.PROTECT, related_name="codes", db_index=False
    )  # led by the index
    purpose = models.CharField(max_length=5, choices=Purpose)
    code_hash = models.CharField(max_length=64)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "one-time code"
        default_permissions = ("view",)
        permissions = [("issue_patientcode", "Can print one-time codes for patients")]
        constraints = [
            CheckConstraint(
                condition=Q(purpose__in=["CLAIM", "RESET"]), name="patient_code_purpose_is_known"
            ),
            CheckConstraint(
                condition=Q(used_at=None) | Q(used_at__gte=F("issued_at")),
                name="patient_code_is_used_after_it_was_issued",
            ),
            CheckConstraint(
                condition=Q(used_at=None) | Q(used_at__lt=F("expires_at")),
                name="patient_code_is_used_before_it_expires",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "purpose", "-id"], name="patient_code_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.patient}"
