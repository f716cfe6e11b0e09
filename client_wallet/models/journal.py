"""The journal that proves all money: accounts, entries and their lines."""

from decimal import Decimal
from typing import Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, OuterRef, Q, Subquery, Sum, UniqueConstraint

from client_wallet.models.wallets import WalletAccount
from hospital.core.money import MoneyField


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
        WITHDRAWAL_SETTLED = "WITHDRAWAL_SETTLED", "Withdrawal settled"
        WITHDRAWAL_RETURNED = "WITHDRAWAL_RETURNED", "Withdrawal returned"
        GATEWAY_PAYOUT = "GATEWAY_PAYOUT", "Gateway payout"
        SHIFT_FLOAT = "SHIFT_FLOAT", "Opening float"
        SHIFT_VARIANCE = "SHIFT_VARIANCE", "Difference of a count"
        HAND_OVER = "HAND_OVER", "Cash handed over"
        HAND_OVER_RECEIVED = "HAND_OVER_RECEIVED", "Cash received"
        HAND_OVER_REJECTED = "HAND_OVER_REJECTED", "Cash taken back"
        WAIVER = "WAIVER", "Waiver"
        WAIVER_TAKEN_BACK = "WAIVER_TAKEN_BACK", "Waiver taken back"
        REMITTANCE = "REMITTANCE", "Paid by a payer"
        BILLED_BACK = "BILLED_BACK", "Billed back to the patient"
        WRITE_OFF = "WRITE_OFF", "Written off"

    uid = models.UUIDField(default=uuid4, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    posted_at = models.DateTimeField()  # taken under the wallets' locks: never backwards there
    business_date = models.DateField(db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    memo = models.CharField(max_length=200, blank=True)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by_entry"
    )

    # Where it moves takings at the desk. No part of the hash chains: the Z report's hash has it.
    shift = models.ForeignKey(
        "client_wallet.Shift",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="entries",
        db_index=False,
    )

    amount: Decimal  # only from ``JournalEntry.objects.with_amount()``

    objects = JournalEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "journal entries"
        indexes = [
            models.Index(fields=["shift"], name="entry_by_shift", condition=Q(shift__isnull=False))
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class Posting(models.Model):
    """One side of an entry: an amount above zero on the debit or the credit side of an account."""

    class Side(models.TextChoices):
        DEBIT = "DEBIT", "Debit"
        CREDIT = "CREDIT", "Credit"

    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(
        LedgerAccount,
        on_delete=models.PROTECT,
        related_name="postings",
        db_index=False,  # it would have a second index, for LIKE
    )
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
        indexes = [models.Index(fields=["account"], name="posting_by_account")]

    def __str__(self) -> str:
        return f"{self.side} {self.amount}"
