"""Money on its way out to a bank: withdrawals, the calls made for them and what was answered."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils import timezone

from client_wallet.models.journal import JournalEntry
from client_wallet.models.wallets import WalletAccount
from hospital.core.money import MoneyField


class WithdrawalQuerySet(models.QuerySet["Withdrawal"]):
    def visible_to(self, user: Any) -> Self:
        """Every withdrawal for staff who may see wallets; those of the own wallet for a patient."""
        if user.has_perm("client_wallet.view_walletaccount"):
            return self
        return self.filter(wallet__patient__user=user)

    def get_due_pending_withdrawals(self, now: datetime | None = None) -> Self:
        """Return what was asked for and is due, and was not begun."""
        return self.filter(
            status=Withdrawal.Status.SCHEDULED, next_attempt_at__lte=now or timezone.now()
        )

    def get_failed_retryable_withdrawals(self, now: datetime | None = None) -> Self:
        """
        Return what was begun, has no conclusive answer and is due to be tried or asked for.

        While a worker is at one, it is not due: its ``next_attempt_at`` is the end of the lease.
        """
        return self.filter(
            status__in=[Withdrawal.Status.PROCESSING, Withdrawal.Status.UNKNOWN],
            next_attempt_at__lte=now or timezone.now(),
        )

    def due(self, now: datetime | None = None) -> Self:
        """Return all that a worker can do something about now."""
        return self.filter(
            status__in=[
                Withdrawal.Status.SCHEDULED,
                Withdrawal.Status.PROCESSING,
                Withdrawal.Status.UNKNOWN,
            ],
            next_attempt_at__lte=now or timezone.now(),
        )

    def in_flight(self) -> Self:
        """Return those whose money has left the wallet and has not arrived anywhere yet."""
        return self.filter(
            status__in=[
                Withdrawal.Status.PROCESSING,
                Withdrawal.Status.UNKNOWN,
                Withdrawal.Status.NEEDS_REVIEW,
            ]
        )


class Withdrawal(models.Model):
    """
    A payment out of a wallet to a bank account. This row is the truth; a queue only wakes workers.

    ``MOVES`` is the state machine; a trigger of the database keeps it too.
    """

    class Status(models.TextChoices):
        SCHEDULED = "SCHEDULED", "Scheduled"
        PROCESSING = "PROCESSING", "Processing"
        UNKNOWN = "UNKNOWN", "Unknown"
        NEEDS_REVIEW = "NEEDS_REVIEW", "Needs review"
        COMPLETED = "COMPLETED", "Completed"
        FAILED = "FAILED", "Failed"
        CANCELLED = "CANCELLED", "Cancelled"

    MOVES: Mapping[str, frozenset[str]] = {
        Status.SCHEDULED: frozenset({Status.CANCELLED, Status.FAILED, Status.PROCESSING}),
        Status.PROCESSING: frozenset({Status.COMPLETED, Status.FAILED, Status.UNKNOWN}),
        Status.UNKNOWN: frozenset(
            {Status.COMPLETED, Status.PROCESSING, Status.FAILED, Status.NEEDS_REVIEW}
        ),
        Status.NEEDS_REVIEW: frozenset({Status.COMPLETED, Status.FAILED}),
    }  # what is not named is final

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    wallet = models.ForeignKey(WalletAccount, on_delete=models.PROTECT, related_name="withdrawals")
    amount = MoneyField()
    bank_code = models.CharField(max_length=20)
    account_number = models.CharField(max_length=34)  # as long as an IBAN may be (ISO 13616)
    account_name = models.CharField(max_length=140)  # as long as a name may be (ISO 20022)
    status = models.CharField(max_length=12, choices=Status, default=Status.SCHEDULED)
    scheduled_for = models.DateTimeField()
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    bank_reference = models.CharField(max_length=40, unique=True)  # one for all attempts

    attempts = models.PositiveIntegerField(default=0)  # how often the bank was told to pay
    inconclusive_asks = models.PositiveIntegerField(default=0)
    last_call = models.PositiveIntegerField(
        default=0
    )  # the fence: a call of another number is late
    next_attempt_at = models.DateTimeField(null=True)  # null: no worker has anything to do
    leased_until = models.DateTimeField(null=True)  # a worker is at it until then

    debit = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, null=True, related_name="withdrawal"
    )
    settlement = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, null=True, related_name="settled_withdrawal"
    )
    refund = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, null=True, related_name="returned_withdrawal"
    )
    failure_code = models.CharField(max_length=40, blank=True)
    failure_detail = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(  # who cancelled or decided; null: the worker
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    evidence = models.CharField(max_length=300, blank=True)  # of a reviewed one

    objects = WithdrawalQuerySet.as_manager()

    class Meta:
        permissions = [
            ("request_withdrawal", "Can ask for a withdrawal, and cancel it"),
            ("review_withdrawal", "Can decide on a withdrawal that somebody else asked for"),
        ]
        constraints = [
            CheckConstraint(condition=Q(amount__gt=0), name="withdrawal_above_zero"),
            CheckConstraint(
                condition=Q(
                    status__in=[
                        "SCHEDULED",
                        "PROCESSING",
                        "UNKNOWN",
                        "NEEDS_REVIEW",
                        "COMPLETED",
                        "FAILED",
                        "CANCELLED",
                    ]
                ),
                name="withdrawal_status_is_known",
            ),
            CheckConstraint(
                condition=Q(settlement=None) | Q(refund=None),
                name="withdrawal_is_settled_or_refunded",
            ),
            CheckConstraint(
                condition=(
                    Q(status__in=["SCHEDULED", "CANCELLED"], debit=None)
                    & Q(settlement=None, refund=None)
                )
                | (
                    Q(status__in=["PROCESSING", "UNKNOWN", "NEEDS_REVIEW"], debit__isnull=False)
                    & Q(settlement=None, refund=None)
                )
                | Q(status="COMPLETED", debit__isnull=False, settlement__isnull=False, refund=None)
                | (
                    Q(status="FAILED", settlement=None)
                    & (Q(debit=None, refund=None) | Q(debit__isnull=False, refund__isnull=False))
                ),
                name="withdrawal_status_tells_where_the_money_is",
            ),
            CheckConstraint(
                condition=Q(evidence="")
                | Q(ended_by__isnull=False) & ~Q(ended_by=F("requested_by")),
                name="withdrawal_reviewed_by_somebody_else",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=Q(status__in=["SCHEDULED", "PROCESSING", "UNKNOWN"]),
                name="withdrawal_due",
            ),
            models.Index(fields=["wallet", "-created_at", "-id"], name="withdrawal_of_wallet"),
            models.Index(fields=["status", "-created_at"], name="withdrawal_by_status"),
            models.Index(fields=["-created_at", "-id"], name="withdrawal_newest"),
        ]

    def __str__(self) -> str:
        return f"Withdrawal {self.bank_reference}"


class PayoutAccount(models.Model):
    """Where a wallet's withdrawals go when nobody names another account."""

    wallet = models.OneToOneField(
        WalletAccount, on_delete=models.PROTECT, related_name="payout_account"
    )
    bank_code = models.CharField(max_length=20)
    account_number = models.CharField(max_length=34)
    account_name = models.CharField(max_length=140)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.account_name}, {self.account_number} at {self.bank_code}"


