"""
What the database keeps true of online payments, whatever the code does, and their accounts.

The moves are those of ``OnlinePayment.MOVES``; a test compares the two.
"""

from django.db import migrations

ACCOUNTS = [
    ("GATEWAY_CLEARING", "Gateway clearing", "ASSET"),
    ("GATEWAY_FEES", "Gateway fees", "EXPENSE"),
]
APPEND_ONLY = (
    "client_wallet_gatewayevent",
    "client_wallet_gatewayreview",
    "client_wallet_gatewaypayout",
)
MOVES = """
CREATE FUNCTION client_wallet_online_payment_moves() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'STARTED' THEN
            RAISE EXCEPTION 'an online payment begins as STARTED, not as %', NEW.status
                USING ERRCODE = 'check_violation', CONSTRAINT = 'online_payment_moves';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.status = 'CREDITED' THEN
        RAISE EXCEPTION 'online payment % is in the wallet: that is final', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'online_payment_is_final';
    END IF;
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
            ('STARTED', 'PENDING'), ('STARTED', 'CREDITED'), ('STARTED', 'FAILED'),
            ('PENDING', 'CREDITED'), ('PENDING', 'FAILED'), ('FAILED', 'CREDITED')) THEN
        RAISE EXCEPTION 'online payment % cannot go from % to %', OLD.id, OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'online_payment_moves';
    END IF;
    IF (OLD.wallet_id, OLD.amount, OLD.currency, OLD.gateway, OLD.reference)
            IS DISTINCT FROM (NEW.wallet_id, NEW.amount, NEW.currency, NEW.gateway, NEW.reference)
            OR OLD.gateway_reference <> '' AND NEW.gateway_reference <> OLD.gateway_reference THEN
        RAISE EXCEPTION 'online payment %: what was asked for stays as it was', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'online_payment_keeps_its_past';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER online_payment_moves BEFORE INSERT OR UPDATE ON client_wallet_onlinepayment
    FOR EACH ROW EXECUTE FUNCTION client_wallet_online_payment_moves();
ALTER TABLE client_wallet_onlinepayment ENABLE ALWAYS TRIGGER online_payment_moves;
CREATE TRIGGER never_deleted BEFORE DELETE OR TRUNCATE ON client_wallet_onlinepayment
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
ALTER TABLE client_wallet_onlinepayment ENABLE ALWAYS TRIGGER never_deleted;
"""
NO_MOVES = """
DROP TRIGGER online_payment_moves ON client_wallet_onlinepayment;
DROP TRIGGER never_deleted ON client_wallet_onlinepayment;
DROP FUNCTION client_wallet_online_payment_moves();
"""


def append_only(table):
    return f"""
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
        ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only;
        """


def open_accounts(apps, schema_editor):
    accounts = apps.get_model("client_wallet", "LedgerAccount").objects
    accounts.using(schema_editor.connection.alias).bulk_create(
        accounts.model(code=code, name=name, kind=kind) for code, name, kind in ACCOUNTS
    )


def close_accounts(apps, schema_editor):
    accounts = apps.get_model("client_wallet", "LedgerAccount").objects
    codes = [code for code, _, _ in ACCOUNTS]
    accounts.using(schema_editor.connection.alias).filter(code__in=codes).delete()


class Migration(migrations.Migration):
    dependencies = [("client_wallet", "0017_online_payments")]
    operations = [
        migrations.RunSQL(MOVES, NO_MOVES),
        *(
            migrations.RunSQL(append_only(table), f"DROP TRIGGER append_only ON {table}")
            for table in APPEND_ONLY
        ),
        migrations.RunPython(open_accounts, close_accounts),
    ]
