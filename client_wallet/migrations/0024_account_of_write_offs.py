"""What payers owed and never will pay stands on an account of its own."""

from django.db import migrations

FORWARDS = """
INSERT INTO client_wallet_ledgeraccount (code, name, kind)
VALUES ('WRITE_OFFS', 'Write-offs', 'EXPENSE');
"""
BACKWARDS = "DELETE FROM client_wallet_ledgeraccount WHERE code = 'WRITE_OFFS';"


class Migration(migrations.Migration):
    dependencies = [("client_wallet", "0023_kinds_of_claims")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
