"""Payers, whom they cover for what, and what they were asked for and paid."""

from decimal import Decimal

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("client_wallet", "0024_account_of_write_offs"),
        ("invoicing_app", "0022_stock_owed_to_patients"),
        ("smcapp1", "0009_one_time_codes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Payer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        help_text="Short and for good: its account is named after it.",
                        max_length=20,
                        unique=True,
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("INSURER", "Insurer"),
                            ("HMO", "HMO"),
                            ("COMPANY", "Company"),
                            ("OTHER", "Other"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(default=True, help_text="Off: pays for nothing new."),
                ),
            ],
            options={
                "permissions": [("set_payer_terms", "Can add payers and set what they cover")],
                "default_permissions": ("view",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("code__regex", "^[A-Z][A-Z0-9_]*$"),
                            models.Q(("name", ""), _negated=True),
                        ),
                        name="payer_has_code_and_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["INSURER", "HMO", "COMPANY", "OTHER"])),
                        name="payer_kind_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PatientCover",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("member_number", models.CharField(max_length=50)),
                ("valid_from", models.DateField()),
                ("valid_until", models.DateField(blank=True, null=True)),
                ("recorded_at", models.DateTimeField(editable=False)),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="covers",
                        to="smcapp1.patientprofile",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "payer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="invoicing_app.payer",
                    ),
                ),
            ],
            options={
                "verbose_name": "patient's cover",
                "verbose_name_plural": "patients' covers",
                "permissions": [("record_patientcover", "Can record and end patients' covers")],
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Cover",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("percent", models.DecimalField(decimal_places=2, max_digits=5)),
                (
                    "limit_amount",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="limit"
                    ),
                ),
                (
                    "limit_per",
                    models.CharField(
                        blank=True,
                        choices=[("VISIT", "A visit"), ("YEAR", "A calendar year")],
                        max_length=5,
                        verbose_name="limit of",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(default=True, help_text="Off: covers nothing new."),
                ),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="smcapp1.department",
                    ),
                ),
                (
                    "payer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="covers",
                        to="invoicing_app.payer",
                    ),
                ),
            ],
            options={
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="ClaimBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("period_from", models.DateField()),
                ("period_to", models.DateField()),
                ("total_amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "payer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batches",
                        to="invoicing_app.payer",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "claim batches",
                "permissions": [("make_claimbatch", "Can put claims into a batch for their payer")],
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "settled_amount",
                    models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=14),
                ),
                ("business_date", models.DateField()),
                (
                    "claimed_amount",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True),
                ),
                (
                    "consultation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="smcapp1.consultation",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="smcapp1.department",
                    ),
                ),
                (
                    "payment_line",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claim",
                        to="invoicing_app.paymentline",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="invoicing_app.claimbatch",
                    ),
                ),
                (
                    "cover",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="invoicing_app.patientcover",
                    ),
                ),
                (
                    "payer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="invoicing_app.payer",
                    ),
                ),
            ],
            options={
                "permissions": [
                    ("bill_patient_for_claim", "Can bill the patient for what a payer did not pay"),
                    ("ask_write_off", "Can ask for a claim to be written off"),
                    ("approve_write_off", "Can approve that a claim is written off"),
                ],
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Remittance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reference",
                    models.CharField(help_text="As the bank's statement shows it.", max_length=100),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("received_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="remittance",
                        to="client_wallet.journalentry",
                    ),
                ),
                (
                    "payer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="remittances",
                        to="invoicing_app.payer",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "permissions": [("record_remittance", "Can record what a payer paid")],
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="ShortPayment",
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
                            ("BILL_PATIENT", "Patient is billed"),
                            ("WRITE_OFF", "Written off"),
                        ],
                        max_length=12,
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("reason", models.CharField(max_length=200)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("REQUESTED", "Asked for"),
                            ("APPROVED", "Done"),
                            ("REJECTED", "Rejected"),
                        ],
                        max_length=10,
                    ),
                ),
                ("requested_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decision_reason", models.CharField(blank=True, max_length=200)),
                (
                    "bill_item",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="short_payment",
                        to="invoicing_app.billitem",
                    ),
                ),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="short_payments",
                        to="invoicing_app.claim",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
            ],
            options={
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="ClaimSettlement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("REMITTED", "Paid by the payer"),
                            ("BILLED_BACK", "Billed to the patient"),
                            ("WRITTEN_OFF", "Written off"),
                            ("REFUNDED", "Taken back with a refund"),
                        ],
                        max_length=11,
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlements",
                        to="invoicing_app.claim",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claim_settlements",
                        to="client_wallet.journalentry",
                    ),
                ),
                (
                    "remittance",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="invoicing_app.remittance",
                    ),
                ),
                (
                    "short_payment",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlement",
                        to="invoicing_app.shortpayment",
                    ),
                ),
            ],
            options={
                "default_permissions": ("view",),
            },
        ),
        migrations.AddConstraint(
            model_name="patientcover",
            constraint=models.CheckConstraint(
                condition=models.Q(("member_number", ""), _negated=True),
                name="patient_cover_has_a_member_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="patientcover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until", None),
                    (
                        "valid_until__gte",
                        models.ExpressionWrapper(
                            django.db.models.expressions.CombinedExpression(
                                models.F("valid_from"), "-", models.Value(1)
                            ),
                            output_field=models.DateField(),
                        ),
                    ),
                    _connector="OR",
                ),
                name="patient_cover_ends_after_it_began",
            ),
        ),
        migrations.AddConstraint(
            model_name="cover",
            constraint=models.CheckConstraint(
                condition=models.Q(("percent__gt", 0), ("percent__lte", 100)),
                name="cover_percentage",
            ),
        ),
        migrations.AddConstraint(
            model_name="cover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("limit_amount", None), ("limit_per", "")),
                    models.Q(
                        ("limit_amount__gt", 0),
                        ("limit_amount__isnull", False),
                        ("limit_per__in", ["VISIT", "YEAR"]),
                    ),
                    _connector="OR",
                ),
                name="cover_limit_says_of_what",
            ),
        ),
        migrations.AddConstraint(
            model_name="cover",
            constraint=models.UniqueConstraint(
                fields=("payer", "department"), name="cover_is_one_per_department"
            ),
        ),
        migrations.AddConstraint(
            model_name="claimbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("period_to__gte", models.F("period_from"))),
                name="claim_batch_is_of_a_period",
            ),
        ),
        migrations.AddConstraint(
            model_name="claimbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gt", 0), ("total_amount__gt", 0)),
                name="claim_batch_above_zero",
            ),
        ),
        migrations.AddConstraint(
            model_name="claimbatch",
            constraint=models.UniqueConstraint(
                fields=("payer", "number"), name="claim_batch_is_numbered_once"
            ),
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(
                condition=models.Q(("batch", None)),
                fields=["payer", "business_date"],
                name="claim_not_in_a_batch",
            ),
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(
                condition=models.Q(("settled_amount__lt", models.F("amount"))),
                fields=["payer", "business_date", "id"],
                name="claim_not_settled",
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="claim_above_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("settled_amount__gte", 0), ("settled_amount__lte", models.F("amount"))
                ),
                name="claim_is_never_settled_for_more",
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("batch", None), ("claimed_amount", None)),
                    models.Q(
                        ("batch__isnull", False),
                        ("claimed_amount__isnull", False),
                        ("claimed_amount__gt", 0),
                        ("claimed_amount__lte", models.F("amount")),
                    ),
                    _connector="OR",
                ),
                name="claim_of_a_batch_says_how_much",
            ),
        ),
        migrations.AddConstraint(
            model_name="remittance",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0), models.Q(("reference", ""), _negated=True)),
                name="remittance_above_zero",
            ),
        ),
        migrations.AddConstraint(
            model_name="remittance",
            constraint=models.UniqueConstraint(
                fields=("payer", "reference"), name="remittance_is_recorded_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="shortpayment",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0), models.Q(("reason", ""), _negated=True)),
                name="short_payment_has_amount_and_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="shortpayment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("bill_item__isnull", False),
                        ("decided_at", None),
                        ("decided_by", None),
                        ("decision_reason", ""),
                        ("outcome", "BILL_PATIENT"),
                        ("status", "APPROVED"),
                    ),
                    models.Q(("bill_item", None), ("outcome", "WRITE_OFF")),
                    _connector="OR",
                ),
                name="short_payment_billed_has_its_item",
            ),
        ),
        migrations.AddConstraint(
            model_name="shortpayment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("outcome", "BILL_PATIENT"),
                    models.Q(
                        ("decided_at", None),
                        ("decided_by", None),
                        ("decision_reason", ""),
                        ("status", "REQUESTED"),
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("status", "APPROVED"),
                        ("decision_reason", ""),
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("status", "REJECTED"),
                        models.Q(("decision_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="write_off_is_decided_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="shortpayment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None),
                    models.Q(("decided_by", models.F("requested_by")), _negated=True),
                    _connector="OR",
                ),
                name="write_off_is_decided_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="shortpayment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "REQUESTED")),
                fields=("claim",),
                name="write_off_is_asked_for_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="claimsettlement",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="claim_settlement_above_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="claimsettlement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "REMITTED"), ("remittance__isnull", False), ("short_payment", None)
                    ),
                    models.Q(
                        ("kind__in", ["BILLED_BACK", "WRITTEN_OFF"]),
                        ("remittance", None),
                        ("short_payment__isnull", False),
                    ),
                    models.Q(("kind", "REFUNDED"), ("remittance", None), ("short_payment", None)),
                    _connector="OR",
                ),
                name="claim_settlement_names_its_cause",
            ),
        ),
        migrations.AddConstraint(
            model_name="claimsettlement",
            constraint=models.UniqueConstraint(
                fields=("remittance", "claim"), name="claim_is_allocated_once_per_remittance"
            ),
        ),
    ]
