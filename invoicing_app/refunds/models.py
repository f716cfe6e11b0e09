"""What is given back for paid items: asked for, approved by somebody else, and paid out."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from client_wallet.models import JournalEntry, PaymentMethod
from hospital.core.money import ZERO, MoneyField
from smcapp1.models import StockMovement


class RefundQuerySet(models.QuerySet["Refund"]):
    def live(self) -> Self:
        """What was paid out, or still may be: what they refund, no other refund can."""
        return self.exclude(status__in=[Refund.Status.REJECTED, Refund.Status.WITHDRAWN])

    def waiting(self) -> Self:
        """What somebody still has to approve or pay out."""
        return self.filter(status__in=[Refund.Status.REQUESTED, Refund.Status.APPROVED])

    def with_details(self) -> Self:
        """With what a refund shows: its lines and tenders, and the names of what it points at."""
        lines = RefundLine.objects.select_related("payment_line__bill_item__department")
        tenders = RefundTender.objects.select_related("tender")
        return self.select_related(
            "payment", "requested_by", "decided_by", "paid_by"
        ).prefetch_related(
            models.Prefetch("lines", queryset=lines.order_by("pk")),
            models.Prefetch("tenders", queryset=tenders.order_by("pk")),
        )


class Refund(models.Model):
    """
    A part of a payment, or all of it, that goes back to whom it came from.

    ``request_hash`` is over what was asked, lines and tenders included; whoever approves it,
    approves that. Lines and tenders of the refund are those of its ``version``: an edit adds others
    with a version of their own, and takes the approval away. ``amount`` is the patient's part,
    ``payer_amount`` that of payers; ``rounding`` what is given back in cash beyond ``amount``.
    """

    class Kind(models.TextChoices):
        CANCEL = "CANCEL", "Cancelled payment"
        RETURN = "RETURN", "Returned items"

    class Status(models.TextChoices):
        REQUESTED = "REQUESTED", "Asked for"
        APPROVED = "APPROVED", "Approved"
        PAID = "PAID", "Paid out"
        REJECTED = "REJECTED", "Rejected"
        WITHDRAWN = "WITHDRAWN", "Withdrawn"

    payment = models.ForeignKey(
        "invoicing_app.DepositReceiving", on_delete=models.PROTECT, related_name="refunds"
    )
    kind = models.CharField(max_length=6, choices=Kind)
    reason = models.CharField(max_length=200)
    cash_to = models.CharField(
        max_length=6,
        choices=[(PaymentMethod.CASH, "Cash"), (PaymentMethod.WALLET, "Wallet Account")],
        default=PaymentMethod.CASH,
    )
    version = models.PositiveIntegerField(default=1)
    amount = MoneyField()
    payer_amount = MoneyField(default=ZERO)
    rounding = MoneyField(default=ZERO)
    request_hash = models.CharField(max_length=64)  # sha256, hex
    status = models.CharField(max_length=10, choices=Status, default=Status.REQUESTED)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    requested_at = models.DateTimeField()
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
    paid_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    paid_at = models.DateTimeField(null=True, blank=True)
    business_date = models.DateField(null=True, blank=True, db_index=True)
    receipt_number = models.CharField(max_length=30, blank=True)
    entry = models.OneToOneField(  # none where nobody had paid anything
        JournalEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="refund"
    )

    objects = RefundQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        permissions = [
            ("ask_refund", "Can ask for a refund"),
            ("approve_refund", "Can decide on refunds that others asked for"),
            ("pay_out_refund", "Can pay approved refunds out"),
        ]
        indexes = [
            models.Index(
                fields=["-id"],
                condition=Q(status__in=["REQUESTED", "APPROVED"]),
                name="refund_waiting",
            )
        ]
        constraints = [
            CheckConstraint(
                condition=Q(kind__in=["CANCEL", "RETURN"], cash_to__in=["CASH", "WALLET"]),
                name="refund_kind_is_known",
            ),
            CheckConstraint(
                condition=Q(amount__gte=0, payer_amount__gte=0, version__gt=0),
                name="refund_not_negative",
            ),
            CheckConstraint(condition=~Q(reason=""), name="refund_says_why"),
            CheckConstraint(
                condition=Q(status="REQUESTED", decided_by=None, decided_at=None)
                | Q(status__in=["APPROVED", "PAID", "REJECTED", "WITHDRAWN"])
                & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="refund_is_decided_by_somebody",
            ),
            CheckConstraint(
                condition=Q(status="REQUESTED")
                | Q(status="WITHDRAWN", decided_by=F("requested_by"))
                | Q(status="REJECTED") & ~Q(decided_by=F("requested_by")) & ~Q(decision_note="")
                | Q(status__in=["APPROVED", "PAID"]) & ~Q(decided_by=F("requested_by")),
                name="refund_takes_two_people",
            ),
            CheckConstraint(
                condition=Q(status__in=["REQUESTED", "REJECTED", "WITHDRAWN"], approved_hash="")
                | Q(status__in=["APPROVED", "PAID"], approved_hash=F("request_hash")),
                name="refund_is_approved_as_it_was_asked_for",
            ),
            CheckConstraint(
                condition=Q(status="PAID", paid_by__isnull=False, paid_at__isnull=False)
                & Q(business_date__isnull=False)
                & ~Q(receipt_number="")
                & (Q(entry__isnull=False) | Q(amount=0, payer_amount=0, rounding=0))
                | ~Q(status="PAID")
                & Q(paid_by=None, paid_at=None, business_date=None, entry=None, receipt_number=""),
                name="refund_that_was_paid_has_its_entry",
            ),
            UniqueConstraint(
                fields=["receipt_number"],
                condition=~Q(receipt_number=""),
                name="refund_receipt_is_numbered_once",
            ),
        ]

    def __str__(self) -> str:
        return f"Refund {self.receipt_number or self.pk}"


class RefundLine(models.Model):
    """
    So many of a paid item that are refunded, in one version of a refund. Append-only.

    ``sellable`` says of a drug that the patient had whether it can be sold again.
    """

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="lines")
    version = models.PositiveIntegerField()
    payment_line = models.ForeignKey(
        "invoicing_app.PaymentLine", on_delete=models.PROTECT, related_name="refund_lines"
    )
    quantity = models.PositiveIntegerField()
    amount = MoneyField()
    payer_amount = MoneyField(default=ZERO)
    sellable = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        constraints = [
            CheckConstraint(
                condition=Q(quantity__gt=0, amount__gte=0, payer_amount__gte=0),
                name="refund_line_above_zero",
            ),
            UniqueConstraint(
                fields=["refund", "version", "payment_line"],
                name="refund_has_one_line_for_an_item",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} for {self.amount}"


class RefundTender(models.Model):
    """
    What goes back of one tender, in one version of a refund. Append-only.

    It goes where it came from; what was paid in cash may go into the wallet instead.
    """

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="tenders")
    version = models.PositiveIntegerField()
    tender = models.ForeignKey(
        "invoicing_app.PaymentTender", on_delete=models.PROTECT, related_name="refund_tenders"
    )
    payment_method = models.CharField(max_length=10, choices=PaymentMethod)  # the tender's
    amount = MoneyField()
    goes_to = models.CharField(max_length=10, choices=PaymentMethod)

    class Meta:
        default_permissions = ()
        constraints = [
            CheckConstraint(condition=Q(amount__gt=0), name="refund_tender_above_zero"),
            CheckConstraint(
                condition=Q(payment_method__in=["CASH", "CARD", "TRANSFER", "WALLET"])
                & (Q(goes_to=F("payment_method")) | Q(payment_method="CASH", goes_to="WALLET")),
                name="refund_tender_goes_where_it_came_from",
            ),
            UniqueConstraint(
                fields=["refund", "version", "tender"], name="refund_has_one_part_of_a_tender"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} to {self.get_goes_to_display()}"


class RefundedStock(models.Model):
    """
    So many of a refunded drug, back in the batch that they came from. Append-only.

    What cannot be sold again leaves the batch in the same act, by ``write_off``.
    """

    line = models.ForeignKey(RefundLine, on_delete=models.PROTECT, related_name="stock")
    dispensed = models.ForeignKey(
        "invoicing_app.DispensedStock", on_delete=models.PROTECT, related_name="refunded"
    )
    quantity = models.PositiveIntegerField()
    was_handed_out = models.BooleanField()
    movement = models.OneToOneField(
        StockMovement, on_delete=models.PROTECT, related_name="refunded_stock"
    )
    write_off = models.OneToOneField(
        StockMovement, on_delete=models.PROTECT, null=True, related_name="refunded_and_written_off"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            CheckConstraint(condition=Q(quantity__gt=0), name="refunded_stock_above_zero"),
            CheckConstraint(
                condition=Q(was_handed_out=True) | Q(write_off=None),
                name="only_what_was_handed_out_is_written_off",
            ),
            UniqueConstraint(
                fields=["line", "dispensed", "was_handed_out"],
                name="one_portion_of_each_stock_refunded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity}"
