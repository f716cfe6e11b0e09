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
SPLIT = "SPLIT"  # the method of a payment by several tenders
NOTHING = "NONE"  # the method of a payment of which the patient pays nothing
SETTLED_BY = [*PaymentMethod.choices, (SPLIT, "Several methods"), (NOTHING, "Nothing to pay")]


NOT_WAIVED = F("line_total") - F("waived")  # what is to be paid of an item, by patient and payer


class BillItemQuerySet(models.QuerySet["BillItem"]):
    def on_bill(self, consultation_id: int) -> Self:
        """What stands on a bill (all but void items), in the order it was ordered."""
        items = self.filter(consultation_id=consultation_id).exclude(status=BillItem.Status.VOID)
        return items.select_related("department", "payment_line").order_by("pk")

    def unpaid(self) -> Self:
        return self.filter(status=BillItem.Status.UNPAID)

    def to_hand_out(self) -> Self:
        """Paid drugs of which some are still owed to the patient."""
        owed = DispensedStock.objects.owed()
        return self.filter(status=BillItem.Status.PAID, pk__in=owed.values("bill_item"))


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
    waived = MoneyField(default=ZERO, db_default=ZERO, editable=False)  # by waivers alone
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
                condition=Q(waived__gte=0, waived__lte=F("line_total")),
                name="bill_item_waives_at_most_its_total",
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


class DispensedStockQuerySet(models.QuerySet["DispensedStock"]):
    def owed(self) -> Self:
        """Stock that was paid, and neither handed out nor taken back."""
        return self.filter(quantity__gt=F("handed_out") + F("taken_back"))


class DispensedStock(models.Model):
    """
    Which movement of which batch an item of the pharmacy is served from, and what became of it.

    Of its ``quantity`` so many were handed out, and so many taken back before they were; of those
    handed out, so many were brought back. The rest is owed to the patient. Each change adds to
    what is there, so that the constraints stop two who give away the same rest.
    """

    bill_item = models.ForeignKey(BillItem, on_delete=models.PROTECT, related_name="dispensed")
    movement = models.OneToOneField(
        StockMovement, on_delete=models.PROTECT, related_name="dispensed"
    )
    quantity = models.PositiveIntegerField()  # the movement's
    handed_out = models.PositiveIntegerField(default=0)
    taken_back = models.PositiveIntegerField(default=0)
    brought_back = models.PositiveIntegerField(default=0)

    objects = DispensedStockQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(quantity__gte=F("handed_out") + F("taken_back")),
                name="dispensed_no_more_than_there_was",
            ),
            CheckConstraint(
                condition=Q(handed_out__gte=F("brought_back")),
                name="brought_back_no_more_than_was_handed_out",
            ),
        ]
        indexes = [
            models.Index(
                fields=["bill_item"],
                condition=Q(quantity__gt=F("handed_out") + F("taken_back")),
                name="dispensed_and_owed",
            )
        ]

    def __str__(self) -> str:
        return f"Dispensed {self.pk}"

    @property
    def owed(self) -> int:
        return self.quantity - self.handed_out - self.taken_back


class DrugHandOut(models.Model):
    """
    So many of a paid drug given to the patient: by whom and when. Append-only.

    The database refuses one of an item that is no paid drug, and more than was paid in all.
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
        constraints = [CheckConstraint(condition=Q(quantity__gt=0), name="hand_out_above_zero")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.bill_item.description}"


class HandedOutStock(models.Model):
    """So many of a hand-out came out of that stock. Append-only."""

    hand_out = models.ForeignKey(DrugHandOut, on_delete=models.PROTECT, related_name="portions")
    dispensed = models.ForeignKey(DispensedStock, on_delete=models.PROTECT, related_name="portions")
    quantity = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            CheckConstraint(condition=Q(quantity__gt=0), name="handed_out_portion_above_zero"),
            UniqueConstraint(fields=["hand_out", "dispensed"], name="one_portion_of_each_stock"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity}"


class PaymentQuerySet(models.QuerySet["DepositReceiving"]):
    def visible_to(self, user: Any) -> Self:
        """Every payment for staff who may see payments; those of the own bills for a patient."""
        if user.has_perm("invoicing_app.view_depositreceiving"):
            return self
        return self.filter(consultation__patient__user=user)

    def with_details(self) -> Self:
        """With what a payment shows: its items and the wallet's balance after it."""
        items = BillItem.objects.select_related("department", "payment_line").order_by("pk")
        of_wallets = Posting.objects.filter(wallet__isnull=False)
        return self.select_related("entry").prefetch_related(
            models.Prefetch("items", queryset=items),
            models.Prefetch("tenders", queryset=PaymentTender.objects.order_by("pk")),
            models.Prefetch("entry__postings", queryset=of_wallets),
        )


