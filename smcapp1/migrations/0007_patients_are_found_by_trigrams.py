"""An index for the desk's search, where the database has the trusted extension pg_trgm."""

from django.db import migrations

# Without the extension, or the right to create it, the search reads every patient: slower, the same.
MAKE = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') THEN
        RAISE NOTICE 'no pg_trgm: patients are searched without an index';
        RETURN;
    END IF;
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX patient_by_trigrams ON smcapp1_patientprofile USING gin (
        upper(first_name::text) gin_trgm_ops,
        upper(last_name::text) gin_trgm_ops,
        upper(phone::text) gin_trgm_ops,
        translate(phone::text, ' +-()./', '') gin_trgm_ops,
        upper(hospital_number::text) gin_trgm_ops,
        (hospital_number::text) gin_trgm_ops
    );
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'pg_trgm may not be created: patients are searched without an index';
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("smcapp1", "0006_changes_are_recorded")]
    operations = [migrations.RunSQL(MAKE, "DROP INDEX IF EXISTS patient_by_trigrams")]
