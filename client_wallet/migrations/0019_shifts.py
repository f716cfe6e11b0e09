"""Shifts, their counts, hand-overs of cash and Z reports; the shift that an entry belongs to."""

from decimal import Decimal

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("client_wallet", "0018_online_payment_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SeriesCounter",
            fields=[
                ("series", models.CharField(max_length=3, primary_key=True, serialize=False)),
                ("last_number", models.PositiveBigIntegerField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ShiftCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("counted_at", models.DateTimeField()),
                ("counted_amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("expected_amount", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "card_slip_amount",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True),
                ),
                ("card_expected_amount", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "transfer_slip_amount",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True),
                ),
                ("transfer_expected_amount", models.DecimalField(decimal_places=2, max_digits=14)),
            ],
            options={
                "verbose_name": "count of a shift",
                "verbose_name_plural": "counts of shifts",
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="ShiftCountLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("denomination", models.DecimalField(decimal_places=2, max_digits=14)),
                ("pieces", models.PositiveIntegerField()),
            ],
            options={
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="ShiftPosting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("FLOAT", "Opening float"),
                            ("VARIANCE", "Difference of the count"),
                        ],
                        max_length=8,
                    ),
                ),
            ],
            options={
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="ZReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveBigIntegerField(unique=True)),
                ("content", models.TextField()),
                ("entry_count", models.PositiveBigIntegerField()),
                ("entries_hash", models.CharField(blank=True, max_length=64)),
                ("previous_seal", models.CharField(blank=True, max_length=64)),
                ("seal", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "Z report",
                "default_permissions": ("view",),
            },
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
                    ("GATEWAY_PAYOUT", "Gateway payout"),
                    ("SHIFT_FLOAT", "Opening float"),
                    ("SHIFT_VARIANCE", "Difference of a count"),
                    ("HAND_OVER", "Cash handed over"),
                    ("HAND_OVER_RECEIVED", "Cash received"),
                    ("HAND_OVER_REJECTED", "Cash taken back"),
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="Shift",
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
                        choices=[
                            ("OPEN", "Open"),
                            ("COUNTED", "Waits for a supervisor"),
                            ("CLOSED", "Closed"),
                        ],
                        default="OPEN",
                        max_length=7,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                (
                    "opening_float",
                    models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=14),
                ),
                ("acceptance_reason", models.CharField(blank=True, max_length=200)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "cashier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shifts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "counted_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "drawer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="client_wallet.ledgeraccount",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "permissions": [
                    ("open_shift", "Can open, count and close a shift of their own"),
                    ("close_any_shift", "Can count and close the shift of somebody else"),
                    ("accept_variance", "Can accept what a count differs by"),
                ],
            },
        ),
        migrations.CreateModel(
            name="HandOver",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "target",
                    models.CharField(
                        choices=[
                            ("SAFE", "The safe"),
                            ("BANK", "The bank"),
                            ("CASHIER", "Another cashier"),
                        ],
                        max_length=7,
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("external_reference", models.CharField(blank=True, max_length=100)),
                ("is_at_close", models.BooleanField(default=False)),
                ("given_at", models.DateTimeField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("GIVEN", "In transit"),
                            ("RECEIVED", "Received"),
                            ("REJECTED", "Rejected"),
                        ],
                        default="GIVEN",
                        max_length=8,
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("rejection_reason", models.CharField(blank=True, max_length=200)),
                (
                    "end_entry",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ended_hand_over",
                        to="client_wallet.journalentry",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hand_over",
                        to="client_wallet.journalentry",
                    ),
                ),
                (
                    "from_cashier",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "to_cashier",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "shift",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hand_overs",
                        to="client_wallet.shift",
                    ),
                ),
            ],
            options={
                "verbose_name": "hand-over of cash",
                "verbose_name_plural": "hand-overs of cash",
                "permissions": [
                    ("give_cash", "Can hand over cash out of their own drawer"),
                    ("receive_cash", "Can receive or reject cash for the safe and the bank"),
                ],
            },
        ),
        migrations.AddField(
            model_name="journalentry",
            name="shift",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="client_wallet.shift",
            ),
        ),
        migrations.AddIndex(
            model_name="journalentry",
            index=models.Index(
                condition=models.Q(("shift__isnull", False)),
                fields=["shift"],
                name="entry_by_shift",
            ),
        ),
        migrations.AddField(
            model_name="shiftcount",
            name="counted_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="shiftcount",
            name="shift",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="counts",
                to="client_wallet.shift",
            ),
        ),
        migrations.AddField(
            model_name="shiftcountline",
            name="count",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="client_wallet.shiftcount",
            ),
        ),
        migrations.AddField(
            model_name="shiftposting",
            name="entry",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="shift_posting",
                to="client_wallet.journalentry",
            ),
        ),
        migrations.AddField(
            model_name="shiftposting",
            name="shift",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="own_postings",
                to="client_wallet.shift",
            ),
        ),
        migrations.AddField(
            model_name="zreport",
            name="shift",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="z_report",
                to="client_wallet.shift",
            ),
        ),
        migrations.AddConstraint(
            model_name="shift",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "OPEN")),
                fields=("cashier",),
                name="one_open_shift_per_cashier",
            ),
        ),
        migrations.AddConstraint(
            model_name="shift",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["OPEN", "COUNTED", "CLOSED"])),
                name="shift_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="shift",
            constraint=models.CheckConstraint(
                condition=models.Q(("opening_float__gte", 0)), name="shift_float_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="shift",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("counted_by", None), ("status", "OPEN")),
                    models.Q(
                        models.Q(("status", "OPEN"), _negated=True), ("counted_by__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="shift_is_counted_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="shift",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("closed_at__isnull", False),
                        ("closed_by__isnull", False),
                        ("status", "CLOSED"),
                    ),
                    models.Q(
                        models.Q(("status", "CLOSED"), _negated=True),
                        ("closed_at", None),
                        ("closed_by", None),
                    ),
                    _connector="OR",
                ),
                name="shift_close_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="shift",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("acceptance_reason", ""), ("accepted_by", None)),
                    models.Q(
                        ("accepted_by__isnull", False),
                        ("status", "CLOSED"),
                        models.Q(("acceptance_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="shift_acceptance_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="shift",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("accepted_by", None),
                    models.Q(
                        models.Q(("accepted_by", models.F("cashier")), _negated=True),
                        models.Q(("accepted_by", models.F("counted_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="shift_accepted_by_somebody_else",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="hand_over_above_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("target", "CASHIER"), ("to_cashier__isnull", False)),
                    models.Q(("target__in", ["SAFE", "BANK"]), ("to_cashier", None)),
                    _connector="OR",
                ),
                name="hand_over_names_its_cashier",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("to_cashier", None),
                    models.Q(("to_cashier", models.F("from_cashier")), _negated=True),
                    _connector="OR",
                ),
                name="hand_over_to_somebody_else",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("end_entry", None),
                        ("ended_at", None),
                        ("ended_by", None),
                        ("rejection_reason", ""),
                        ("status", "GIVEN"),
                    ),
                    models.Q(
                        ("end_entry__isnull", False),
                        ("ended_at__isnull", False),
                        ("ended_by__isnull", False),
                        models.Q(
                            models.Q(("rejection_reason", ""), ("status", "RECEIVED")),
                            models.Q(
                                ("status", "REJECTED"),
                                models.Q(("rejection_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="hand_over_end_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_by", None),
                    models.Q(
                        models.Q(("ended_by", models.F("given_by")), _negated=True),
                        models.Q(("ended_by", models.F("from_cashier")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="hand_over_ended_by_somebody_else",
            ),
        ),
        migrations.AddConstraint(
            model_name="shiftcount",
            constraint=models.UniqueConstraint(
                fields=("shift", "number"), name="shift_count_is_numbered_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="shiftcount",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gt", 0)), name="shift_count_number_above_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="shiftcount",
            constraint=models.CheckConstraint(
                condition=models.Q(("counted_amount__gte", 0)), name="shift_count_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="shiftcountline",
            constraint=models.UniqueConstraint(
                fields=("count", "denomination"), name="denomination_is_counted_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="shiftcountline",
            constraint=models.CheckConstraint(
                condition=models.Q(("denomination__gt", 0)), name="denomination_above_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="shiftposting",
            constraint=models.UniqueConstraint(
                fields=("shift", "purpose"), name="shift_posts_each_purpose_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="shiftposting",
            constraint=models.CheckConstraint(
                condition=models.Q(("purpose__in", ["FLOAT", "VARIANCE"])),
                name="shift_posting_purpose_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="zreport",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gt", 0)), name="z_number_above_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="zreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("entries_hash", ""), ("entry_count", 0)),
                    models.Q(("entry_count__gt", 0), models.Q(("entries_hash", ""), _negated=True)),
                    _connector="OR",
                ),
                name="z_report_hashes_its_entries",
            ),
        ),
    ]
