"""
A closed day is sealed: how many entries it had, their hash, its totals, and the seal before it.

Nothing closed a day before this: the defaults are for no row, and are not kept.
"""

from django.conf import settings
from django.db import migrations, models
from django.db.models import PROTECT


class Migration(migrations.Migration):
    dependencies = [
        ("client_wallet", "0014_newest_withdrawals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AlterModelOptions(
            name="businessdayclosure",
            options={
                "permissions": [("close_day", "Can close a business day")],
                "verbose_name": "closed day",
            },
        ),
        migrations.AddField(
            model_name="businessdayclosure",
            name="entry_count",
            field=models.PositiveBigIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="businessdayclosure",
            name="entries_hash",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="businessdayclosure",
            name="previous_seal",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="businessdayclosure",
            name="seal",
            field=models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="businessdayclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(("entries_hash", ""), ("entry_count", 0))
                | models.Q(("entry_count__gt", 0), models.Q(("entries_hash", ""), _negated=True)),
                name="closed_day_hashes_its_entries",
            ),
        ),
        migrations.CreateModel(
            name="BusinessDayTotal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("actor_name", models.CharField(max_length=150)),
                ("debits", models.DecimalField(decimal_places=2, max_digits=20)),
                ("credits", models.DecimalField(decimal_places=2, max_digits=20)),
                ("line_count", models.PositiveBigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=PROTECT,
                        related_name="+",
                        to="client_wallet.ledgeraccount",
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "closure",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=PROTECT,
                        related_name="totals",
                        to="client_wallet.businessdayclosure",
                    ),
                ),
            ],
            options={
                "verbose_name": "total of a closed day",
                "verbose_name_plural": "totals of closed days",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("closure", "kind", "account", "actor"),
                        name="closed_day_sums_up_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("credits__gte", 0), ("debits__gte", 0), ("line_count__gt", 0)
                        ),
                        name="closed_day_sums_up_lines",
                    ),
                ],
            },
        ),
    ]
