"""Money held for patients, and the journal that proves all money."""

from decimal import Decimal
from typing import Any, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, OuterRef, Q, Subquery, Sum, UniqueConstraint

from hospital.core.money import ZERO, MoneyField


class PaymentMethod(models.TextChoices):
    CASH = "CASH", "Cash"
    CARD = "CARD", "Card"
    TRANSFER = "TRANSFER", "Bank transfer"
    WALLET = "WALLET", "Wallet Account"


class LedgerAccount(models.Model):
    """
    An account of the journal. Only wallets carry a balance row; the rest is summed from postings.
    """

    class Kind(models.TextChoices):
        ASSET = "ASSET", "Asset"
        LIABILITY = "LIABILITY", "Liability"
        REVENUE = "REVENUE", "Revenue"
        EXPENSE = "EXPENSE", "Expense"

    code = models.CharField(max_length=60, primary_key=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(kind__in=["ASSET", "LIABILITY", "REVENUE", "EXPENSE"]),
                name="account_kind_is_known",
            )
        ]

    def __str__(self) -> str:
        return self.name


class WalletQuerySet(models.QuerySet["WalletAccount"]):
    def visible_to(self, user: Any) -> Self:
        """Every wallet for staff who may see wallets; the own one for a patient."""
        if user.has_perm("client_wallet.view_walletaccount"):
            return self
        return self.filter(patient__user=user)


class WalletAccount(models.Model):
    """
    Money the hospital holds for one patient: a liability.

    The balance and the head of the chain change only with a posting, under this row's lock.
    """

    class Status(models.TextChoices):
        ACTIVE = "ACTIVE", "Active"
        FROZEN = "FROZEN", "Frozen"
        CLOSED = "CLOSED", "Closed"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    patient = models.OneToOneField(
        "smcapp1.PatientProfile", on_delete=models.PROTECT, related_name="wallet"
    )
    account_balance = MoneyField(default=ZERO, editable=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE, editable=False)
    last_sequence = models.PositiveBigIntegerField(default=0, editable=False)
    chain_head = models.CharField(max_length=64, blank=True, editable=False)  # sha256, hex
    last_posted_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WalletQuerySet.as_manager()

    class Meta:
        verbose_name = "wallet"
        permissions = [("open_wallet", "Can open a wallet for a patient")]
        constraints = [
            CheckConstraint(
                condition=Q(account_balance__gte=0), name="wallet_balance_not_negative"
            ),
            CheckConstraint(
                condition=Q(status__in=["ACTIVE", "FROZEN", "CLOSED"]),
                name="wallet_status_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"Wallet of {self.patient}"


class BusinessDayClosure(models.Model):
    """A business day that was closed: nothing can be posted into it any more."""

    business_date = models.DateField(primary_key=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.business_date} closed"


class JournalEntryQuerySet(models.QuerySet["JournalEntry"]):
    def with_amount(self) -> Self:
        """Annotate ``amount``: what an entry moves, the sum of its debits."""
        debits = Posting.objects.filter(entry=OuterRef("pk"), side=Posting.Side.DEBIT)
        moved = debits.order_by().values("entry").annotate(moved=Sum("amount"))
        return self.annotate(amount=Subquery(moved.values("moved")))


class JournalEntry(models.Model):
    """
    One balanced event. Written by ``ledger.post`` alone; the database refuses any later change.
    """

    class Kind(models.TextChoices):
        DEPOSIT = "DEPOSIT", "Deposit"
        REVERSAL = "REVERSAL", "Reversal"
        PAYMENT = "PAYMENT", "Payment"
        REFUND = "REFUND", "Refund"
        TRANSFER = "TRANSFER", "Transfer"
        WITHDRAWAL = "WITHDRAWAL", "Withdrawal"

    uid = models.UUIDField(default=uuid4, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    posted_at = models.DateTimeField()  # taken under the wallets' locks: never backwards there
    business_date = models.DateField(db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    memo = models.CharField(max_length=200, blank=True)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by_entry"
    )

    amount: Decimal  # only from ``JournalEntry.objects.with_amount()``

    objects = JournalEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "journal entries"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class Posting(models.Model):
    """One side of an entry: an amount above zero on the debit or the credit side of an account."""

    class Side(models.TextChoices):
        DEBIT = "DEBIT", "Debit"
        CREDIT = "CREDIT", "Credit"

    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="postings")
    wallet = models.ForeignKey(
        WalletAccount,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="postings",
        db_index=False,
    )
    side = models.CharField(max_length=6, choices=Side)
    amount = MoneyField()
    wallet_sequence = models.PositiveBigIntegerField(null=True, blank=True)  # 1, 2, 3, … per wallet
    balance_after = MoneyField(null=True, blank=True)
    # sha256, hex, over the wallet's previous one and the whole entry
    chain_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(amount__gt=0), name="posting_above_zero"),
            CheckConstraint(
                condition=Q(side__in=["DEBIT", "CREDIT"]), name="posting_side_is_known"
            ),
            CheckConstraint(
                # "Not null" is said of each: a CHECK that comes out as NULL counts as kept.
                condition=Q(wallet=None, wallet_sequence=None, balance_after=None, chain_hash="")
                | (
                    Q(wallet__isnull=False, wallet_sequence__isnull=False, wallet_sequence__gt=0)
                    & Q(balance_after__isnull=False, balance_after__gte=0)
                    & ~Q(chain_hash="")
                ),
                name="posting_of_a_wallet_is_chained",
            ),
            CheckConstraint(
                condition=Q(account="WALLETS", wallet__isnull=False)
                | ~Q(account="WALLETS") & Q(wallet=None),
                name="posting_on_wallets_names_one",
            ),
            UniqueConstraint(
                fields=["wallet", "wallet_sequence"], name="wallet_sequence_is_used_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.amount}"


class ReceiptCounter(models.Model):
    """The last receipt number of one cashier in one series; its row lock is the last of an act."""

    cashier = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    series = models.CharField(max_length=3)
    last_number = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["cashier", "series"], name="one_counter_per_cashier_and_series"
            )
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.cashier_id}: {self.last_number}"


