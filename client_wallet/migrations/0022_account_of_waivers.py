"""What is forgiven stands on an account against the revenue of the departments."""

from django.db import migrations

FORWARDS = """
INSERT INTO client_wallet_ledgeraccount (code, name, kind)
VALUES ('WAIVERS', 'Waivers and discounts (contra revenue)', 'REVENUE');
"""
BACKWARDS = "DELETE FROM client_wallet_ledgeraccount WHERE code = 'WAIVERS';"


class Migration(migrations.Migration):
    dependencies = [("client_wallet", "0021_kinds_of_waivers")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