class BankCall(models.Model):
    """
    One call made to the bank for a withdrawal, written down before it is made. Append-only.

    ``number`` is the fence: what answers a call that is not the withdrawal's last one is late.
    """

    class Kind(models.TextChoices):
        SUBMIT = "SUBMIT", "Pay"
        FIND = "FIND", "Ask whether it was paid"

    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, related_name="calls")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=6, choices=Kind)
    begun_at = models.DateTimeField()
    leased_until = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(kind__in=["SUBMIT", "FIND"]), name="call_kind_is_known"),
            UniqueConstraint(fields=["withdrawal", "number"], name="call_number_is_used_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class BankAnswer(models.Model):
    """What came back from a call, or that nothing did. Append-only."""

    class Outcome(models.TextChoices):
        PAID = "PAID", "Paid"
        REFUSED = "REFUSED", "Refused for good"
        NOT_FOUND = "NOT_FOUND", "Not known to the bank"
        INCONCLUSIVE = "INCONCLUSIVE", "No conclusive answer"

    call = models.OneToOneField(BankCall, on_delete=models.PROTECT, related_name="answer")
    outcome = models.CharField(max_length=12, choices=Outcome)
    http_status = models.PositiveIntegerField(null=True)
    detail = models.CharField(max_length=300, blank=True)  # what went wrong, in words
    body = models.TextField(blank=True)  # its beginning, as the bank sent it
    answered_at = models.DateTimeField()
    is_late = models.BooleanField(default=False)  # the withdrawal had moved on: nothing followed

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(outcome__in=["PAID", "REFUSED", "NOT_FOUND", "INCONCLUSIVE"]),
                name="answer_outcome_is_known",
            )
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()


class BankCircuit(models.Model):
    """Whether the bank is worth calling: one row, shared by all workers."""

    name = models.CharField(max_length=20, primary_key=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    open_until = models.DateTimeField(null=True)  # no call before then; then one to try

    def __str__(self) -> str:
        return f"{self.name}: {self.failures} failures in a row"
