"""
Indexes go that no query needs: of who acted, twins for LIKE, and those that a constraint leads.

Each costs every deposit an entry.

Django would make the foreign keys anew to drop their indexes, and as deferrable ones.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARDS = """
DROP INDEX client_wallet_journalentry_actor_id_9af8cf5f;
DROP INDEX client_wallet_posting_account_id_60668599_like;
DROP INDEX client_wallet_transfer_requested_by_id_07867522;
DROP INDEX client_wallet_walletdeposit_reversed_by_id_edccfe3a;
ALTER INDEX client_wallet_posting_account_id_60668599 RENAME TO posting_by_account;
"""
BACKWARDS = """
CREATE INDEX client_wallet_journalentry_actor_id_9af8cf5f
    ON client_wallet_journalentry (actor_id);
CREATE INDEX client_wallet_posting_account_id_60668599_like
    ON client_wallet_posting (account_id varchar_pattern_ops);
CREATE INDEX client_wallet_transfer_requested_by_id_07867522
    ON client_wallet_transfer (requested_by_id);
CREATE INDEX client_wallet_walletdeposit_reversed_by_id_edccfe3a
    ON client_wallet_walletdeposit (reversed_by_id);
ALTER INDEX posting_by_account RENAME TO client_wallet_posting_account_id_60668599;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("client_wallet", "0012_a_reversal_stays"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(FORWARDS, BACKWARDS)],
            [
                migrations.AlterField(
                    model_name="journalentry",
                    name="actor",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="posting",
                    name="account",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="postings",
                        to="client_wallet.ledgeraccount",
                    ),
                ),
                migrations.AlterField(
                    model_name="transfer",
                    name="requested_by",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="walletdeposit",
                    name="reversed_by",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddIndex(
                    model_name="posting",
                    index=models.Index(fields=["account"], name="posting_by_account"),
                ),
            ],
        ),
        migrations.AlterField(
            model_name="walletdeposit",
            name="receipt_number",
            field=models.CharField(editable=False, max_length=30),
        ),
        migrations.AddConstraint(
            model_name="walletdeposit",
            constraint=models.UniqueConstraint(
                fields=("receipt_number",), name="deposit_receipt_is_numbered_once"
            ),
        ),
    ]