class WalletDeposit(models.Model):
    """Money taken into a wallet; reversible once, by a supervisor who did not take it."""

    wallet = models.ForeignKey(WalletAccount, on_delete=models.PROTECT, related_name="deposits")
    amount = MoneyField()
    payment_method = models.CharField(
        max_length=10,
        choices=[choice for choice in PaymentMethod.choices if choice[0] != "WALLET"],
        default=PaymentMethod.CASH,
    )
    external_reference = models.CharField(
        max_length=100, blank=True, help_text="The slip's number of a card or bank payment."
    )
    note = models.CharField(max_length=200, blank=True)
    receipt_number = models.CharField(max_length=30, unique=True, editable=False)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField(editable=False)
    business_date = models.DateField(editable=False, db_index=True)
    entry = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, related_name="deposit", editable=False
    )
    balance_after = MoneyField(editable=False)
    reversed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    reversed_at = models.DateTimeField(null=True, blank=True, editable=False)
    reversal_reason = models.CharField(max_length=200, blank=True, editable=False)
    reversal = models.OneToOneField(
        JournalEntry,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reversed_deposit",
        editable=False,
    )

    class Meta:
        verbose_name = "deposit"
        permissions = [
            ("take_deposit", "Can take a deposit"),
            ("reverse_deposit", "Can reverse a deposit taken by somebody else"),
        ]
        constraints = [
            CheckConstraint(condition=Q(amount__gt=0), name="deposit_above_zero"),
            CheckConstraint(
                condition=Q(payment_method__in=["CASH", "CARD", "TRANSFER"]),
                name="deposit_method_is_known",
            ),
            CheckConstraint(
                condition=Q(reversed_by=None) | ~Q(reversed_by=F("taken_by")),
                name="deposit_reversed_by_somebody_else",
            ),
            CheckConstraint(
                condition=Q(reversed_by=None, reversed_at=None, reversal=None, reversal_reason="")
                | (
                    Q(reversed_by__isnull=False, reversed_at__isnull=False, reversal__isnull=False)
                    & ~Q(reversal_reason="")
                ),
                name="deposit_reversal_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"Deposit {self.receipt_number}"


class Receipt(models.Model):
    """
    The receipt of one entry, made at its first print; its row lock numbers the copies.
    """

    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="receipt")
    last_copy = models.PositiveIntegerField(default=0)  # 1 is the original

    class Meta:
        permissions = [("print_receipt", "Can print a receipt")]

    def __str__(self) -> str:
        return f"Receipt of {self.entry}"


def copy_name(copy_number: int) -> str:
    """Return ``"ORIGINAL"`` for 1, then ``"DUPLICATE 1"``, ``"DUPLICATE 2"``, …"""
    return "ORIGINAL" if copy_number == 1 else f"DUPLICATE {copy_number - 1}"


_128_BITS = r"^[A-Za-z0-9_-]{22}$"  # as secrets.token_urlsafe(16) writes them


class ReceiptPrint(models.Model):
    """One print of a receipt: which copy, by whom and when. Never changed."""

    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="prints")
    copy_number = models.PositiveIntegerField()
    token = models.CharField(max_length=22, unique=True)  # 128 random bits: who holds the paper
    printed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    printed_at = models.DateTimeField()

    class Meta:
        verbose_name = "printed receipt"
        constraints = [
            CheckConstraint(condition=Q(copy_number__gt=0), name="receipt_copy_above_zero"),
            CheckConstraint(condition=Q(token__regex=_128_BITS), name="receipt_token_is_whole"),
            UniqueConstraint(
                fields=["receipt", "copy_number"], name="receipt_copy_is_printed_once"
            ),
        ]

    def __str__(self) -> str:
        return self.copy

    @property
    def copy(self) -> str:
        """What stands on the paper."""
        return copy_name(self.copy_number)
