"""Entries that forgive a part of a bill, and those that take it back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("client_wallet", "0020_shift_rules")]

    operations = [
        migrations.AlterField(
            model_name="journalentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("DEPOSIT", "Deposit"),
                    ("REVERSAL", "Reversal"),
                    ("PAYMENT", "Payment"),
                    ("REFUND", "Refund"),
                    ("TRANSFER", "Transfer"),
                    ("WITHDRAWAL", "Withdrawal"),
                    ("WITHDRAWAL_SETTLED", "Withdrawal settled"),
                    ("WITHDRAWAL_RETURNED", "Withdrawal returned"),
                    ("GATEWAY_PAYOUT", "Gateway payout"),
                    ("SHIFT_FLOAT", "Opening float"),
                    ("SHIFT_VARIANCE", "Difference of a count"),
                    ("HAND_OVER", "Cash handed over"),
                    ("HAND_OVER_RECEIVED", "Cash received"),
                    ("HAND_OVER_REJECTED", "Cash taken back"),
                    ("WAIVER", "Waiver"),
                    ("WAIVER_TAKEN_BACK", "Waiver taken back"),
                ],
                max_length=20,
            ),
        ),
    ]
