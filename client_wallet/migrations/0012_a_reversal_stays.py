"""A deposit that was reversed never changes again, and the copies of a receipt only grow in number."""

from django.db import migrations

FORWARDS = """
CREATE TRIGGER reversed_is_final BEFORE UPDATE ON client_wallet_walletdeposit
    FOR EACH ROW WHEN (OLD.reversed_at IS NOT NULL) EXECUTE FUNCTION core_refuse_change();
ALTER TABLE client_wallet_walletdeposit ENABLE ALWAYS TRIGGER reversed_is_final;
CREATE TRIGGER copies_only_grow BEFORE UPDATE ON client_wallet_receipt
    FOR EACH ROW WHEN (NEW.last_copy <= OLD.last_copy) EXECUTE FUNCTION core_refuse_change();
ALTER TABLE client_wallet_receipt ENABLE ALWAYS TRIGGER copies_only_grow;
"""
BACKWARDS = """
DROP TRIGGER reversed_is_final ON client_wallet_walletdeposit;
DROP TRIGGER copies_only_grow ON client_wallet_receipt;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("client_wallet", "0011_changes_of_status_are_recorded"),
        ("core", "0003_append_only"),
    ]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
