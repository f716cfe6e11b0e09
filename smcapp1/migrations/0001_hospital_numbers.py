"""Hospital numbers are issued by the database."""

from django.db import migrations

FORWARDS = """
CREATE SEQUENCE smcapp1_hospital_number;
CREATE FUNCTION smcapp1_next_hospital_number() RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT 'HN' || lpad(drawn.number, greatest(7, length(drawn.number)), '0')
      FROM (SELECT nextval('smcapp1_hospital_number')::text AS number) AS drawn
$$;
"""
BACKWARDS = """
DROP FUNCTION smcapp1_next_hospital_number();
DROP SEQUENCE smcapp1_hospital_number;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
