"""
Indexes go that no query needs, or whose column leads another: each costs every payment.

Django would make the foreign keys anew to drop their indexes, and as deferrable ones.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARDS = """
DROP INDEX smcapp1_labresult_consultation_id_a2ae0b9e;
DROP INDEX smcapp1_labresult_released_by_id_a00db0b9;
DROP INDEX smcapp1_labresult_resulted_by_id_80f33efa;
DROP INDEX smcapp1_labresult_test_id_686f6ffc;
DROP INDEX smcapp1_stockbatch_service_item_id_4622b6ff;
DROP INDEX smcapp1_stockmovement_batch_id_09d8fa68;
DROP INDEX smcapp1_stockmovement_moved_by_id_cf7bb7bc;
"""
BACKWARDS = """
CREATE INDEX smcapp1_labresult_consultation_id_a2ae0b9e
    ON smcapp1_labresult (consultation_id);
CREATE INDEX smcapp1_labresult_released_by_id_a00db0b9
    ON smcapp1_labresult (released_by_id);
CREATE INDEX smcapp1_labresult_resulted_by_id_80f33efa
    ON smcapp1_labresult (resulted_by_id);
CREATE INDEX smcapp1_labresult_test_id_686f6ffc
    ON smcapp1_labresult (test_id);
CREATE INDEX smcapp1_stockbatch_service_item_id_4622b6ff
    ON smcapp1_stockbatch (service_item_id);
CREATE INDEX smcapp1_stockmovement_batch_id_09d8fa68
    ON smcapp1_stockmovement (batch_id);
CREATE INDEX smcapp1_stockmovement_moved_by_id_cf7bb7bc
    ON smcapp1_stockmovement (moved_by_id);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("smcapp1", "0007_patients_are_found_by_trigrams"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(FORWARDS, BACKWARDS)],
            [
                migrations.AlterField(
                    model_name="labresult",
                    name="consultation",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lab_results",
                        to="smcapp1.consultation",
                    ),
                ),
                migrations.AlterField(
                    model_name="labresult",
                    name="released_by",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="labresult",
                    name="resulted_by",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="labresult",
                    name="test",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="smcapp1.serviceitem",
                    ),
                ),
                migrations.AlterField(
                    model_name="stockbatch",
                    name="service_item",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batches",
                        to="smcapp1.serviceitem",
                    ),
                ),
                migrations.AlterField(
                    model_name="stockmovement",
                    name="batch",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="smcapp1.stockbatch",
                    ),
                ),
                migrations.AlterField(
                    model_name="stockmovement",
                    name="moved_by",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
    ]
