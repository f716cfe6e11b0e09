"""
What the database keeps true of withdrawals, whatever the code does: the moves, and what is final.

The moves are those of ``Withdrawal.MOVES``; a test compares the two.
"""

from django.db import migrations

IN_TRANSIT = ("WITHDRAWALS_IN_TRANSIT", "Withdrawals in transit", "LIABILITY")
APPEND_ONLY = (
    "client_wallet_transfer",
    "client_wallet_walletstatuschange",
    "client_wallet_bankcall",
    "client_wallet_bankanswer",
)
MOVES = """
CREATE FUNCTION client_wallet_withdrawal_moves() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'SCHEDULED' THEN
            RAISE EXCEPTION 'a withdrawal begins as SCHEDULED, not as %', NEW.status
                USING ERRCODE = 'check_violation', CONSTRAINT = 'withdrawal_moves';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.status IN ('COMPLETED', 'FAILED', 'CANCELLED') THEN
        RAISE EXCEPTION 'withdrawal % is %: that is final', OLD.id, OLD.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'withdrawal_is_final';
    END IF;
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
            ('SCHEDULED', 'CANCELLED'), ('SCHEDULED', 'FAILED'), ('SCHEDULED', 'PROCESSING'),
            ('PROCESSING', 'COMPLETED'), ('PROCESSING', 'FAILED'), ('PROCESSING', 'UNKNOWN'),
            ('UNKNOWN', 'COMPLETED'), ('UNKNOWN', 'PROCESSING'), ('UNKNOWN', 'FAILED'),
            ('UNKNOWN', 'NEEDS_REVIEW'), ('NEEDS_REVIEW', 'COMPLETED'), ('NEEDS_REVIEW', 'FAILED')) THEN
        RAISE EXCEPTION 'withdrawal % cannot go from % to %', OLD.id, OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'withdrawal_moves';
    END IF;
    IF OLD.status = 'NEEDS_REVIEW' AND NEW.status <> OLD.status AND NEW.evidence = '' THEN
        RAISE EXCEPTION 'withdrawal % is under review: a person decides, with evidence', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'withdrawal_is_reviewed_with_evidence';
    END IF;
    IF OLD.debit_id IS NOT NULL AND NEW.debit_id IS DISTINCT FROM OLD.debit_id
            OR NEW.last_call < OLD.last_call OR NEW.attempts < OLD.attempts THEN
        RAISE EXCEPTION 'withdrawal %: its debit stays, its calls only grow in number', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'withdrawal_keeps_its_past';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER withdrawal_moves BEFORE INSERT OR UPDATE ON client_wallet_withdrawal
    FOR EACH ROW EXECUTE FUNCTION client_wallet_withdrawal_moves();
ALTER TABLE client_wallet_withdrawal ENABLE ALWAYS TRIGGER withdrawal_moves;
CREATE TRIGGER never_deleted BEFORE DELETE OR TRUNCATE ON client_wallet_withdrawal
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
ALTER TABLE client_wallet_withdrawal ENABLE ALWAYS TRIGGER never_deleted;
"""
NO_MOVES = """
DROP TRIGGER withdrawal_moves ON client_wallet_withdrawal;
DROP TRIGGER never_deleted ON client_wallet_withdrawal;
DROP FUNCTION client_wallet_withdrawal_moves();
"""


def append_only(table):
    return f"""
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
        ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only;
        """


def open_account(apps, schema_editor):
    code, name, kind = IN_TRANSIT
    accounts = apps.get_model("client_wallet", "LedgerAccount").objects
    accounts.using(schema_editor.connection.alias).create(code=code, name=name, kind=kind)


def close_account(apps, schema_editor):
    accounts = apps.get_model("client_wallet", "LedgerAccount").objects
    accounts.using(schema_editor.connection.alias).filter(code=IN_TRANSIT[0]).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("client_wallet", "0008_transfers_and_withdrawals"),
        ("core", "0003_append_only"),
    ]
    operations = [
        migrations.RunSQL(MOVES, NO_MOVES),
        *(
            migrations.RunSQL(append_only(table), f"DROP TRIGGER append_only ON {table}")
            for table in APPEND_ONLY
        ),
        migrations.RunPython(open_account, close_account),
    ]
