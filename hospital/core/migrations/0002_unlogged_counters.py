"""Counters of requests need not survive a crash, and cost no wait for the disk."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0001_users_keys_counters")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE core_requestcount SET UNLOGGED", "ALTER TABLE core_requestcount SET LOGGED"
        )
    ]
