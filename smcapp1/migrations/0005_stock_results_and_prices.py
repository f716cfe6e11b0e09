"""
What the pharmacy, the laboratory and the catalogue keep: when a drug is low, why stock was written
off, who released a result and who set a price. A released result never changes.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARDS = """
CREATE TRIGGER released_is_final BEFORE UPDATE OR DELETE ON smcapp1_labresult
    FOR EACH ROW WHEN (OLD.status = 'RELEASED') EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON smcapp1_labresult
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
ALTER TABLE smcapp1_labresult ENABLE ALWAYS TRIGGER released_is_final;
ALTER TABLE smcapp1_labresult ENABLE ALWAYS TRIGGER not_emptied;
"""
BACKWARDS = """
DROP TRIGGER released_is_final ON smcapp1_labresult;
DROP TRIGGER not_emptied ON smcapp1_labresult;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("smcapp1", "0004_department_kind_is_known"),
        ("core", "0003_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="labresult",
            options={"permissions": [("release_labresult", "Can release a result")]},
        ),
        migrations.AlterModelOptions(
            name="serviceitem",
            options={
                "permissions": [("set_reorder_level", "Can set at which stock a drug is low")],
                "verbose_name": "catalogue item",
            },
        ),
        migrations.AlterModelOptions(
            name="stockbatch",
            options={
                "permissions": [("write_off_stock", "Can write off stock")],
                "verbose_name_plural": "stock batches",
            },
        ),
        migrations.AddField(
            model_name="labresult",
            name="released_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="labresult",
            name="released_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="price",
            name="set_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="price",
            name="set_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="serviceitem",
            name="reorder_level",
            field=models.PositiveIntegerField(
                default=0,
                help_text="At so many unexpired ones in stock, or fewer, a drug is low. 0: not watched.",
            ),
        ),
        migrations.AddIndex(
            model_name="labresult",
            index=models.Index(
                condition=models.Q(("status", "RELEASED"), _negated=True),
                fields=["id"],
                name="lab_result_in_progress",
            ),
        ),
        migrations.AddIndex(
            model_name="stockbatch",
            index=models.Index(fields=["expires_on"], name="stock_by_expiry"),
        ),
        migrations.AddConstraint(
            model_name="labresult",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("released_at__isnull", False),
                        ("released_by__isnull", False),
                        ("status", "RELEASED"),
                    ),
                    models.Q(
                        models.Q(("status", "RELEASED"), _negated=True),
                        ("released_at", None),
                        ("released_by", None),
                    ),
                    _connector="OR",
                ),
                name="a_released_result_has_releaser_and_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="price",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("set_at", None), ("set_by", None)),
                    models.Q(("set_at__isnull", False), ("set_by__isnull", False)),
                    _connector="OR",
                ),
                name="price_has_author_and_time_or_neither",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockmovement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "WRITTEN_OFF"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="write_off_has_a_reason",
            ),
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