class DepositReceiving(models.Model):
    """
    Money received against a bill, by any method (the documents' ``Deposit_Receiving``).

    ``total_due`` is what the patient owed. ``rounding`` is what was paid in cash beyond it so that
    coins make it up; below zero, what was let go.
    """

    consultation = models.ForeignKey(
        Consultation, on_delete=models.PROTECT, related_name="payments"
    )
    department = models.CharField(max_length=30, default=ALL_DEPARTMENTS)  # a code, or ALL
    payment_method = models.CharField(max_length=10, choices=SETTLED_BY)
    total_due = MoneyField(editable=False)
    amount_paid = MoneyField(
        help_text="What was handed over. Change is given from cash only.", blank=True
    )
    change_given = MoneyField(default=ZERO, editable=False)
    rounding = MoneyField(default=ZERO, db_default=ZERO, editable=False)
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
    entry = models.OneToOneField(  # none where nobody pays anything
        JournalEntry, on_delete=models.PROTECT, null=True, related_name="payment", editable=False
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
                condition=Q(
                    payment_method__in=["CASH", "CARD", "TRANSFER", "WALLET", "SPLIT", "NONE"]
                ),
                name="payment_method_is_known",
            ),
            CheckConstraint(
                condition=Q(total_due__gt=0) & ~Q(payment_method="NONE")
                | Q(total_due=0, payment_method="NONE"),
                name="payment_above_zero_or_of_nothing",
            ),
            CheckConstraint(
                condition=Q(amount_paid=F("total_due") + F("change_given") + F("rounding")),
                name="payment_is_total_plus_change",
            ),
            CheckConstraint(
                condition=Q(change_given=0)
                | Q(payment_method__in=["CASH", "SPLIT"], change_given__gt=0),
                name="payment_change_from_cash_only",
            ),
            CheckConstraint(
                condition=Q(rounding=0) | Q(payment_method__in=["CASH", "SPLIT"]),
                name="payment_rounded_in_cash_only",
            ),
            CheckConstraint(
                condition=Q(payment_method="WALLET", wallet__isnull=False)
                | Q(payment_method="SPLIT")
                | ~Q(payment_method__in=["WALLET", "SPLIT"]) & Q(wallet=None),
                name="payment_names_its_wallet",
            ),
            CheckConstraint(
                condition=Q(entry__isnull=False) | Q(payment_method="NONE"),
                name="payment_of_money_has_an_entry",
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


class PaymentTender(models.Model):
    """
    What one method brought in for a payment. Append-only; all tenders of a payment come together.

    ``amount`` is what was kept of it, the debit of its account: ``tendered`` less ``change_given``.
    A payment's amounts add up to its ``total_due`` and ``rounding``.
    """

    payment = models.ForeignKey(DepositReceiving, on_delete=models.PROTECT, related_name="tenders")
    payment_method = models.CharField(max_length=10, choices=PaymentMethod)
    amount = MoneyField()
    tendered = MoneyField()
    change_given = MoneyField(default=ZERO, db_default=ZERO)
    wallet = models.ForeignKey(
        WalletAccount,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    external_reference = models.CharField(max_length=100, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            CheckConstraint(
                condition=Q(payment_method__in=["CASH", "CARD", "TRANSFER", "WALLET"]),
                name="tender_method_is_known",
            ),
            CheckConstraint(condition=Q(amount__gt=0), name="tender_above_zero"),
            CheckConstraint(
                condition=Q(tendered=F("amount") + F("change_given")),
                name="tender_is_amount_plus_change",
            ),
            CheckConstraint(
                condition=Q(change_given=0) | Q(payment_method="CASH", change_given__gt=0),
                name="tender_change_from_cash_only",
            ),
            CheckConstraint(
                condition=Q(payment_method="WALLET", wallet__isnull=False)
                | ~Q(payment_method="WALLET") & Q(wallet=None),
                name="tender_names_its_wallet",
            ),
            UniqueConstraint(
                fields=["payment", "payment_method"],
                condition=Q(payment_method__in=["CASH", "WALLET"]),
                name="payment_has_one_tender_of_cash_and_wallet",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_payment_method_display()} {self.amount}"


class PaymentLine(models.Model):
    """
    One item settled by a payment; an item is settled once.

    Its three amounts add up to the item's ``line_total``: ``amount`` is the patient's part,
    ``payer_amount`` that of an insurer or another payer, ``waived`` what the hospital forgave.
    """

    payment = models.ForeignKey(DepositReceiving, on_delete=models.PROTECT, related_name="lines")
    bill_item = models.OneToOneField(
        BillItem, on_delete=models.PROTECT, related_name="payment_line"
    )
    amount = MoneyField()
    payer_amount = MoneyField(default=ZERO, db_default=ZERO)
    waived = MoneyField(default=ZERO, db_default=ZERO)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(amount__gte=0, payer_amount__gte=0, waived__gte=0),
                name="payment_line_not_negative",
            ),
            CheckConstraint(
                condition=Q(amount__gt=0) | Q(payer_amount__gt=0) | Q(waived__gt=0),
                name="payment_line_above_zero",
            ),
        ]

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


import invoicing_app.payers.models  # noqa: E402, F401 - its models belong to this app too
import invoicing_app.refunds.models  # noqa: E402, F401 - its models belong to this app too
import invoicing_app.waivers.models  # noqa: E402, F401 - its models belong to this app too
