"""Printed receipts: every copy has a number, a random token, an author and a time, for good."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

_128_BITS = r"^[A-Za-z0-9_-]{22}$"
FORWARDS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON client_wallet_receiptprint
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
ALTER TABLE client_wallet_receiptprint ENABLE ALWAYS TRIGGER append_only;
"""
BACKWARDS = "DROP TRIGGER append_only ON client_wallet_receiptprint;"


class Migration(migrations.Migration):
    dependencies = [
        ("client_wallet", "0006_wallet_lines_are_whole"),
        ("core", "0003_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Receipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("last_copy", models.PositiveIntegerField(default=0)),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipt",
                        to="client_wallet.journalentry",
                    ),
                ),
            ],
            options={"permissions": [("print_receipt", "Can print a receipt")]},
        ),
        migrations.CreateModel(
            name="ReceiptPrint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("copy_number", models.PositiveIntegerField()),
                ("token", models.CharField(max_length=22, unique=True)),
                ("printed_at", models.DateTimeField()),
                (
                    "printed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prints",
                        to="client_wallet.receipt",
                    ),
                ),
            ],
            options={
                "verbose_name": "printed receipt",
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(copy_number__gt=0), name="receipt_copy_above_zero"
                    ),
                    models.CheckConstraint(
                        condition=Q(token__regex=_128_BITS),
                        name="receipt_token_is_whole",
                    ),
                    models.UniqueConstraint(
                        fields=["receipt", "copy_number"], name="receipt_copy_is_printed_once"
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
