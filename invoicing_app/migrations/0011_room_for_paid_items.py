"""
A page of bill items has room for their paid versions beside the unpaid ones.

They then need no new entries in any index (a heap-only update), unless a lab result is linked.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("invoicing_app", "0010_fewer_indexes")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE invoicing_app_billitem SET (fillfactor = 50)",
            "ALTER TABLE invoicing_app_billitem RESET (fillfactor)",
        )
    ]
