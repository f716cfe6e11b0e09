"""Users and their sessions, spent idempotency keys, throttles' counters, the record of changes."""

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django_otp.plugins.otp_totp.models import TOTPDevice

from hospital.core.audit.exact_json import ExactDecoder


class User(AbstractUser):
    """Whoever signs in: staff by their groups, a patient by the profile that points here."""


class FailedSignIn(AccessAttempt):  # type: ignore[misc] # axes has no types
    """
    Failures to sign in under one name from one address, kept until a while after the last.
    """

    class Meta:
        proxy = True
        verbose_name = "failed sign-in"
        default_permissions = ("view",)
        permissions = [("unlock_sign_in", "Can unlock a locked sign-in")]

    def __str__(self) -> str:
        return f"{self.username} from {self.ip_address}"


class SecondFactor(TOTPDevice):  # type: ignore[misc] # django-otp has no types
    """Whose sign-in asks for a code, too; the secret is the user's own and shown to nobody else."""

    class Meta:
        proxy = True
        verbose_name = "second factor"
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"Second factor of {self.user}"


class IdempotencyKey(models.Model):
    """
    A key that was spent by a success, with what was asked and the first answer. Never changed.
    """

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )  # led by the constraint
    act = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    answer = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["actor", "act", "key"], name="idempotency_key_is_spent_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.key}"


class OpenSession(models.Model):
    """Where somebody signed in. The session itself says whether it is still open."""

    session_key = models.CharField(max_length=40, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="open_sessions"
    )
    began_at = models.DateTimeField()
    address = models.GenericIPAddressField()
    browser = models.CharField(max_length=200, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.user} from {self.address}"


class RequestCount(models.Model):
    """How many requests one caller made in the current minute, shared by all processes."""

    caller = models.CharField(max_length=200, primary_key=True)
    minute = models.BigIntegerField()  # minutes since 1970
    requests = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.caller}: {self.requests}"


class Change(models.Model):
    """
    One change of an audited record. Written by the database's triggers alone; never changed.

    Records are named as the database does: table and id. ``docs/audit.md`` says which are audited.
    """

    class Kind(models.TextChoices):
        ADDED = "ADDED", "Added"
        CHANGED = "CHANGED", "Changed"
        REMOVED = "REMOVED", "Removed"

    changed_at = models.DateTimeField()
    record = models.CharField(max_length=63)  # a table
    kind = models.CharField(max_length=7, choices=Kind)
    record_id = models.CharField(max_length=36)  # a number, or a UUID
    before = models.JSONField(null=True, decoder=ExactDecoder)  # what changed, as it was
    after = models.JSONField(null=True, decoder=ExactDecoder)  # the whole record, as it became
    subjects = ArrayField(models.CharField(max_length=90))  # "core_user:7": whom it concerns
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        null=True,  # whoever works on the database itself
        related_name="+",
        db_index=False,
        db_constraint=False,  # what happened stays, whatever becomes of the user's row
    )
    via = models.CharField(max_length=100, blank=True)  # a page, an endpoint, a command
    database_role = models.CharField(max_length=130)
    program = models.CharField(max_length=63, blank=True)  # as the connection names itself

    class Meta:
        default_permissions = ("view",)
        indexes = [
            GinIndex(fields=["subjects"], name="change_by_subject"),
            models.Index(fields=["record", "-id"], name="change_by_record"),
            models.Index(fields=["actor", "-id"], name="change_by_actor"),
            BrinIndex(fields=["changed_at"], name="change_by_time"),
        ]

    def __str__(self) -> str:
        return f"Change {self.pk}"
