"""
What the database keeps true of the journal, whatever the code does.

An entry arrives with all its lines, at least two, debits equal to credits; no line is added later; nothing
is updated, deleted or truncated; foreign keys are checked at once.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION client_wallet_entry_has_lines() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lonely bigint;
BEGIN
    SELECT entry.id INTO lonely
      FROM new_entries entry
     WHERE NOT EXISTS (SELECT FROM client_wallet_posting line WHERE line.entry_id = entry.id)
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'journal entry % arrived without its lines', lonely
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_has_lines';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION client_wallet_entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    SELECT fresh.entry_id, fresh.lines AS new_lines, whole.lines, whole.difference INTO wrong
      FROM (SELECT entry_id, count(*) AS lines FROM new_postings GROUP BY entry_id) AS fresh
     CROSS JOIN LATERAL (
           SELECT count(*) AS lines,
                  sum(CASE side WHEN 'DEBIT' THEN amount ELSE -amount END) AS difference
             FROM client_wallet_posting line
            WHERE line.entry_id = fresh.entry_id) AS whole
     WHERE whole.lines <> fresh.lines OR whole.lines < 2 OR whole.difference <> 0
     LIMIT 1;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF wrong.lines <> wrong.new_lines THEN
        RAISE EXCEPTION 'journal entry % was written before: it takes no more lines', wrong.entry_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_takes_no_late_line';
    END IF;
    RAISE EXCEPTION 'journal entry % does not balance', wrong.entry_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_balances';
END $$;

CREATE TRIGGER entry_has_lines AFTER INSERT ON client_wallet_journalentry
    REFERENCING NEW TABLE AS new_entries
    FOR EACH STATEMENT EXECUTE FUNCTION client_wallet_entry_has_lines();
CREATE TRIGGER entry_balances AFTER INSERT ON client_wallet_posting
    REFERENCING NEW TABLE AS new_postings
    FOR EACH STATEMENT EXECUTE FUNCTION client_wallet_entry_balances();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON client_wallet_journalentry
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON client_wallet_posting
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();

ALTER TABLE client_wallet_journalentry ENABLE ALWAYS TRIGGER entry_has_lines;
ALTER TABLE client_wallet_journalentry ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE client_wallet_posting ENABLE ALWAYS TRIGGER entry_balances;
ALTER TABLE client_wallet_posting ENABLE ALWAYS TRIGGER append_only;
"""
BACKWARDS = """
DROP TRIGGER entry_has_lines ON client_wallet_journalentry;
DROP TRIGGER append_only ON client_wallet_journalentry;
DROP TRIGGER entry_balances ON client_wallet_posting;
DROP TRIGGER append_only ON client_wallet_posting;
DROP FUNCTION client_wallet_entry_has_lines();
DROP FUNCTION client_wallet_entry_balances();
"""
FOREIGN_KEYS = """
DO $$
DECLARE
    foreign_key record;
BEGIN
    FOR foreign_key IN
        SELECT conrelid::regclass AS home, conname FROM pg_constraint
         WHERE contype = 'f' AND conrelid IN (
               'client_wallet_journalentry'::regclass, 'client_wallet_posting'::regclass)
    LOOP
        EXECUTE format('ALTER TABLE %%s ALTER CONSTRAINT %%I %s',
                       foreign_key.home, foreign_key.conname);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("client_wallet", "0002_relations"),
        ("core", "0003_append_only"),
    ]
    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS),
        migrations.RunSQL(
            FOREIGN_KEYS % "NOT DEFERRABLE", FOREIGN_KEYS % "DEFERRABLE INITIALLY DEFERRED"
        ),
    ]
