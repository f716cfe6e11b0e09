"""Users, spent idempotency keys and the counters of the throttles."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """Whoever signs in: staff by their groups, a patient by the profile that points here."""


class IdempotencyKey(models.Model):
    """
    A key that was spent by a success, with what was asked and the first answer. Never changed.
    """

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
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


class RequestCount(models.Model):
    """How many requests one caller made in the current minute, shared by all processes."""

    caller = models.CharField(max_length=200, primary_key=True)
    minute = models.BigIntegerField()  # minutes since 1970
    requests = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.caller}: {self.requests}"
