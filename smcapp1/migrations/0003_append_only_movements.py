"""Stock movements are never changed."""

from django.db import migrations

FORWARDS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON smcapp1_stockmovement
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
ALTER TABLE smcapp1_stockmovement ENABLE ALWAYS TRIGGER append_only;
"""
BACKWARDS = "DROP TRIGGER append_only ON smcapp1_stockmovement;"


class Migration(migrations.Migration):
    dependencies = [("smcapp1", "0002_records"), ("core", "0003_append_only")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
