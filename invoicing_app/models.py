"""What patients owe and how it was settled: bill items, payments, reports of closed days."""

from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.formats import date_format

from client_wallet.models import (
    BusinessDayClosure,
    JournalEntry,
    PaymentMethod,
    Posting,
    WalletAccount,
)
from hospital.core.money import ZERO, MoneyField
from smcapp1.models import Consultation, Department, LabResult, ServiceItem, StockMovement

ALL_DEPARTMENTS = "ALL"


class BillItemQuerySet(models.QuerySet["BillItem"]):
    def on_bill(self, consultation_id: int) -> Self:
        """What stands on a bill (all but void items), in the order it was ordered."""
        items = self.filter(consultation_id=consultation_id).exclude(status=BillItem.Status.VOID)
        return items.select_related("department").order_by("pk")

    def unpaid(self) -> Self:
        return self.filter(status=BillItem.Status.UNPAID)

    def to_hand_out(self) -> Self:
        """Paid drugs that nobody has given to the patient yet."""
        held_back = DispensedStock.objects.filter(hand_out=None)
        return self.filter(status=BillItem.Status.PAID, pk__in=held_back.values("bill_item"))


class BillItem(models.Model):
    """
    One priced, ordered thing on a consultation. Price and quantity never change.

    A paid item would get a new entry in every index. So the status is in none, and a page has room
    for its items' paid versions (``invoicing_app.0011``).
    """

    class Status(models.TextChoices):
        UNPAID = "UNPAID", "Unpaid"
        PAID = "PAID", "Paid"
        REFUNDED = "REFUNDED", "Refunded"
        VOID = "VOID", "Void"

    consultation = models.ForeignKey(
        Consultation, on_delete=models.PROTECT, related_name="bill_items"
    )
    service_item = models.ForeignKey(
        ServiceItem, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    description = models.CharField(max_length=250)
    quantity = models.PositiveIntegerField()
    unit_price = MoneyField()
    line_total = MoneyField()
    status = models.CharField(max_length=10, choices=Status, default=Status.UNPAID)
    receipt_number = models.CharField(max_length=30, blank=True)
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    ordered_at = models.DateTimeField()
    lab_result = models.OneToOneField(
        LabResult, on_delete=models.PROTECT, null=True, blank=True, related_name="bill_item"
    )
    stock_movements = models.ManyToManyField(
        StockMovement, through="DispensedStock", related_name="bill_items"
    )
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=200, blank=True)
    external_id = models.CharField(  # noqa: DJ001 - unique where present, so "" cannot be absent
        max_length=150,
        null=True,
        blank=True,
        editable=False,
        help_text="The id in the system this record was imported from.",
    )

    objects = BillItemQuerySet.as_manager()

    class Meta:
        permissions = [
            ("order_items", "Can order items on a consultation"),
            ("void_billitem", "Can void an unpaid item"),
        ]
        constraints = [
            CheckConstraint(condition=Q(quantity__gt=0), name="bill_item_quantity_above_zero"),
            CheckConstraint(condition=Q(unit_price__gt=0), name="bill_item_price_above_zero"),
            CheckConstraint(
                condition=Q(line_total=F("quantity") * F("unit_price")),
                name="bill_item_total_is_quantity_times_price",
            ),
            CheckConstraint(
                condition=(Q(status__in=["PAID", "REFUNDED"]) & ~Q(receipt_number=""))
                | Q(status__in=["UNPAID", "VOID"], receipt_number=""),
                name="bill_item_has_a_receipt_when_paid",
            ),
            CheckConstraint(
                condition=Q(status="VOID", voided_by__isnull=False, voided_at__isnull=False)
                & ~Q(void_reason="")
                | ~Q(status="VOID") & Q(voided_by=None, voided_at=None, void_reason=""),
                name="bill_item_void_has_author_and_reason",
            ),
            UniqueConstraint(fields=["external_id"], name="bill_item_is_imported_once"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.description}"


class DispensedStock(models.Model):
    """
    Which movement of which batch an item of the pharmacy is served from; ``hand_out`` once it was.
    """

    bill_item = models.ForeignKey(BillItem, on_delete=models.PROTECT, related_name="dispensed")
    movement = models.OneToOneField(
        StockMovement, on_delete=models.PROTECT, related_name="dispensed"
    )
    hand_out = models.ForeignKey(
        "DrugHandOut",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="dispensed",
        db_index=False,
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["bill_item"], condition=Q(hand_out=None), name="dispensed_not_handed_out"
            )
        ]

    def __str__(self) -> str:
        return f"Dispensed {self.pk}"


