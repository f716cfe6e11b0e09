"""The report of a day is stored when the day is closed, and the database refuses every change."""

import django.db.models.deletion
from django.db import migrations, models

FORWARDS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON invoicing_app_closeddayreport
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
ALTER TABLE invoicing_app_closeddayreport ENABLE ALWAYS TRIGGER append_only;
"""
BACKWARDS = "DROP TRIGGER append_only ON invoicing_app_closeddayreport"


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing_app", "0014_roles_of_online_payments"),
        ("client_wallet", "0016_seals_stay"),
        ("core", "0003_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClosedDayReport",
            fields=[
                (
                    "closure",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="report",
                        serialize=False,
                        to="client_wallet.businessdayclosure",
                    ),
                ),
                ("files", models.JSONField()),
                ("files_hash", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "report of a closed day",
                "verbose_name_plural": "reports of closed days",
                "default_permissions": ("view",),
            },
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
