"""
The triggers that record changes: of users, roles, and who holds which.

``core_audit(table, links, hidden, ignored)`` lets a table's changes be recorded, by row or in bulk,
whoever makes them. Links are written ``column>table`` and name the records that a change concerns
too; the values of hidden columns are not kept; a change of ignored columns alone is not recorded.

The function that writes is the owner's (SECURITY DEFINER): the application's role may add no row
itself, cannot put the function on a table of its own, and cannot show it tables of the same names.
Who acts stands in a comment before the statement (``hospital/core/audit/marks.py``); it is not
believed of a role that could rewrite the record.
"""

from django.db import migrations

FORWARDS = r"""
CREATE FUNCTION core_change_of(record text, was jsonb, is_now jsonb, arguments text[])
RETURNS TABLE (kind text, record_id bigint, before jsonb, after jsonb, subjects text[])
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN old IS NULL THEN 'ADDED' WHEN new IS NULL THEN 'REMOVED' ELSE 'CHANGED' END,
           (coalesce(new, old) ->> 'id')::bigint,
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

CREATE FUNCTION core_record_change() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET jit = off AS $$
DECLARE
    mark CONSTANT text[] :=
        regexp_match(left(current_query(), 200), '^/\*by:(\d{0,18}) via:([\w:. -]*)\*/');
    actor CONSTANT bigint := CASE WHEN NOT has_table_privilege(session_user, 'core_change', 'UPDATE')
                                  THEN nullif(mark[1], '')::bigint END;
    via CONSTANT text := left(coalesce(mark[2], ''), 100);
    taken CONSTANT text := nullif(current_setting('role'), 'none');
    by_role CONSTANT text := session_user || coalesce(' as ' || nullif(taken, session_user), '');
    program CONSTANT text := current_setting('application_name');
BEGIN
    IF TG_LEVEL = 'ROW' THEN
        INSERT INTO core_change (changed_at, record, kind, record_id, before, after, subjects,
                                 actor_id, via, database_role, program)
        SELECT clock_timestamp(), TG_TABLE_NAME, change.*, actor, via, by_role, program
          FROM core_change_of(TG_TABLE_NAME, to_jsonb(OLD), to_jsonb(NEW), TG_ARGV) change;
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO core_change (changed_at, record, kind, record_id, before, after, subjects,
                                 actor_id, via, database_role, program)
        SELECT clock_timestamp(), TG_TABLE_NAME, change.*, actor, via, by_role, program
          FROM new_rows, core_change_of(TG_TABLE_NAME, NULL, to_jsonb(new_rows), TG_ARGV) change;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO core_change (changed_at, record, kind, record_id, before, after, subjects,
                                 actor_id, via, database_role, program)
        SELECT clock_timestamp(), TG_TABLE_NAME, change.*, actor, via, by_role, program
          FROM old_rows, core_change_of(TG_TABLE_NAME, to_jsonb(old_rows), NULL, TG_ARGV) change;
    ELSE  -- a row whose id was changed is one that went, and one that came
        INSERT INTO core_change (changed_at, record, kind, record_id, before, after, subjects,
                                 actor_id, via, database_role, program)
        SELECT clock_timestamp(), TG_TABLE_NAME, change.*, actor, via, by_role, program
          FROM old_rows FULL JOIN new_rows ON old_rows.id = new_rows.id,
               core_change_of(TG_TABLE_NAME, to_jsonb(old_rows), to_jsonb(new_rows), TG_ARGV) change;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION core_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'changes of % are recorded: TRUNCATE refused', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION core_audit(audited regclass, links text = '', hidden text = '', ignored text = '')
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    records CONSTANT text :=
        format('EXECUTE FUNCTION core_record_change(%L, %L, %L)', links, hidden, ignored);
BEGIN
    EXECUTE format('CREATE TRIGGER records_insert AFTER INSERT ON %s'
                   ' REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT %s', audited, records);
    EXECUTE format('CREATE TRIGGER records_update AFTER UPDATE ON %s REFERENCING OLD TABLE AS'
                   ' old_rows NEW TABLE AS new_rows FOR EACH STATEMENT %s', audited, records);
    EXECUTE format('CREATE TRIGGER records_delete AFTER DELETE ON %s'
                   ' REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT %s', audited, records);
    EXECUTE format('CREATE TRIGGER records_not_truncated BEFORE TRUNCATE ON %s'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate()', audited);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER records_insert,'
                   ' ENABLE ALWAYS TRIGGER records_update, ENABLE ALWAYS TRIGGER records_delete,'
                   ' ENABLE ALWAYS TRIGGER records_not_truncated', audited);
END $$;

CREATE FUNCTION core_stop_audit(audited regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('DROP TRIGGER records_insert ON %s', audited);
    EXECUTE format('DROP TRIGGER records_update ON %s', audited);
    EXECUTE format('DROP TRIGGER records_delete ON %s', audited);
    EXECUTE format('DROP TRIGGER records_not_truncated ON %s', audited);
END $$;

-- Whoever could put it on a table of their own could write a history that never was.
REVOKE EXECUTE ON FUNCTION core_record_change() FROM PUBLIC;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON core_change
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
ALTER TABLE core_change ENABLE ALWAYS TRIGGER append_only;

SELECT core_audit('core_user', '', 'password', 'last_login');
SELECT core_audit('auth_group');
SELECT core_audit('core_user_groups', 'user_id>core_user group_id>auth_group');
SELECT core_audit('core_user_user_permissions', 'user_id>core_user');
SELECT core_audit('auth_group_permissions', 'group_id>auth_group');
"""
BACKWARDS = """
SELECT core_stop_audit('auth_group_permissions');
SELECT core_stop_audit('core_user_user_permissions');
SELECT core_stop_audit('core_user_groups');
SELECT core_stop_audit('auth_group');
SELECT core_stop_audit('core_user');
DROP TRIGGER append_only ON core_change;
DROP FUNCTION core_stop_audit(regclass);
DROP FUNCTION core_audit(regclass, text, text, text);
DROP FUNCTION core_refuse_truncate();
DROP FUNCTION core_record_change();
DROP FUNCTION core_change_of(text, jsonb, jsonb, text[]);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_changes"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
