"""The account of what cash payments were rounded by, so that coins make them up."""

from django.db import migrations

FORWARDS = """
INSERT INTO client_wallet_ledgeraccount (code, name, kind)
VALUES ('CASH_ROUNDING', 'Cash rounding', 'EXPENSE');
"""
BACKWARDS = "DELETE FROM client_wallet_ledgeraccount WHERE code = 'CASH_ROUNDING';"


class Migration(migrations.Migration):
    dependencies = [("client_wallet", "0024_account_of_write_offs")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
