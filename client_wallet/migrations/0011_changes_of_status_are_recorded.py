"""
Whoever freezes or closes a wallet is recorded (``core.0006``), however it is done.

Balance and chain change with every posting, which is their history. The trigger is on the column
``status`` alone, which no posting writes: a deposit pays nothing for it.
"""

from django.db import migrations

FORWARDS = """
CREATE TRIGGER records_update AFTER UPDATE OF status ON client_wallet_walletaccount
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION core_record_change('patient_id>smcapp1_patientprofile', '',
        'account_balance last_sequence chain_head last_posted_at');
ALTER TABLE client_wallet_walletaccount ENABLE ALWAYS TRIGGER records_update;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("client_wallet", "0010_patients_spend_their_own"),
        ("core", "0008_records_of_any_id"),
    ]
    operations = [
        migrations.RunSQL(FORWARDS, "DROP TRIGGER records_update ON client_wallet_walletaccount")
    ]
