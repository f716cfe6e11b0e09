"""
The constraint of a key is led by its actor: no second index for that.

Django would make the foreign keys anew to drop their indexes, and as deferrable ones.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARDS = """
DROP INDEX core_idempotencykey_actor_id_3d5c5e84;
"""
BACKWARDS = """
CREATE INDEX core_idempotencykey_actor_id_3d5c5e84
    ON core_idempotencykey (actor_id);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0008_records_of_any_id"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(FORWARDS, BACKWARDS)],
            [
                migrations.AlterField(
                    model_name="idempotencykey",
                    name="actor",
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
