"""
What the database keeps true of shifts and drawers, whatever the code does, and their accounts.

Nothing is posted into a closed shift, and nothing on a drawer's account (CASH-0007) outside of an open or counted
shift of that drawer. The moves are those of ``Shift.MOVES``; a test compares the two.
"""

from django.db import migrations

OPEN_ACCOUNTS = """
INSERT INTO client_wallet_ledgeraccount (code, name, kind) VALUES
    ('SAFE', 'Safe', 'ASSET'),
    ('CASH_IN_TRANSIT', 'Cash in transit', 'ASSET'),
    ('CASH_OVER_SHORT', 'Cash over and short', 'EXPENSE');
"""
CLOSE_ACCOUNTS = """
DELETE FROM client_wallet_ledgeraccount WHERE code IN ('SAFE', 'CASH_IN_TRANSIT', 'CASH_OVER_SHORT');
"""
APPEND_ONLY = (
    "client_wallet_shiftcount",
    "client_wallet_shiftcountline",
    "client_wallet_shiftposting",
    "client_wallet_zreport",
)
NEVER_DELETED = ("client_wallet_shift", "client_wallet_handover", "client_wallet_seriescounter")
MORE_RULES = "<more rules>"
ENTRY_BALANCES = """
CREATE OR REPLACE FUNCTION client_wallet_entry_balances() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
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
    IF FOUND THEN
        IF wrong.lines <> wrong.new_lines THEN
            RAISE EXCEPTION 'journal entry % was written before: it takes no more lines', wrong.entry_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_takes_no_late_line';
        END IF;
        RAISE EXCEPTION 'journal entry % does not balance', wrong.entry_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_balances';
    END IF;<more rules>
    RETURN NULL;
END $$;
"""
SHIFTS_ARE_OPEN = """
    SELECT line.entry_id, line.account_id, shift.id AS shift_id, shift.status, shift.drawer_id INTO wrong
      FROM new_postings line
      JOIN client_wallet_journalentry entry ON entry.id = line.entry_id
      LEFT JOIN client_wallet_shift shift ON shift.id = entry.shift_id
     WHERE shift.status = 'CLOSED'
        OR line.account_id LIKE 'CASH-%' AND line.account_id IS DISTINCT FROM shift.drawer_id
     LIMIT 1;
    IF FOUND THEN
        IF wrong.status = 'CLOSED' THEN
            RAISE EXCEPTION 'journal entry %: shift % is closed', wrong.entry_id, wrong.shift_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'closed_shift_takes_no_entry';
        END IF;
        RAISE EXCEPTION 'journal entry % on % is in no shift of that drawer', wrong.entry_id, wrong.account_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'drawer_moves_in_its_shift';
    END IF;"""
MOVES = """
CREATE FUNCTION client_wallet_shift_moves() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'OPEN' THEN
            RAISE EXCEPTION 'a shift begins as OPEN, not as %', NEW.status
                USING ERRCODE = 'check_violation', CONSTRAINT = 'shift_moves';
        END IF;
        IF NEW.drawer_id <> 'CASH-' || lpad(NEW.cashier_id::text, greatest(4, length(NEW.cashier_id::text)), '0') THEN
            RAISE EXCEPTION '% is not the drawer of user %', NEW.drawer_id, NEW.cashier_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'shift_is_at_its_cashiers_drawer';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.status = 'CLOSED' THEN
        RAISE EXCEPTION 'shift % is closed: that is final', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'shift_is_final';
    END IF;
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
            ('OPEN', 'COUNTED'), ('OPEN', 'CLOSED'), ('COUNTED', 'CLOSED')) THEN
        RAISE EXCEPTION 'shift % cannot go from % to %', OLD.id, OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'shift_moves';
    END IF;
    IF (OLD.cashier_id, OLD.drawer_id, OLD.opened_at, OLD.opened_by_id, OLD.opening_float)
            IS DISTINCT FROM
            (NEW.cashier_id, NEW.drawer_id, NEW.opened_at, NEW.opened_by_id, NEW.opening_float) THEN
        RAISE EXCEPTION 'shift %: how it was opened stays as it was', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'shift_keeps_its_past';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER shift_moves BEFORE INSERT OR UPDATE ON client_wallet_shift
    FOR EACH ROW EXECUTE FUNCTION client_wallet_shift_moves();
ALTER TABLE client_wallet_shift ENABLE ALWAYS TRIGGER shift_moves;

CREATE FUNCTION client_wallet_hand_over_moves() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'GIVEN' THEN
            RAISE EXCEPTION 'a hand-over begins as GIVEN, not as %', NEW.status
                USING ERRCODE = 'check_violation', CONSTRAINT = 'hand_over_moves';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.status <> 'GIVEN' THEN
        RAISE EXCEPTION 'hand-over % has ended: that is final', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hand_over_is_final';
    END IF;
    IF (OLD.shift_id, OLD.from_cashier_id, OLD.target, OLD.to_cashier_id, OLD.amount, OLD.external_reference,
        OLD.is_at_close, OLD.given_by_id, OLD.given_at, OLD.entry_id) IS DISTINCT FROM
       (NEW.shift_id, NEW.from_cashier_id, NEW.target, NEW.to_cashier_id, NEW.amount, NEW.external_reference,
        NEW.is_at_close, NEW.given_by_id, NEW.given_at, NEW.entry_id) THEN
        RAISE EXCEPTION 'hand-over %: what was given stays as it was', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hand_over_keeps_its_past';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hand_over_moves BEFORE INSERT OR UPDATE ON client_wallet_handover
    FOR EACH ROW EXECUTE FUNCTION client_wallet_hand_over_moves();
ALTER TABLE client_wallet_handover ENABLE ALWAYS TRIGGER hand_over_moves;
"""
NO_MOVES = """
DROP TRIGGER shift_moves ON client_wallet_shift;
DROP FUNCTION client_wallet_shift_moves();
DROP TRIGGER hand_over_moves ON client_wallet_handover;
DROP FUNCTION client_wallet_hand_over_moves();
"""
FOREIGN_KEY = """
DO $$
DECLARE
    name text;
BEGIN
    SELECT conname INTO STRICT name FROM pg_constraint
     WHERE contype = 'f' AND conrelid = 'client_wallet_journalentry'::regclass
       AND confrelid = 'client_wallet_shift'::regclass;
    EXECUTE format('ALTER TABLE client_wallet_journalentry ALTER CONSTRAINT %%I %s', name);
END $$;
"""


def guard(table, events):
    name = "append_only" if "UPDATE" in events else "never_deleted"
    forwards = f"""
        CREATE TRIGGER {name} BEFORE {events} ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
        ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name};
        """
    return migrations.RunSQL(forwards, f"DROP TRIGGER {name} ON {table}")


class Migration(migrations.Migration):
    dependencies = [("client_wallet", "0019_shifts"), ("core", "0003_append_only")]
    operations = [
        migrations.RunSQL(MOVES, NO_MOVES),
        migrations.RunSQL(
            ENTRY_BALANCES.replace(MORE_RULES, SHIFTS_ARE_OPEN),
            ENTRY_BALANCES.replace(MORE_RULES, ""),
        ),
        migrations.RunSQL(
            FOREIGN_KEY % "NOT DEFERRABLE", FOREIGN_KEY % "DEFERRABLE INITIALLY DEFERRED"
        ),
        *(guard(table, "UPDATE OR DELETE OR TRUNCATE") for table in APPEND_ONLY),
        *(guard(table, "DELETE OR TRUNCATE") for table in NEVER_DELETED),
        migrations.RunSQL(OPEN_ACCOUNTS, CLOSE_ACCOUNTS),
    ]
