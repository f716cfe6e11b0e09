"""
Records whose id is not a number can be audited, too: a change keeps the id as text.

Undone only while no change of such a record was recorded.
"""

from django.db import migrations, models

FUNCTION = """
DROP FUNCTION core_change_of(text, jsonb, jsonb, text[]);
CREATE FUNCTION core_change_of(record text, was jsonb, is_now jsonb, arguments text[])
RETURNS TABLE (kind text, record_id {type}, before jsonb, after jsonb, subjects text[])
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN old IS NULL THEN 'ADDED' WHEN new IS NULL THEN 'REMOVED' ELSE 'CHANGED' END,
           (coalesce(new, old) ->> 'id')::{type},
           differing.columns,
           new - hidden - ignored,
           ARRAY[record || ':' || (coalesce(new, old) ->> 'id')] || ARRAY(
               SELECT DISTINCT split_part(link, '>', 2) || ':' || (side ->> split_part(link, '>', 1))
                 FROM unnest(links) link, unnest(ARRAY[old, new]) side
                WHERE side ->> split_part(link, '>', 1) IS NOT NULL)
      FROM (SELECT was AS old, is_now AS new, string_to_array(arguments[0], ' ') AS links,
                   string_to_array(arguments[1], ' ') AS hidden,
                   string_to_array(arguments[2], ' ') AS ignored
            OFFSET 0) given,  -- once for each row, not for each mention
           LATERAL (
               SELECT jsonb_object_agg(key, CASE WHEN key = ANY (hidden) THEN 'null' ELSE value END)
                      AS columns
                 FROM jsonb_each(old)
                WHERE new IS NULL OR (value IS DISTINCT FROM new -> key AND key <> ALL (ignored))
           ) differing
     WHERE old IS NULL OR new IS NULL OR differing.columns IS NOT NULL
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0007_readers_of_changes")]
    operations = [
        migrations.AlterField("change", "record_id", models.CharField(max_length=36)),
        migrations.RunSQL(FUNCTION.format(type="text"), FUNCTION.format(type="bigint")),
    ]
