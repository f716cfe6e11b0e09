"""
A line on a wallet names the wallet, and says its sequence number, its balance after and its hash.

The earlier CHECK let a missing number or balance pass: it came out as NULL, which counts as kept.
"""

from django.db import migrations, models
from django.db.models import Q

ON_NO_WALLET = Q(wallet=None, wallet_sequence=None, balance_after=None, chain_hash="")
NAME = "posting_of_a_wallet_is_chained"


class Migration(migrations.Migration):
    dependencies = [("client_wallet", "0005_rules_read_the_real_tables")]
    operations = [
        migrations.RemoveConstraint("posting", NAME),
        migrations.AddConstraint(
            "posting",
            models.CheckConstraint(
                condition=ON_NO_WALLET
                | (
                    Q(wallet__isnull=False, wallet_sequence__isnull=False, wallet_sequence__gt=0)
                    & Q(balance_after__isnull=False, balance_after__gte=0)
                    & ~Q(chain_hash="")
                ),
                name=NAME,
            ),
        ),
        migrations.AddConstraint(
            "posting",
            models.CheckConstraint(
                condition=Q(account="WALLETS", wallet__isnull=False)
                | ~Q(account="WALLETS") & Q(wallet=None),
                name="posting_on_wallets_names_one",
            ),
        ),
    ]
