"""The database refuses every change of a closed day and of its totals."""

from django.db import migrations

TABLES = ("client_wallet_businessdayclosure", "client_wallet_businessdaytotal")


def append_only(table):
    return f"""
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
        ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only;
        """


class Migration(migrations.Migration):
    dependencies = [("client_wallet", "0015_day_seals"), ("core", "0003_append_only")]
    operations = [
        migrations.RunSQL(append_only(table), f"DROP TRIGGER append_only ON {table}")
        for table in TABLES
    ]
