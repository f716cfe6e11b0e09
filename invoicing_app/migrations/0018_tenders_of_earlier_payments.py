"""Each payment from before is settled by one tender: the method that it was paid by."""

from django.db import migrations

FORWARDS = """
INSERT INTO invoicing_app_paymenttender
       (payment_id, payment_method, amount, tendered, change_given, wallet_id, external_reference)
SELECT id, payment_method, total_due, amount_paid, change_given, wallet_id, external_reference
  FROM invoicing_app_depositreceiving payment
 WHERE NOT EXISTS (SELECT FROM invoicing_app_paymenttender WHERE payment_id = payment.id)
 ORDER BY id;
"""


class Migration(migrations.Migration):
    dependencies = [("invoicing_app", "0017_tenders_and_rounding")]
    operations = [migrations.RunSQL(FORWARDS, migrations.RunSQL.noop)]
