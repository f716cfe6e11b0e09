"""A trigger function for tables whose rows are never changed: it refuses, whoever asks."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON core_idempotencykey
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
ALTER TABLE core_idempotencykey ENABLE ALWAYS TRIGGER append_only;
"""
BACKWARDS = """
DROP TRIGGER append_only ON core_idempotencykey;
DROP FUNCTION core_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0002_unlogged_counters")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
