"""A permission for patients: to transfer and withdraw what is in the own wallet."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("client_wallet", "0009_withdrawal_rules")]

    operations = [
        migrations.AlterModelOptions(
            name="walletaccount",
            options={
                "permissions": [
                    ("open_wallet", "Can open a wallet for a patient"),
                    ("spend_own_wallet", "Can transfer and withdraw from the own wallet"),
                ],
                "verbose_name": "wallet",
            },
        ),
    ]
