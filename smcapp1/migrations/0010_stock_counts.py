"""
Stock is counted blind, and a difference moves stock when somebody else approved it.

What was counted, and what was decided, never changes.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARDS = """
CREATE TRIGGER decided_is_final BEFORE UPDATE ON smcapp1_stockcount
    FOR EACH ROW WHEN (
        OLD.status IN ('APPROVED', 'REJECTED') OR OLD.status = 'COUNTED' AND NEW.status = 'OPEN'
        OR OLD.counted_by_id IS NOT NULL
            AND (NEW.counted_by_id, NEW.counted_at) IS DISTINCT FROM (OLD.counted_by_id, OLD.counted_at))
    EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER counted_is_final BEFORE UPDATE ON smcapp1_stockcountline
    FOR EACH ROW WHEN (
        OLD.is_decided
        OR OLD.counted IS NOT NULL
            AND (NEW.counted, NEW.expected) IS DISTINCT FROM (OLD.counted, OLD.expected))
    EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER never_removed BEFORE DELETE OR TRUNCATE ON smcapp1_stockcount
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER never_removed BEFORE DELETE OR TRUNCATE ON smcapp1_stockcountline
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
ALTER TABLE smcapp1_stockcount ENABLE ALWAYS TRIGGER decided_is_final;
ALTER TABLE smcapp1_stockcount ENABLE ALWAYS TRIGGER never_removed;
ALTER TABLE smcapp1_stockcountline ENABLE ALWAYS TRIGGER counted_is_final;
ALTER TABLE smcapp1_stockcountline ENABLE ALWAYS TRIGGER never_removed;
"""
BACKWARDS = """
DROP TRIGGER never_removed ON smcapp1_stockcountline;
DROP TRIGGER counted_is_final ON smcapp1_stockcountline;
DROP TRIGGER never_removed ON smcapp1_stockcount;
DROP TRIGGER decided_is_final ON smcapp1_stockcount;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("smcapp1", "0009_one_time_codes"),
        ("core", "0003_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StockCount",
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
                            ("OPEN", "Being counted"),
                            ("COUNTED", "Waiting for approval"),
                            ("APPROVED", "Approved"),
                            ("REJECTED", "Rejected"),
                        ],
                        default="OPEN",
                        max_length=10,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("counted_at", models.DateTimeField(blank=True, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("reject_reason", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "verbose_name": "stock count",
                "permissions": [
                    ("count_stock", "Can count stock"),
                    ("approve_stockcount", "Can approve a stock count"),
                ],
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="StockCountLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("counted", models.PositiveIntegerField(blank=True, null=True)),
                ("expected", models.PositiveIntegerField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("is_decided", models.BooleanField(default=False)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.RemoveConstraint(
            model_name="stockmovement",
            name="movement_kind_is_known",
        ),
        migrations.RemoveConstraint(
            model_name="stockmovement",
            name="movement_into_stock_leaves_at_least_itself",
        ),
        migrations.AlterField(
            model_name="stockmovement",
            name="kind",
            field=models.CharField(
                choices=[
                    ("RECEIVED", "Received"),
                    ("DISPENSED", "Dispensed"),
                    ("RETURNED", "Returned"),
                    ("WRITTEN_OFF", "Written off"),
                    ("FOUND", "Found at a count"),
                    ("MISSING", "Missing at a count"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="stockmovement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ["RECEIVED", "DISPENSED", "RETURNED", "WRITTEN_OFF", "FOUND", "MISSING"],
                    )
                ),
                name="movement_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockmovement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["DISPENSED", "WRITTEN_OFF", "MISSING"]),
                    ("quantity_after__gte", models.F("quantity")),
                    _connector="OR",
                ),
                name="movement_into_stock_leaves_at_least_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockmovement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["FOUND", "MISSING"]), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="counted_difference_has_a_reason",
            ),
        ),
        migrations.AddField(
            model_name="stockcount",
            name="counted_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="stockcount",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="stockcount",
            name="department",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="smcapp1.department",
            ),
        ),
        migrations.AddField(
            model_name="stockcount",
            name="opened_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="stockcountline",
            name="batch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="count_lines",
                to="smcapp1.stockbatch",
            ),
        ),
        migrations.AddField(
            model_name="stockcountline",
            name="count",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="smcapp1.stockcount",
            ),
        ),
        migrations.AddField(
            model_name="stockcountline",
            name="movement",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="count_line",
                to="smcapp1.stockmovement",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockcount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("counted_at", None), ("counted_by", None), ("status", "OPEN")),
                    models.Q(("counted_at", None), ("counted_by", None), ("status", "REJECTED")),
                    models.Q(
                        ("status__in", ["COUNTED", "APPROVED", "REJECTED"]),
                        ("counted_at__isnull", False),
                        ("counted_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="stock_count_is_counted_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockcount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at", None),
                        ("decided_by", None),
                        ("status__in", ["OPEN", "COUNTED"]),
                    ),
                    models.Q(
                        ("status__in", ["APPROVED", "REJECTED"]),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="stock_count_is_decided_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockcount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "APPROVED"), _negated=True),
                    models.Q(
                        models.Q(("decided_by", models.F("counted_by")), _negated=True),
                        models.Q(("decided_by", models.F("opened_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="stock_count_approved_by_somebody_else",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockcount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("status", "REJECTED"), models.Q(("reject_reason", ""), _negated=True)
                    ),
                    models.Q(
                        models.Q(("status", "REJECTED"), _negated=True), ("reject_reason", "")
                    ),
                    _connector="OR",
                ),
                name="stock_count_rejected_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockcountline",
            constraint=models.UniqueConstraint(
                fields=("count", "batch"), name="stock_count_has_a_batch_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="stockcountline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_decided", False)),
                fields=("batch",),
                name="batch_is_in_one_count_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockcountline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("counted", None), ("expected", None)),
                    models.Q(("counted__isnull", False), ("expected__isnull", False)),
                    _connector="OR",
                ),
                name="stock_count_line_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockcountline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("movement", None),
                    models.Q(
                        ("is_decided", True),
                        models.Q(("counted", models.F("expected")), _negated=True),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="stock_count_moves_a_difference_with_a_reason",
            ),
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
