"""Entries of what payers pay, and of what they leave unpaid."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("client_wallet", "0022_account_of_waivers")]

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
                    ("REMITTANCE", "Paid by a payer"),
                    ("BILLED_BACK", "Billed back to the patient"),
                    ("WRITE_OFF", "Written off"),
                ],
                max_length=20,
            ),
        ),
    ]
