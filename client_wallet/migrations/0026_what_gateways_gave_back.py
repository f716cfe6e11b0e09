"""A gateway can say that what was paid was given back; that waits for a person."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("client_wallet", "0025_account_of_cash_rounding"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="gatewayevent",
            name="gateway_state_is_known",
        ),
        migrations.AlterField(
            model_name="gatewayevent",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("NOTED", "Noted"),
                    ("CREDITED", "Credited"),
                    ("AMOUNT_DIFFERS", "Another amount than was asked for"),
                    ("CURRENCY_DIFFERS", "Another currency than was asked for"),
                    ("WALLET_CLOSED", "The wallet is closed"),
                    ("BALANCE_LIMIT", "The wallet cannot hold that much"),
                    ("PAID_AGAIN", "Paid a second time"),
                    ("GIVEN_BACK", "Given back at the gateway"),
                    ("LOOKED_INTO", "Said again after somebody had looked into it"),
                    ("UNKNOWN_PAYMENT", "Nobody asked for this payment"),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="gatewayevent",
            name="state",
            field=models.CharField(
                choices=[
                    ("PAID", "Paid"),
                    ("PENDING", "Not yet paid"),
                    ("FAILED", "Not paid"),
                    ("GIVEN_BACK", "Paid, and given back in full or in part"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="gatewayevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["PAID", "PENDING", "FAILED", "GIVEN_BACK"])),
                name="gateway_state_is_known",
            ),
        ),
    ]
