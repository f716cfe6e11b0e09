"""Stock that waits to be handed out is found at once, however much was handed out before."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing_app", "0005_roles_of_receipts"),
    ]

    operations = [
        migrations.AddField(
            model_name="dispensedstock",
            name="hand_out",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="dispensed",
                to="invoicing_app.drughandout",
            ),
        ),
        migrations.AddIndex(
            model_name="dispensedstock",
            index=models.Index(
                condition=models.Q(("hand_out", None)),
                fields=["bill_item"],
                name="dispensed_not_handed_out",
            ),
        ),
    ]
