"""The desk's list of all withdrawals, the newest first, is read along an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("client_wallet", "0013_fewer_indexes")]

    operations = [
        migrations.AddIndex(
            model_name="withdrawal",
            index=models.Index(fields=["-created_at", "-id"], name="withdrawal_newest"),
        ),
    ]
