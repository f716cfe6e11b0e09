"""
Several tenders of a payment, cash rounding, what a payer pays and what is waived of an item.

A payment of which nobody pays anything settles its items all the same, without an entry.
"""

from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("client_wallet", "0018_online_payment_rules"),
        ("invoicing_app", "0016_roles_of_closed_day_reports"),
    ]

    operations = [
        migrations.CreateModel(
            name="PaymentTender",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "payment_method",
                    models.CharField(
                        choices=[
                            ("CASH", "Cash"),
                            ("CARD", "Card"),
                            ("TRANSFER", "Bank transfer"),
                            ("WALLET", "Wallet Account"),
                        ],
                        max_length=10,
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("tendered", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "change_given",
                    models.DecimalField(
                        db_default=Decimal("0.00"),
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=14,
                    ),
                ),
                ("external_reference", models.CharField(blank=True, max_length=100)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.RemoveConstraint(
            model_name="depositreceiving",
            name="payment_method_is_known",
        ),
        migrations.RemoveConstraint(
            model_name="depositreceiving",
            name="payment_above_zero",
        ),
        migrations.RemoveConstraint(
            model_name="depositreceiving",
            name="payment_is_total_plus_change",
        ),
        migrations.RemoveConstraint(
            model_name="depositreceiving",
            name="payment_change_from_cash_only",
        ),
        migrations.RemoveConstraint(
            model_name="depositreceiving",
            name="payment_names_its_wallet",
        ),
        migrations.RemoveConstraint(
            model_name="paymentline",
            name="payment_line_above_zero",
        ),
        migrations.AddField(
            model_name="billitem",
            name="waived",
            field=models.DecimalField(
                db_default=Decimal("0.00"),
                decimal_places=2,
                default=Decimal("0.00"),
                editable=False,
                max_digits=14,
            ),
        ),
        migrations.AddField(
            model_name="depositreceiving",
            name="rounding",
            field=models.DecimalField(
                db_default=Decimal("0.00"),
                decimal_places=2,
                default=Decimal("0.00"),
                editable=False,
                max_digits=14,
            ),
        ),
        migrations.AddField(
            model_name="paymentline",
            name="payer_amount",
            field=models.DecimalField(
                db_default=Decimal("0.00"), decimal_places=2, default=Decimal("0.00"), max_digits=14
            ),
        ),
        migrations.AddField(
            model_name="paymentline",
            name="waived",
            field=models.DecimalField(
                db_default=Decimal("0.00"), decimal_places=2, default=Decimal("0.00"), max_digits=14
            ),
        ),
        migrations.AlterField(
            model_name="depositreceiving",
            name="entry",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payment",
                to="client_wallet.journalentry",
            ),
        ),
        migrations.AlterField(
            model_name="depositreceiving",
            name="payment_method",
            field=models.CharField(
                choices=[
                    ("CASH", "Cash"),
                    ("CARD", "Card"),
                    ("TRANSFER", "Bank transfer"),
                    ("WALLET", "Wallet Account"),
                    ("SPLIT", "Several methods"),
                    ("NONE", "Nothing to pay"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="billitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("waived__gte", 0), ("waived__lte", models.F("line_total"))),
                name="bill_item_waives_at_most_its_total",
            ),
        ),
        migrations.AddConstraint(
            model_name="depositreceiving",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("payment_method__in", ["CASH", "CARD", "TRANSFER", "WALLET", "SPLIT", "NONE"])
                ),
                name="payment_method_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="depositreceiving",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("total_due__gt", 0), models.Q(("payment_method", "NONE"), _negated=True)
                    ),
                    models.Q(("payment_method", "NONE"), ("total_due", 0)),
                    _connector="OR",
                ),
                name="payment_above_zero_or_of_nothing",
            ),
        ),
        migrations.AddConstraint(
            model_name="depositreceiving",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "amount_paid",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("total_due"), "+", models.F("change_given")
                            ),
                            "+",
                            models.F("rounding"),
                        ),
                    )
                ),
                name="payment_is_total_plus_change",
            ),
        ),
        migrations.AddConstraint(
            model_name="depositreceiving",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("change_given", 0),
                    models.Q(("change_given__gt", 0), ("payment_method__in", ["CASH", "SPLIT"])),
                    _connector="OR",
                ),
                name="payment_change_from_cash_only",
            ),
        ),
        migrations.AddConstraint(
            model_name="depositreceiving",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("rounding", 0), ("payment_method__in", ["CASH", "SPLIT"]), _connector="OR"
                ),
                name="payment_rounded_in_cash_only",
            ),
        ),
        migrations.AddConstraint(
            model_name="depositreceiving",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("payment_method", "WALLET"), ("wallet__isnull", False)),
                    ("payment_method", "SPLIT"),
                    models.Q(
                        models.Q(("payment_method__in", ["WALLET", "SPLIT"]), _negated=True),
                        ("wallet", None),
                    ),
                    _connector="OR",
                ),
                name="payment_names_its_wallet",
            ),
        ),
        migrations.AddConstraint(
            model_name="depositreceiving",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("entry__isnull", False), ("payment_method", "NONE"), _connector="OR"
                ),
                name="payment_of_money_has_an_entry",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount__gte", 0), ("payer_amount__gte", 0), ("waived__gte", 0)
                ),
                name="payment_line_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount__gt", 0), ("payer_amount__gt", 0), ("waived__gt", 0), _connector="OR"
                ),
                name="payment_line_above_zero",
            ),
        ),
        migrations.AddField(
            model_name="paymenttender",
            name="payment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tenders",
                to="invoicing_app.depositreceiving",
            ),
        ),
        migrations.AddField(
            model_name="paymenttender",
            name="wallet",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="client_wallet.walletaccount",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymenttender",
            constraint=models.CheckConstraint(
                condition=models.Q(("payment_method__in", ["CASH", "CARD", "TRANSFER", "WALLET"])),
                name="tender_method_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymenttender",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="tender_above_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="paymenttender",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "tendered",
                        django.db.models.expressions.CombinedExpression(
                            models.F("amount"), "+", models.F("change_given")
                        ),
                    )
                ),
                name="tender_is_amount_plus_change",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymenttender",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("change_given", 0),
                    models.Q(("change_given__gt", 0), ("payment_method", "CASH")),
                    _connector="OR",
                ),
                name="tender_change_from_cash_only",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymenttender",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("payment_method", "WALLET"), ("wallet__isnull", False)),
                    models.Q(
                        models.Q(("payment_method", "WALLET"), _negated=True), ("wallet", None)
                    ),
                    _connector="OR",
                ),
                name="tender_names_its_wallet",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymenttender",
            constraint=models.UniqueConstraint(
                condition=models.Q(("payment_method__in", ["CASH", "WALLET"])),
                fields=("payment", "payment_method"),
                name="payment_has_one_tender_of_cash_and_wallet",
            ),
        ),
    ]
