"""Money on its way in through a payment gateway: what was asked for, said and paid out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Exists, OuterRef, Q, UniqueConstraint
from django.utils import timezone

from client_wallet.models.deposits import WalletDeposit
from client_wallet.models.journal import JournalEntry
from client_wallet.models.wallets import WalletAccount
from hospital.core.money import ZERO, MoneyField


class OnlinePaymentQuerySet(models.QuerySet["OnlinePayment"]):
    def visible_to(self, user: Any) -> Self:
        """Every payment for staff who may see wallets; those into the own wallet for a patient."""
        if user.has_perm("client_wallet.view_walletaccount"):
            return self
        return self.filter(wallet__patient__user=user)

    def due(self, now: datetime | None = None) -> Self:
        """Return those that the gateway has to be asked about now."""
        return self.filter(next_ask_at__lte=now or timezone.now())


class OnlinePayment(models.Model):
    """
    Money that a patient wants to add to the wallet through a gateway.

    Credited by one deposit, once the gateway itself has said that the money arrived. ``MOVES`` is
    the state machine; a trigger of the database keeps it too.
    """

    class Status(models.TextChoices):
        STARTED = "STARTED", "Started"
        PENDING = "PENDING", "Waiting for the payment"
        CREDITED = "CREDITED", "In the wallet"
        FAILED = "FAILED", "Not paid"

    MOVES: Mapping[str, frozenset[str]] = {
        Status.STARTED: frozenset({Status.PENDING, Status.CREDITED, Status.FAILED}),
        Status.PENDING: frozenset({Status.CREDITED, Status.FAILED}),
        Status.FAILED: frozenset({Status.CREDITED}),  # another try of the patient, or a late word
    }  # what is not named is final

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    wallet = models.ForeignKey(
        WalletAccount, on_delete=models.PROTECT, related_name="online_payments"
    )
    amount = MoneyField()
    currency = models.CharField(max_length=3)
    gateway = models.CharField(max_length=20)
    reference = models.CharField(max_length=40, unique=True)  # ours; one for each payment
    gateway_reference = models.CharField(max_length=100, blank=True)  # of its order
    checkout_url = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.STARTED)
    failure_code = models.CharField(max_length=40, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    asks = models.PositiveIntegerField(default=0)  # how often the gateway was asked about it
    next_ask_at = models.DateTimeField(null=True)  # null: nothing is asked any more
    deposit = models.OneToOneField(
        WalletDeposit, on_delete=models.PROTECT, null=True, related_name="online_payment"
    )

    objects = OnlinePaymentQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(amount__gt=0), name="online_payment_above_zero"),
            CheckConstraint(
                condition=Q(status__in=["STARTED", "PENDING", "FAILED"], deposit=None)
                | Q(status="CREDITED", deposit__isnull=False),
                name="online_payment_is_credited_by_a_deposit",
            ),
            UniqueConstraint(
                fields=["gateway", "gateway_reference"],
                condition=~Q(gateway_reference=""),
                name="gateway_reference_is_used_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_ask_at", "id"],
                condition=Q(next_ask_at__isnull=False),
                name="online_payment_due",
            ),
            models.Index(fields=["wallet", "-created_at", "-id"], name="online_payment_of_wallet"),
            models.Index(fields=["-created_at", "-id"], name="online_payment_newest"),
        ]

    def __str__(self) -> str:
        return f"Online payment {self.reference}"


class GatewayEventQuerySet(models.QuerySet["GatewayEvent"]):
    def to_review(self) -> Self:
        """
        Return what was said, was not credited, and nobody has looked into.

        What was said of a try to pay before that same try was credited needs nobody any more.
        """
        reviews = GatewayReview.objects.filter(event=OuterRef("pk"))
        credited = GatewayEvent.objects.filter(
            payment_reference=OuterRef("payment_reference"), outcome=GatewayEvent.Outcome.CREDITED
        )
        its_own = credited.filter(payment=OuterRef("payment"))
        is_before = Exists(its_own.filter(pk__gt=OuterRef("pk"))) & ~Exists(
            its_own.filter(pk__lt=OuterRef("pk"))
        )
        was_of_nobody = Q(payment=None) & ~Q(payment_reference="")
        of_somebody = Exists(credited.filter(gateway=OuterRef("gateway")))
        waiting = self.filter(~Exists(reviews), outcome__in=GatewayEvent.NOT_CREDITED)
        return waiting.exclude(is_before).exclude(was_of_nobody & of_somebody)

    def of_try(self, payment: OnlinePayment, payment_reference: str) -> Self:
        """Return what was said of one try to pay, also before it was known whose payment it is."""
        of_nobody = Q(payment=None, gateway=payment.gateway) & ~Q(payment_reference="")
        return self.filter(Q(payment=payment) | of_nobody, payment_reference=payment_reference)


class GatewayEvent(models.Model):
    """
    One thing that a gateway said of a payment, and what came of it. Append-only.

    Written once, however often and in whatever way it is said again.
    """

    class Source(models.TextChoices):
        WEBHOOK = "WEBHOOK", "The gateway called"
        LOOKUP = "LOOKUP", "The gateway was asked"

    class State(models.TextChoices):
        PAID = "PAID", "Paid"
        PENDING = "PENDING", "Not yet paid"
        FAILED = "FAILED", "Not paid"
        GIVEN_BACK = "GIVEN_BACK", "Paid, and given back in full or in part"

    class Outcome(models.TextChoices):
        NOTED = "NOTED", "Noted"
        CREDITED = "CREDITED", "Credited"
        AMOUNT_DIFFERS = "AMOUNT_DIFFERS", "Another amount than was asked for"
        CURRENCY_DIFFERS = "CURRENCY_DIFFERS", "Another currency than was asked for"
        WALLET_CLOSED = "WALLET_CLOSED", "The wallet is closed"
        BALANCE_LIMIT = "BALANCE_LIMIT", "The wallet cannot hold that much"
        PAID_AGAIN = "PAID_AGAIN", "Paid a second time"
        GIVEN_BACK = "GIVEN_BACK", "Given back at the gateway"
        LOOKED_INTO = "LOOKED_INTO", "Said again after somebody had looked into it"
        UNKNOWN_PAYMENT = "UNKNOWN_PAYMENT", "Nobody asked for this payment"

    NOT_CREDITED = (
        Outcome.AMOUNT_DIFFERS,
        Outcome.CURRENCY_DIFFERS,
        Outcome.WALLET_CLOSED,
        Outcome.BALANCE_LIMIT,
        Outcome.PAID_AGAIN,
        Outcome.GIVEN_BACK,
        Outcome.LOOKED_INTO,
        Outcome.UNKNOWN_PAYMENT,
    )

    payment = models.ForeignKey(
        OnlinePayment, on_delete=models.PROTECT, null=True, related_name="events"
    )
    gateway = models.CharField(max_length=20)
    source = models.CharField(max_length=7, choices=Source)
    state = models.CharField(max_length=10, choices=State)
    outcome = models.CharField(max_length=16, choices=Outcome)
    reference = models.CharField(max_length=100, blank=True)  # as it was said; all below too
    gateway_reference = models.CharField(max_length=100, blank=True)
    payment_reference = models.CharField(max_length=100, blank=True)  # of one try to pay
    amount = MoneyField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    said = models.CharField(max_length=64)  # sha256, hex, of what was said
    received_at = models.DateTimeField()

    objects = GatewayEventQuerySet.as_manager()

    class Meta:
        permissions = [
            ("review_gatewayevent", "Can look into what a gateway said and was not credited"),
        ]
        constraints = [
            CheckConstraint(
                condition=Q(source__in=["WEBHOOK", "LOOKUP"]), name="gateway_source_is_known"
            ),
            CheckConstraint(
                condition=Q(state__in=["PAID", "PENDING", "FAILED", "GIVEN_BACK"]),
                name="gateway_state_is_known",
            ),
            CheckConstraint(
                condition=Q(payment__isnull=False) | Q(outcome="UNKNOWN_PAYMENT"),
                name="gateway_event_has_its_payment",
            ),
            UniqueConstraint(
                fields=["gateway", "said", "outcome"], name="gateway_event_is_written_once"
            ),
        ]
        indexes = [models.Index(fields=["outcome", "id"], name="gateway_event_by_outcome")]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}: {self.gateway_reference or self.reference}"


class GatewayReview(models.Model):
    """What a person found out about something that was not credited. Never changed."""

    event = models.OneToOneField(GatewayEvent, on_delete=models.PROTECT, related_name="review")
    evidence = models.CharField(max_length=300)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=~Q(evidence=""), name="gateway_review_says_what_was_found")
        ]

    def __str__(self) -> str:
        return self.evidence


class GatewayPayout(models.Model):
    """Money that a gateway paid to the hospital's bank account, less its fee. Never changed."""

    gateway = models.CharField(max_length=20)
    reference = models.CharField(max_length=100)  # of the gateway's, on the bank's statement
    amount = MoneyField(verbose_name="received at the bank")
    fee_amount = MoneyField(default=ZERO, verbose_name="fee")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField()
    entry = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, related_name="gateway_payout"
    )

    class Meta:
        permissions = [("record_gatewaypayout", "Can record a payout of a gateway")]
        constraints = [
            CheckConstraint(
                condition=Q(amount__gt=0, fee_amount__gte=0), name="gateway_payout_above_zero"
            ),
            UniqueConstraint(
                fields=["gateway", "reference"], name="gateway_payout_is_recorded_once"
            ),
        ]

    def __str__(self) -> str:
        return f"Payout {self.reference}"
