"""Who was treated, and when."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Func, Q

from smcapp1.patient_search import patients_meant_by


class PatientQuerySet(models.QuerySet["PatientProfile"]):
    def visible_to(self, user: Any) -> Self:
        """Everybody for staff who may see patients; the own profile for a patient."""
        if user.has_perm("smcapp1.view_patientprofile"):
            return self
        return self.filter(user=user)

    def found_by(self, text: str) -> Self:
        """Patients whom a typed text means, by number, name or phone."""
        return self.filter(patients_meant_by(text))


class PatientProfile(models.Model):
    """
    The person treated. ``hospital_number`` is the medical record number, issued by the system.
    """

    class Sex(models.TextChoices):
        FEMALE = "F", "Female"
        MALE = "M", "Male"
        OTHER = "X", "Other"
        UNKNOWN = "U", "Unknown"

    hospital_number = models.CharField(
        max_length=20,
        unique=True,
        editable=False,
        db_default=Func(function="smcapp1_next_hospital_number", output_field=models.CharField()),
    )  # HN0000001, HN0000002, … issued by the database
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    date_of_birth = models.DateField()
    sex = models.CharField(max_length=1, choices=Sex)
    phone = models.CharField(max_length=40, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="patient",
        help_text="The login of this patient, if there is one.",
    )
    external_id = models.CharField(
        max_length=100,
        null=True,  # noqa: DJ001 - unique where present, so "" cannot stand for absent
        blank=True,
        unique=True,
        editable=False,
        help_text="The id in the system this record was imported from.",
    )
    registered_at = models.DateTimeField(auto_now_add=True)
    is_self_registered = models.BooleanField(
        "signed up online",
        default=False,
        db_default=False,
        editable=False,
        help_text="Nobody at the desk has seen who this is.",
    )

    objects = PatientQuerySet.as_manager()

    class Meta:
        verbose_name = "patient"
        permissions = [("view_own_records", "Can see the own patient records")]
        constraints = [
            CheckConstraint(
                condition=~Q(first_name="") & ~Q(last_name=""), name="patient_has_a_name"
            ),
            CheckConstraint(condition=Q(sex__in=["F", "M", "X", "U"]), name="patient_sex_is_known"),
        ]
        indexes = [
            models.Index(fields=["last_name", "first_name"], name="patient_by_name"),
            models.Index(fields=["phone"], name="patient_by_phone"),
        ]

    def __str__(self) -> str:
        return f"{self.hospital_number} {self.full_name}"

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    def visible_to(self, user: Any) -> Self:
        """Every visit for staff who may see visits; the own ones for a patient."""
        if user.has_perm("smcapp1.view_consultation"):
            return self
        return self.filter(patient__user=user)


class Consultation(models.Model):
    """One attended visit (FHIR: Encounter). Its row lock guards everything on its bill."""

    class Status(models.TextChoices):
        OPEN = "OPEN", "Open"
        CLOSED = "CLOSED", "Closed"

    patient = models.ForeignKey(
        PatientProfile, on_delete=models.PROTECT, related_name="consultations"
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    external_id = models.CharField(
        max_length=100,
        null=True,  # noqa: DJ001 - unique where present, so "" cannot stand for absent
        blank=True,
        unique=True,
        editable=False,
        help_text="The id in the system this record was imported from.",
    )

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(status__in=["OPEN", "CLOSED"]), name="consultation_status_is_known"
            )
        ]
        indexes = [models.Index(fields=["patient", "-id"], name="consultation_by_patient")]

    def __str__(self) -> str:
        return f"Consultation {self.pk}"