class DrugHandOut(models.Model):
    """
    A paid drug given to the patient: by whom and when. Append-only.

    The database refuses one of an item that is no paid drug, or of more than was paid.
    """

    bill_item = models.ForeignKey(BillItem, on_delete=models.PROTECT, related_name="hand_outs")
    quantity = models.PositiveIntegerField()
    handed_out_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    handed_out_at = models.DateTimeField()

    class Meta:
        verbose_name = "drug handed out"
        verbose_name_plural = "drugs handed out"
        permissions = [("hand_out_drugs", "Can hand out paid drugs")]
        constraints = [
            CheckConstraint(condition=Q(quantity__gt=0), name="hand_out_above_zero"),
            UniqueConstraint(fields=["bill_item"], name="an_item_is_handed_out_once"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.bill_item.description}"


class PaymentQuerySet(models.QuerySet["DepositReceiving"]):
    def visible_to(self, user: Any) -> Self:
        """Every payment for staff who may see payments; those of the own bills for a patient."""
        if user.has_perm("invoicing_app.view_depositreceiving"):
            return self
        return self.filter(consultation__patient__user=user)

    def with_details(self) -> Self:
        """With what a payment shows: its items and the wallet's balance after it."""
        items = BillItem.objects.select_related("department").order_by("pk")
        of_wallets = Posting.objects.filter(wallet__isnull=False)
        return self.select_related("entry").prefetch_related(
            models.Prefetch("items", queryset=items),
            models.Prefetch("entry__postings", queryset=of_wallets),
        )


class DepositReceiving(models.Model):
    """Money received against a bill, by any method (the documents' ``Deposit_Receiving``)."""

    consultation = models.ForeignKey(
        Consultation, on_delete=models.PROTECT, related_name="payments"
    )
    department = models.CharField(max_length=30, default=ALL_DEPARTMENTS)  # a code, or ALL
    payment_method = models.CharField(max_length=10, choices=PaymentMethod)
    total_due = MoneyField(editable=False)
    amount_paid = MoneyField(
        help_text="What was handed over. Change is given from cash only.", blank=True
    )
    change_given = MoneyField(default=ZERO, editable=False)
    wallet = models.ForeignKey(
        WalletAccount,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="payments",
        editable=False,
    )
    external_reference = models.CharField(
        max_length=100, blank=True, help_text="The slip's number of a card or bank payment."
    )
    receipt_number = models.CharField(max_length=30, editable=False)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField(editable=False)
    business_date = models.DateField(editable=False, db_index=True)
    entry = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, related_name="payment", editable=False
    )
    items = models.ManyToManyField(BillItem, through="PaymentLine", related_name="payments")

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = "payment"
        permissions = [
            ("take_payment", "Can take a payment"),
            ("pay_own_bill", "Can pay the own bill from the own wallet"),
        ]
        constraints = [
            CheckConstraint(
                condition=Q(payment_method__in=["CASH", "CARD", "TRANSFER", "WALLET"]),
                name="payment_method_is_known",
            ),
            CheckConstraint(condition=Q(total_due__gt=0), name="payment_above_zero"),
            CheckConstraint(
                condition=Q(amount_paid=F("total_due") + F("change_given")),
                name="payment_is_total_plus_change",
            ),
            CheckConstraint(
                condition=Q(change_given=0) | Q(payment_method="CASH", change_given__gt=0),
                name="payment_change_from_cash_only",
            ),
            CheckConstraint(
                condition=Q(payment_method="WALLET", wallet__isnull=False)
                | ~Q(payment_method="WALLET") & Q(wallet=None),
                name="payment_names_its_wallet",
            ),
            UniqueConstraint(fields=["receipt_number"], name="payment_receipt_is_numbered_once"),
        ]

    def __str__(self) -> str:
        return f"Payment {self.receipt_number}"

    def clean(self) -> None:
        """Refuse a wallet payment that another patient's wallet would settle. No side effects."""
        super().clean()
        if self.wallet and self.wallet.patient_id != self.consultation.patient_id:
            raise ValidationError({"payment_method": "This wallet belongs to another patient."})


class PaymentLine(models.Model):
    """One item settled by a payment; an item is settled once."""

    payment = models.ForeignKey(DepositReceiving, on_delete=models.PROTECT, related_name="lines")
    bill_item = models.OneToOneField(
        BillItem, on_delete=models.PROTECT, related_name="payment_line"
    )
    amount = MoneyField()

    class Meta:
        constraints = [CheckConstraint(condition=Q(amount__gt=0), name="payment_line_above_zero")]

    def __str__(self) -> str:
        return f"{self.amount}"


class ClosedDayReport(models.Model):
    """
    The daily report of a business day, as it was when the day was closed. Append-only.

    So the report of a closed day has the same bytes for ever, whatever is renamed later.
    """

    closure = models.OneToOneField(
        BusinessDayClosure, on_delete=models.PROTECT, primary_key=True, related_name="report"
    )
    files = models.JSONField()  # name → text
    files_hash = models.CharField(max_length=64)  # sha256, hex
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "report of a closed day"
        verbose_name_plural = "reports of closed days"
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"Report of {date_format(self.closure_id, 'SHORT_DATE_FORMAT')}"
