"""Transfers, withdrawals with their calls and answers, and who froze a wallet."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("client_wallet", "0007_receipts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BankCircuit",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("open_until", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AlterField(
            model_name="journalentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("DEPOSIT", "Deposit"),
                    ("REVERSAL", "Reversal"),
                    ("PAYMENT", "Payment"),
                    ("REFUND", "Refund"),
                    ("TRANSFER", "Transfer"),
                    ("WITHDRAWAL", "Withdrawal"),
                    ("WITHDRAWAL_SETTLED", "Withdrawal settled"),
                    ("WITHDRAWAL_RETURNED", "Withdrawal returned"),
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="PayoutAccount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("bank_code", models.CharField(max_length=20)),
                ("account_number", models.CharField(max_length=34)),
                ("account_name", models.CharField(max_length=140)),
                ("saved_at", models.DateTimeField()),
                (
                    "saved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "wallet",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payout_account",
                        to="client_wallet.walletaccount",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("bank_code", models.CharField(max_length=20)),
                ("account_number", models.CharField(max_length=34)),
                ("account_name", models.CharField(max_length=140)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("SCHEDULED", "Scheduled"),
                            ("PROCESSING", "Processing"),
                            ("UNKNOWN", "Unknown"),
                            ("NEEDS_REVIEW", "Needs review"),
                            ("COMPLETED", "Completed"),
                            ("FAILED", "Failed"),
                            ("CANCELLED", "Cancelled"),
                        ],
                        default="SCHEDULED",
                        max_length=12,
                    ),
                ),
                ("scheduled_for", models.DateTimeField()),
                ("created_at", models.DateTimeField()),
                ("bank_reference", models.CharField(max_length=40, unique=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("inconclusive_asks", models.PositiveIntegerField(default=0)),
                ("last_call", models.PositiveIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                ("failure_code", models.CharField(blank=True, max_length=40)),
                ("failure_detail", models.CharField(blank=True, max_length=300)),
                ("ended_at", models.DateTimeField(null=True)),
                ("evidence", models.CharField(blank=True, max_length=300)),
                (
                    "debit",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawal",
                        to="client_wallet.journalentry",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "refund",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returned_withdrawal",
                        to="client_wallet.journalentry",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "settlement",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settled_withdrawal",
                        to="client_wallet.journalentry",
                    ),
                ),
                (
                    "wallet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawals",
                        to="client_wallet.walletaccount",
                    ),
                ),
            ],
            options={
                "permissions": [
                    ("request_withdrawal", "Can ask for a withdrawal, and cancel it"),
                    (
                        "review_withdrawal",
                        "Can decide on a withdrawal that somebody else asked for",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BankCall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("SUBMIT", "Pay"), ("FIND", "Ask whether it was paid")],
                        max_length=6,
                    ),
                ),
                ("begun_at", models.DateTimeField()),
                ("leased_until", models.DateTimeField()),
                (
                    "withdrawal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="client_wallet.withdrawal",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BankAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("PAID", "Paid"),
                            ("REFUSED", "Refused for good"),
                            ("NOT_FOUND", "Not known to the bank"),
                            ("INCONCLUSIVE", "No conclusive answer"),
                        ],
                        max_length=12,
                    ),
                ),
                ("http_status", models.PositiveIntegerField(null=True)),
                ("detail", models.CharField(blank=True, max_length=300)),
                ("body", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField()),
                ("is_late", models.BooleanField(default=False)),
                (
                    "call",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answer",
                        to="client_wallet.bankcall",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome__in", ["PAID", "REFUSED", "NOT_FOUND", "INCONCLUSIVE"])
                        ),
                        name="answer_outcome_is_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reference_id", models.CharField(max_length=100)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField()),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfer",
                        to="client_wallet.journalentry",
                    ),
                ),
                (
                    "from_wallet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfers_out",
                        to="client_wallet.walletaccount",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "to_wallet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfers_in",
                        to="client_wallet.walletaccount",
                    ),
                ),
            ],
            options={
                "permissions": [("transfer_between_wallets", "Can transfer money between wallets")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="transfer_above_zero"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("from_wallet", models.F("to_wallet")), _negated=True),
                        name="transfer_between_two_wallets",
                    ),
                    models.UniqueConstraint(
                        fields=("requested_by", "reference_id"),
                        name="transfer_reference_is_used_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WalletStatusChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("ACTIVE", "Active"), ("FROZEN", "Frozen"), ("CLOSED", "Closed")],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                ("changed_at", models.DateTimeField()),
                (
                    "changed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "wallet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="status_changes",
                        to="client_wallet.walletaccount",
                    ),
                ),
            ],
            options={
                "permissions": [("freeze_wallet", "Can freeze and unfreeze a wallet")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["ACTIVE", "FROZEN", "CLOSED"])),
                        name="changed_wallet_status_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="wallet_status_changes_for_a_reason",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="withdrawal",
            index=models.Index(
                condition=models.Q(("status__in", ["SCHEDULED", "PROCESSING", "UNKNOWN"])),
                fields=["next_attempt_at", "id"],
                name="withdrawal_due",
            ),
        ),
        migrations.AddIndex(
            model_name="withdrawal",
            index=models.Index(
                fields=["wallet", "-created_at", "-id"], name="withdrawal_of_wallet"
            ),
        ),
        migrations.AddIndex(
            model_name="withdrawal",
            index=models.Index(fields=["status", "-created_at"], name="withdrawal_by_status"),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="withdrawal_above_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            "SCHEDULED",
                            "PROCESSING",
                            "UNKNOWN",
                            "NEEDS_REVIEW",
                            "COMPLETED",
                            "FAILED",
                            "CANCELLED",
                        ],
                    )
                ),
                name="withdrawal_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(("settlement", None), ("refund", None), _connector="OR"),
                name="withdrawal_is_settled_or_refunded",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("debit", None),
                        ("status__in", ["SCHEDULED", "CANCELLED"]),
                        ("refund", None),
                        ("settlement", None),
                    ),
                    models.Q(
                        ("debit__isnull", False),
                        ("status__in", ["PROCESSING", "UNKNOWN", "NEEDS_REVIEW"]),
                        ("refund", None),
                        ("settlement", None),
                    ),
                    models.Q(
                        ("debit__isnull", False),
                        ("refund", None),
                        ("settlement__isnull", False),
                        ("status", "COMPLETED"),
                    ),
                    models.Q(
                        ("settlement", None),
                        ("status", "FAILED"),
                        models.Q(
                            models.Q(("debit", None), ("refund", None)),
                            models.Q(("debit__isnull", False), ("refund__isnull", False)),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="withdrawal_status_tells_where_the_money_is",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("evidence", ""),
                    models.Q(
                        ("ended_by__isnull", False),
                        models.Q(("ended_by", models.F("requested_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="withdrawal_reviewed_by_somebody_else",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankcall",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["SUBMIT", "FIND"])), name="call_kind_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankcall",
            constraint=models.UniqueConstraint(
                fields=("withdrawal", "number"), name="call_number_is_used_once"
            ),
        ),
    ]
