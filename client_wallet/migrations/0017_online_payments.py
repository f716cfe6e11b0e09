"""Online payments, what gateways said of them and paid out, and deposits made of them."""

import uuid
from decimal import Decimal

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("client_wallet", "0016_seals_stay"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="GatewayEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("gateway", models.CharField(max_length=20)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("WEBHOOK", "The gateway called"),
                            ("LOOKUP", "The gateway was asked"),
                        ],
                        max_length=7,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PAID", "Paid"),
                            ("PENDING", "Not yet paid"),
                            ("FAILED", "Not paid"),
                        ],
                        max_length=7,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("NOTED", "Noted"),
                            ("CREDITED", "Credited"),
                            ("AMOUNT_DIFFERS", "Another amount than was asked for"),
                            ("CURRENCY_DIFFERS", "Another currency than was asked for"),
                            ("WALLET_CLOSED", "The wallet is closed"),
                            ("BALANCE_LIMIT", "The wallet cannot hold that much"),
                            ("PAID_AGAIN", "Paid a second time"),
                            ("UNKNOWN_PAYMENT", "Nobody asked for this payment"),
                        ],
                        max_length=16,
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=100)),
                ("gateway_reference", models.CharField(blank=True, max_length=100)),
                ("payment_reference", models.CharField(blank=True, max_length=100)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("said", models.CharField(max_length=64)),
                ("received_at", models.DateTimeField()),
            ],
            options={
                "permissions": [
                    (
                        "review_gatewayevent",
                        "Can look into what a gateway said and was not credited",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GatewayPayout",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("gateway", models.CharField(max_length=20)),
                ("reference", models.CharField(max_length=100)),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2, max_digits=14, verbose_name="received at the bank"
                    ),
                ),
                (
                    "fee_amount",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0.00"), max_digits=14, verbose_name="fee"
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "permissions": [("record_gatewaypayout", "Can record a payout of a gateway")],
            },
        ),
        migrations.CreateModel(
            name="GatewayReview",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("evidence", models.CharField(max_length=300)),
                ("decided_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="OnlinePayment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("currency", models.CharField(max_length=3)),
                ("gateway", models.CharField(max_length=20)),
                ("reference", models.CharField(max_length=40, unique=True)),
                ("gateway_reference", models.CharField(blank=True, max_length=100)),
                ("checkout_url", models.CharField(blank=True, max_length=500)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("STARTED", "Started"),
                            ("PENDING", "Waiting for the payment"),
                            ("CREDITED", "In the wallet"),
                            ("FAILED", "Not paid"),
                        ],
                        default="STARTED",
                        max_length=10,
                    ),
                ),
                ("failure_code", models.CharField(blank=True, max_length=40)),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("asks", models.PositiveIntegerField(default=0)),
                ("next_ask_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="walletdeposit",
            name="deposit_method_is_known",
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
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="walletdeposit",
            name="payment_method",
            field=models.CharField(
                choices=[
                    ("CASH", "Cash"),
                    ("CARD", "Card"),
                    ("TRANSFER", "Bank transfer"),
                    ("ONLINE", "Online payment"),
                ],
                default="CASH",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="walletdeposit",
            constraint=models.CheckConstraint(
                condition=models.Q(("payment_method__in", ["CASH", "CARD", "TRANSFER", "ONLINE"])),
                name="deposit_method_is_known",
            ),
        ),
        migrations.AddField(
            model_name="gatewaypayout",
            name="entry",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="gateway_payout",
                to="client_wallet.journalentry",
            ),
        ),
        migrations.AddField(
            model_name="gatewaypayout",
            name="recorded_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="gatewayreview",
            name="decided_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="gatewayreview",
            name="event",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="review",
                to="client_wallet.gatewayevent",
            ),
        ),
        migrations.AddField(
            model_name="onlinepayment",
            name="deposit",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="online_payment",
                to="client_wallet.walletdeposit",
            ),
        ),
        migrations.AddField(
            model_name="onlinepayment",
            name="requested_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="onlinepayment",
            name="wallet",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="online_payments",
                to="client_wallet.walletaccount",
            ),
        ),
        migrations.AddField(
            model_name="gatewayevent",
            name="payment",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="client_wallet.onlinepayment",
            ),
        ),
        migrations.AddConstraint(
            model_name="gatewaypayout",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0), ("fee_amount__gte", 0)),
                name="gateway_payout_above_zero",
            ),
        ),
        migrations.AddConstraint(
            model_name="gatewaypayout",
            constraint=models.UniqueConstraint(
                fields=("gateway", "reference"), name="gateway_payout_is_recorded_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="gatewayreview",
            constraint=models.CheckConstraint(
                condition=models.Q(("evidence", ""), _negated=True),
                name="gateway_review_says_what_was_found",
            ),
        ),
        migrations.AddIndex(
            model_name="onlinepayment",
            index=models.Index(
                condition=models.Q(("next_ask_at__isnull", False)),
                fields=["next_ask_at", "id"],
                name="online_payment_due",
            ),
        ),
        migrations.AddIndex(
            model_name="onlinepayment",
            index=models.Index(
                fields=["wallet", "-created_at", "-id"], name="online_payment_of_wallet"
            ),
        ),
        migrations.AddIndex(
            model_name="onlinepayment",
            index=models.Index(fields=["-created_at", "-id"], name="online_payment_newest"),
        ),
        migrations.AddConstraint(
            model_name="onlinepayment",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="online_payment_above_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="onlinepayment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("deposit", None), ("status__in", ["STARTED", "PENDING", "FAILED"])),
                    models.Q(("deposit__isnull", False), ("status", "CREDITED")),
                    _connector="OR",
                ),
                name="online_payment_is_credited_by_a_deposit",
            ),
        ),
        migrations.AddConstraint(
            model_name="onlinepayment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("gateway_reference", ""), _negated=True),
                fields=("gateway", "gateway_reference"),
                name="gateway_reference_is_used_once",
            ),
        ),
        migrations.AddIndex(
            model_name="gatewayevent",
            index=models.Index(fields=["outcome", "id"], name="gateway_event_by_outcome"),
        ),
        migrations.AddConstraint(
            model_name="gatewayevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("source__in", ["WEBHOOK", "LOOKUP"])),
                name="gateway_source_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="gatewayevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["PAID", "PENDING", "FAILED"])),
                name="gateway_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="gatewayevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("payment__isnull", False), ("outcome", "UNKNOWN_PAYMENT"), _connector="OR"
                ),
                name="gateway_event_has_its_payment",
            ),
        ),
        migrations.AddConstraint(
            model_name="gatewayevent",
            constraint=models.UniqueConstraint(
                fields=("gateway", "said", "outcome"), name="gateway_event_is_written_once"
            ),
        ),
    ]
