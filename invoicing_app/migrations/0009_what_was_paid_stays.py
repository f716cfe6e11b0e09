"""A paid item is refunded or stays as it was paid; what is refunded or void never changes again."""

from django.db import migrations

FORWARDS = """
CREATE TRIGGER paid_is_final BEFORE UPDATE ON invoicing_app_billitem
    FOR EACH ROW WHEN (
        OLD.status IN ('REFUNDED', 'VOID')
        OR OLD.status = 'PAID' AND (NEW.status NOT IN ('PAID', 'REFUNDED')
            OR NEW.receipt_number <> OLD.receipt_number
            OR NEW.lab_result_id IS DISTINCT FROM OLD.lab_result_id))
    EXECUTE FUNCTION core_refuse_change();
ALTER TABLE invoicing_app_billitem ENABLE ALWAYS TRIGGER paid_is_final;
"""
BACKWARDS = "DROP TRIGGER paid_is_final ON invoicing_app_billitem;"


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing_app", "0008_roles_of_wallets"),
        ("core", "0003_append_only"),
    ]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
